"""The twelfth step in the product: asked, answered, told to the customer, and shown wherever steps are shown."""

import pytest
from django.urls import reverse
from onboarding.steps.farewell.evidence import FarewellEvidence
from onboarding.steps.farewell.step import Facts, Farewell

from onboarding.domain.verdicts import Asking, Done
from onboarding.engine.load_desired import load_desired
from tests import builders
from tests.pages.desk import open_record, stand
from tests.steps.facts import desired

NAMED = desired(answers={"farewell": {"to": "Eva"}})


def test_asks_for_a_name_then_for_a_wave():
    assert isinstance(Farewell().assess(desired(), Facts()), Asking)
    assert Farewell().assess(NAMED, Facts()).code == "not_waved"
    assert Farewell().assess(NAMED, Facts(waved=True)) == Done(FarewellEvidence("Eva"))


@pytest.mark.django_db
def test_is_answered_on_the_customers_page(client):
    client.force_login(builders.person())
    made = stand(builders.onboarding(), "farewell", Farewell().assess(desired(), Facts()))
    page = open_record(client, made)
    assert "12 Farewell" in page.text
    assert "Say to whom Nordwind shall say farewell." in page.text
    client.post(reverse("step", args=[made.pk, "farewell"]), {"to": "Eva"})
    assert load_desired(made.pk).answer("farewell", "to") == "Eva"


@pytest.mark.django_db
def test_is_told_to_the_customer_in_words_of_its_own(client):
    made = stand(builders.onboarding(), "farewell", Farewell().assess(NAMED, Facts()))
    link = builders.granted(made, "0" * 8 + "-0000-4000-8000-" + "0" * 12)
    session = client.session
    session["link"] = link.pk
    session.save()
    page = client.get(reverse("progress")).content.decode()
    assert "Please wave to Eva." in page
    assert "Nobody has waved" not in page
    client.force_login(builders.person())
    assert "Nobody has waved to Eva yet." in open_record(client, made).text
