"""Reading pages as the robots do."""

from __future__ import annotations

import pytest

from devtools.robots.browser import NotOnThePage, Page

HTML = """<html><head><title>no</title></head><body><h1>Hello <b>you</b></h1><script>not()</script>
<a href="/customers/7/">Contoso <i>Ltd</i></a>
<form method="post" action="../send/">
  <input type="hidden" name="csrf" value="c1"><textarea name="note">old
text</textarea>
  <select name="product"><option value="home">Home</option><option value="advocacy" selected>Advocacy</option></select>
  <input type="radio" name="app" value="1"><input type="radio" name="app" value="2">
  <input type="checkbox" name="accepted" value="yes"><input name="gone" disabled value="x">
  <button type="button">Copy</button><button name="go" value="1">Write <b>this</b></button>
</form><form id="late" method="post" action="/late/"></form><input form="late" name="far" value="9">
</body></html>"""


@pytest.fixture
def page() -> Page:
    return Page("http://localhost:1/customers/7/steps/", 200, HTML)


def test_reads_the_text_that_a_person_sees(page):
    assert page.text.startswith("Hello you Contoso Ltd")
    assert "not()" not in page.text
    assert ("http://localhost:1/customers/7/", "Contoso Ltd") in page.links


def sent(form, values, button=None) -> dict[str, str]:
    pairs = form.request(values, button)["data"]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_sends_what_a_browser_would_send(page):
    form = page.form(having="note")
    assert form.action == "http://localhost:1/customers/7/send/"
    assert form.request({}, None)["url"] == form.action
    assert sent(form, {}, form.buttons[0]) == {"csrf": "c1", "note": "old\ntext", "product": "advocacy", "go": "1"}
    assert sent(form, {"accepted": "yes", "app": "2"})["app"] == "2"
    assert sent(form, {"product": "home", "note": "new"}) == {"csrf": "c1", "note": "new", "product": "home"}
    assert form.fields["app"].choices == ["1", "2"]
    assert (form.fields["app"].value, form.fields["product"].value) == ("", "advocacy")
    assert (form.fields["note"].value, form.fields["accepted"].value) == ("old\ntext", "")
    assert (form.fields["note"].kind, form.fields["accepted"].kind) == ("textarea", "checkbox")
    assert form.fields["product"].choices == ["home", "advocacy"]


def test_searches_without_what_was_searched_before():
    page = Page("http://localhost:1/?search=old&page=2", 200, "<form action='/?page=2'><input name=search></form>")
    request = page.forms[0].request({"search": "new"}, None)
    assert (request["method"], request["url"], request["params"]) == (
        "get",
        "http://localhost:1/",
        [("search", "new")],
    )


def test_finds_fields_that_stand_outside_of_their_form(page):
    assert sent(page.form(action="/late/"), {}) == {"far": "9"}


def test_knows_buttons_that_send_only(page):
    assert [button.text for button in page.form(having="note").buttons] == ["Write this"]


def test_says_what_is_there_instead(page):
    with pytest.raises(NotOnThePage, match="accepted"):
        page.form(having="note").request({"token": "x"}, None)
    with pytest.raises(NotOnThePage, match="choice 3"):
        page.form(having="note").request({"app": "3"}, None)
    with pytest.raises(NotOnThePage, match="csrf"):
        page.form(having="passwd")
