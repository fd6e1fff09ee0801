"""Each cause has its entry, and each entry its words for each reader, in three languages."""

from __future__ import annotations

import ast
import enum
import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages import Catalog

from devtools.commands import messages
from onboarding.causes import forecast, trip
from onboarding.causes.base import GAP, Cause, Owner
from onboarding.causes.index import is_known, lookup
from onboarding.consent import round_trip
from onboarding.domain.sentences import Plural, Template
from onboarding.steps import BESIDE, STEPS
from onboarding.steps.shared.starting_again import ACTS
from tests.causes.entries import ENTRIES, OF_CUSTOMER, OF_MICROSOFT, OF_TRIPS, forms, named, words
from tests.causes.speech import third_person

ROOM = Path(__file__).resolve().parent.parent.parent / "onboarding"
LANGUAGES = {language: messages.load(path, language) for language, path in messages.paths(messages.ROOT).items()}
ASK_BY_MICROSOFTS_CODE = {"steps/shared/credentials.py"}  # the entry is the one of the code that Microsoft's test gave


def translated(catalogue: Catalog, template: Template) -> tuple[str, ...]:
    """The translation of each form of `template`; empty texts where there is none."""
    first = forms(template)[0]
    message = catalogue.get((first, template.several) if isinstance(template, Plural) else first)
    found = (message.string if message is not None else "") or ""
    return (found,) if isinstance(found, str) else tuple(found)


def codes_of(module: ModuleType) -> set[str]:
    kinds = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, enum.StrEnum)]
    return {str(code) for kind in kinds if kind.__module__ == module.__name__ for code in kind}


@pytest.mark.parametrize("step", [*STEPS, *BESIDE], ids=lambda step: step.key)
def test_has_an_entry_for_each_code_of_a_step(step):
    if not step.causes:
        return
    module = importlib.import_module(f"onboarding.steps.{step.key}.causes")
    assert codes_of(module) <= {str(cause.code) for cause in step.causes}
    assert len({cause.code for cause in step.causes}) == len(step.causes)


def test_makes_no_verdict_that_asks_or_fails_but_from_an_entry():
    found = {
        str(path.relative_to(ROOM))
        for room in ("steps", "engine")
        for path in (ROOM / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Asking", "Broken")
    }
    assert found == ASK_BY_MICROSOFTS_CODE


def test_has_an_entry_for_each_code_of_the_forecast():
    assert [cause.code for cause in forecast.FORECAST] == list(forecast.Code)


def test_has_an_entry_for_each_ending_of_the_trip():
    made = {name for name, each in vars(trip).items() if isinstance(each, trip.Ending)}
    assert {ending.code.upper() for ending in trip.ENDINGS} == made
    raised = set(re.findall(r"\btrip\.([A-Z_]+)", Path(round_trip.__file__).read_text()))
    assert raised <= made
    assert set(trip.CLOSED) == {"used", "expired", "revoked"}


@pytest.mark.parametrize("number", sorted(number for _ending, numbers in round_trip.BY_NUMBER for number in numbers))
def test_knows_each_number_by_which_a_trip_is_sorted(number):
    assert is_known(f"AADSTS{number}")


def test_answers_no_code_twice():
    codes = [code.lower() for cause in OF_MICROSOFT for code in (cause.code, *cause.also)]
    codes += [code.lower() for cause in OF_TRIPS for code in cause.also]
    assert [code for code in set(codes) if codes.count(code) > 1] == []
    assert len({cause.code for cause in OF_TRIPS}) == len(OF_TRIPS)
    assert all(lookup(code) is cause for cause in OF_MICROSOFT for code in (cause.code, *cause.also))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_says_it_in_each_language_with_the_same_gaps(language):
    wrong = {
        (named(entry), template)
        for entry in ENTRIES
        for template in words(entry[1])
        if not re.fullmatch(r"%\(\w+\)s", forms(template)[0])  # a name and nothing else
        and not has_the_gaps_of(template, translated(LANGUAGES[language], template))
    }
    assert wrong == set()


def has_the_gaps_of(template: Template, found: tuple[str, ...]) -> bool:
    """Whether each form is there, and says what `template` says; one of several forms may leave a gap out."""
    gaps = {gap for form in forms(template) for gap in GAP.findall(form)}
    filled = {gap for form in found for gap in GAP.findall(form)}
    return all(found) and (filled <= gaps if isinstance(template, Plural) else filled == gaps)


def test_speaks_to_the_customers_admin_and_never_about_them():
    wrong = {
        (named(entry), third)
        for entry in ENTRIES
        for template in (entry[1].customer, entry[1].letter)
        if template
        for language, texts in in_every_language(template).items()
        for form in texts
        if (third := third_person(form, language))
    }
    assert wrong == set()


def in_every_language(template: Template) -> dict[str, tuple[str, ...]]:
    return {"en": forms(template), **{name: translated(each, template) for name, each in LANGUAGES.items()}}


def is_told_by_microsofts_code(cause: Cause) -> bool:
    """Whether the entry only says whom Microsoft's code concerns; the act is that of the code's own entry."""
    return "advice" in GAP.findall(str(cause.customer))


def test_tells_the_customer_what_to_do_and_where():
    assert len(OF_CUSTOMER) > 50
    for entry in OF_CUSTOMER:
        cause = entry[1]
        assert cause.customer, named(entry)
        assert cause.by_link or cause.needs is not None or is_told_by_microsofts_code(cause), named(entry)
        assert cause.contacts, named(entry)


def test_cites_a_public_page_where_microsoft_is_behind_it():
    of_microsoft = [entry for entry in ENTRIES if entry[0] == "" or entry[1].owner is Owner.MICROSOFT]
    assert len(of_microsoft) > 50
    assert [named(entry) for entry in of_microsoft if not entry[1].source.startswith("https://")] == []


def test_names_no_remedy_that_the_product_lacks():
    assert {remedy for _key, cause in ENTRIES for remedy in cause.remedies} == {*ACTS}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Ask the admin to create a second application."),
        ("en", "The customer has to assign it."),
        ("de", "Bitten Sie den Admin, den Link noch einmal zu öffnen."),
        ("de", "Der Kunde muss sie zuweisen."),
        ("fi", "Pyydä järjestelmänvalvojaa avaamaan linkki uudelleen."),
        ("fi", "Asiakkaan on lisättävä se."),
    ],
)
def test_hears_when_a_text_speaks_about_its_reader(language, text):
    assert third_person(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Sign in as a Global Administrator. In the Microsoft Entra admin center, open Enterprise apps."),
        ("de", "Melden Sie sich als „Globaler Administrator“ im Microsoft Entra Admin Center an."),
        ("fi", "Kirjaudu roolissa yleinen järjestelmänvalvoja (Global Administrator)."),
    ],
)
def test_takes_no_role_and_no_portal_for_a_reader(language, text):
    assert third_person(text, language) == ""
