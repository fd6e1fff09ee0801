import pytest
from django.utils import translation

from onboarding.causes.index import FAMILIES, explain_code, is_known
from onboarding.causes.people import EMPTY
from onboarding.domain.sentences import Sentence
from onboarding.domain.standings import Scope
from onboarding.domain.verdicts import Court

SCIM = "SystemForCrossDomainIdentityManagement"
CODES = [code for family in FAMILIES for cause in family for code in (cause.code, *cause.also)]


def test_has_each_code_once():
    assert sorted(CODES) == sorted(set(CODES))


@pytest.mark.parametrize("code", CODES)
def test_explains_each_of_its_codes_in_a_whole_sentence(code):
    sentence, _court = explain_code(code)
    assert str(sentence).endswith(".")
    assert code not in str(sentence)


@pytest.mark.parametrize(
    ("code", "like"),
    [
        ("ContosoEntryConflict", "EntryConflict"),
        ("haiilossoduplicatetargetentries", "DuplicateTargetEntries"),
        (" aadsts65001 ", "AADSTS65001"),
        (f"{SCIM}CredentialValidationUnavailable", f"{SCIM}CredentialValidationUnavailable"),
    ],
)
def test_compares_the_end_and_without_regard_to_case(code, like):
    assert explain_code(code) == explain_code(like)


def test_prefers_the_longer_of_two_endings():
    assert explain_code(f"{SCIM}CredentialValidationUnavailable") != explain_code("CredentialValidationUnavailable")
    assert explain_code("xDuplicateSourceEntries") != explain_code("DuplicateTargetEntries")


@pytest.mark.parametrize(
    ("code", "reason", "says"),
    [
        ("BrandNew", "It is too hot", "Microsoft says: It is too hot"),
        ("BrandNew", "", "the code BrandNew"),
        ("", "", "gives no reason"),
    ],
)
def test_hands_an_unknown_code_to_our_engineers_with_microsofts_words(code, reason, says):
    sentence, court = explain_code(code, reason)
    assert says in str(sentence)
    assert court is Court.HAIILO
    assert not is_known(code)


def test_recognises_haiilos_own_error_inside_microsofts_reason():
    sentence, court = explain_code("UnprocessableEntity", "… error 400.76: Group does not exist …")
    assert "Haiilo group" in str(sentence)
    assert court is Court.CUSTOMER


@pytest.mark.parametrize("code", ["NotEffectivelyEntitled", "not effectively entitled", "Not Effectively Entitled"])
def test_knows_a_reason_also_with_spaces(code):
    assert explain_code(code) == explain_code("NotEffectivelyEntitled")


@pytest.mark.parametrize(
    "reason", ["RedundantExport", "NotEffectivelyEntitled", "AttributeValidationFailed", "RedundantSoftDelete"]
)
def test_has_words_for_each_reason_of_a_skip_that_was_recorded(reason):
    assert is_known(reason)


def test_names_the_attribute_that_is_empty():
    sentence, court = explain_code("AttributeValidationFailed", lacking="mail")
    assert str(sentence).startswith("“mail” is empty")
    assert court is Court.CUSTOMER
    assert explain_code("EntryConflict", lacking="mail") == explain_code("EntryConflict")


@pytest.mark.parametrize("name", ["name.familyName", "namefamilyName", "NAME.FAMILYNAME", "surname"])
def test_calls_an_attribute_what_people_call_it(name):
    assert str(explain_code("MandatoryFieldsMissing", lacking=name)[0]).startswith("“last name” is empty")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "“last name”, “country” are empty for this person, and Haiilo needs them."),
        ("de", "„Nachname“, „Land“ sind bei dieser Person leer, und Haiilo braucht diese Werte."),
        ("fi", "”sukunimi”, ”maa” puuttuvat tältä henkilöltä, ja Haiilo tarvitsee ne."),
    ],
)
def test_names_each_attribute_that_is_empty(language, said):
    with translation.override(language):
        assert str(explain_code("MandatoryFieldsMissing", lacking="name.familyName, country")[0]).startswith(said)


def test_still_translates_what_was_stored_before_several_were_named():
    stored = Sentence(EMPTY.one, {"attribute": Sentence("country")})
    with translation.override("de"):
        assert str(stored).startswith("„Land“ ist bei dieser Person leer")


def test_says_it_in_general_where_nobody_names_the_attribute():
    assert "often the country" in str(explain_code("MandatoryFieldsMissing")[0])


def test_cuts_what_the_target_answered():
    sentence, _court = explain_code("BrandNew", "StatusCode: BadRequest\r\nWeb Response: " + "x" * 5000)
    assert str(sentence).startswith("Microsoft says: StatusCode: BadRequest Web Response: xxx")
    assert len(str(sentence)) < 330


def test_keeps_a_percent_sign_of_microsoft_as_it_is():
    assert str(explain_code("New", "100% of %(x)s")[0]) == "Microsoft says: 100% of %(x)s"


@pytest.mark.parametrize(
    ("scope", "court", "says"),
    [
        (Scope.IN, Court.MICROSOFT, "although they are assigned"),
        (Scope.NO_ACCESS, Court.CUSTOMER, "Default Access"),
        (Scope.DISABLED, Court.CUSTOMER, "Nothing to do, unless"),
        (Scope.NESTED, Court.CUSTOMER, "within an assigned group"),
        (Scope.FILTERED, Court.CUSTOMER, "scoping filter"),
        (Scope.OUT, Court.CUSTOMER, "not assigned"),
        (Scope.UNREAD, Court.CUSTOMER, "not assigned, or only through"),
    ],
)
def test_says_why_somebody_is_left_out_by_what_is_assigned(scope, court, says):
    """Microsoft has one word for all of it, and whoever has left must not be enabled again."""
    sentence, whose = explain_code("NotEffectivelyEntitled", "the user is not effectively entitled", scope=scope)
    assert (says in str(sentence), whose) == (True, court)
