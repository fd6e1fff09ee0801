"""What a refresh keeps beside the folds: what is typed and chosen, the focus with its caret, and what is scrolled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from .frame import Frame, box, html

pytestmark = pytest.mark.browser

CHOICES = "".join(f'<option value="{each}">{each}</option>' for each in ("de", "en", "fi"))
FORM = f"""<form id="form" action="/answer/" method="post">
<input name="person"><input type="password" name="token"><textarea id="note" name="note">As it was</textarea>
<select name="language">{CHOICES}</select><input type="checkbox" name="sure" value="yes">
<input type="radio" name="size" value="small" checked><input type="radio" name="size" value="big">
<button>Save</button></form>"""
TALL = '<p id="first">First</p>' + "".join(f'<p id="p{each}">{each}<br>{each}<br>{each}</p>' for each in range(60))
NARROW = '<nav class="tabs"><a href="/a">' + "wide&nbsp;" * 90 + "</a></nav>"
SCROLLING = "<style>.tabs { overflow-x: auto } #box { height: 50px; overflow-y: auto }</style>"


@pytest.fixture
def frame(browser: Browser) -> Iterator[Frame]:
    context = browser.new_context(viewport={"width": 800, "height": 600})
    yield Frame(context)
    context.close()


def value(frame: Frame, name: str) -> str:
    return frame.page.locator(f"[name={name}]").first.input_value()


def is_checked(frame: Frame, box: str) -> bool:
    return frame.page.locator(f"[value={box}]").is_checked()


def height_of(frame: Frame, selector: str) -> float:
    """Where in the window it stands, in pixels."""
    return box(frame.page.locator(selector))["y"]


def focused(frame: Frame) -> str:
    found: str = frame.page.evaluate("document.activeElement.name || document.activeElement.outerHTML")
    return found


def test_keeps_what_is_typed_and_chosen(frame: Frame) -> None:
    frame.show(FORM)
    frame.page.fill("[name=person]", "jonas@contoso.example")
    frame.page.fill("[name=token]", "secret")
    frame.page.fill("[name=note]", "Call him\nfirst")
    frame.page.select_option("[name=language]", "fi")
    frame.page.check("[name=sure]")
    frame.page.check("[value=big]")
    frame.refresh("<p>News</p>" + FORM)
    kept = [value(frame, name) for name in ("person", "token", "note", "language")]
    assert kept == ["jonas@contoso.example", "secret", "Call him\nfirst", "fi"]
    assert is_checked(frame, "yes")
    assert is_checked(frame, "big")
    assert not is_checked(frame, "small")


def test_keeps_what_was_emptied_unchecked_and_chosen_back(frame: Frame) -> None:
    filled = FORM.replace('value="yes"', 'value="yes" checked').replace('value="fi"', 'value="fi" selected')
    frame.show(filled)
    frame.page.fill("[name=note]", "")
    frame.page.uncheck("[name=sure]")
    frame.page.select_option("[name=language]", "de")
    frame.refresh(filled)
    assert value(frame, "note") == ""
    assert value(frame, "language") == "de"
    assert not is_checked(frame, "yes")


def test_takes_over_what_the_server_says_where_nobody_has_typed(frame: Frame) -> None:
    frame.show(FORM)
    frame.refresh(FORM.replace("As it was", "As it is").replace('value="fi"', 'value="fi" selected'))
    assert value(frame, "note") == "As it is"
    assert value(frame, "language") == "fi"


def test_keeps_nothing_for_a_field_of_another_form(frame: Frame) -> None:
    other = '<form action="/other/"><input name="person"></form>'
    frame.show(FORM + other)
    frame.page.fill("[action='/answer/'] [name=person]", "jonas")
    frame.refresh(other + FORM)
    assert frame.page.input_value("[action='/other/'] [name=person]") == ""
    assert frame.page.input_value("[action='/answer/'] [name=person]") == "jonas"


@pytest.mark.parametrize("name", ["person", "note"])
def test_keeps_the_focus_with_the_caret_and_what_is_marked(frame: Frame, name: str) -> None:
    frame.show(FORM)
    frame.page.fill(f"[name={name}]", "jonas@contoso.example")
    field = frame.page.locator(f"[name={name}]")
    field.evaluate("field => { field.focus(); field.setSelectionRange(2, 5, 'backward'); }")
    frame.refresh("<p>News</p>" + FORM)
    assert focused(frame) == name
    read = "field => [field.selectionStart, field.selectionEnd, field.selectionDirection]"
    assert field.evaluate(read) == [2, 5, "backward"]
    frame.page.keyboard.type("XY")
    assert value(frame, name) == "joXY@contoso.example"


@pytest.mark.parametrize(
    "content",
    [
        '<a href="/customers/7/">Contoso</a>',
        '<form action="/look/"><button>Check again</button></form>',
        '<details id="fold"><summary>More</summary>Much</details>',
        '<h2 id="next_title" tabindex="-1">Next</h2>',
    ],
)
def test_keeps_the_focus_on_whatever_has_it(frame: Frame, content: str) -> None:
    frame.show(content)
    frame.page.locator("a, button, summary, h2").focus()
    before = focused(frame)
    assert "body" not in before
    frame.refresh(f'<a href="/customers/6/">Before</a><form action="/other/"><button>Other</button></form>{content}')
    assert focused(frame) == before


def test_moves_the_focus_to_no_other_button_when_its_own_is_gone(frame: Frame) -> None:
    remove = '<form action="/contacts/{0}/remove/"><button>Remove</button></form>'
    frame.show(remove.format(1) + remove.format(2))
    frame.page.locator("button").first.focus()
    frame.refresh(remove.format(2))
    assert focused(frame).startswith("<body")


def test_keeps_the_place_where_the_page_is_read(frame: Frame) -> None:
    frame.show(TALL)
    frame.page.locator("#p30").evaluate("each => each.scrollIntoView()")
    before = height_of(frame, "#p30")
    frame.refresh('<p id="news">News</p>' * 9 + TALL)
    assert height_of(frame, "#p30") == pytest.approx(before, abs=1)


def test_keeps_the_place_when_what_was_read_there_is_gone(frame: Frame) -> None:
    frame.show(TALL)
    frame.page.locator("#p30").evaluate("each => each.scrollIntoView()")
    before = height_of(frame, "#p31")
    frame.refresh(TALL.replace('<p id="p30">', "<p>").replace('<p id="p3">', '<h1>News</h1><p id="p3">'))
    assert height_of(frame, "#p31") == pytest.approx(before, abs=1)


def test_keeps_the_focused_field_where_it_is_seen(frame: Frame) -> None:
    frame.show(TALL + FORM)
    frame.page.locator("[name=person]").focus()
    before = height_of(frame, "#form")
    frame.refresh("<h1>News</h1>" + TALL + FORM)
    assert height_of(frame, "#form") == pytest.approx(before, abs=1)


def test_keeps_what_is_scrolled_inside_the_page(frame: Frame) -> None:
    content = f'{SCROLLING}<div id="box">{TALL}</div>{NARROW}'
    frame.show(content)
    frame.page.evaluate("document.getElementById('box').scrollTop = 120")
    frame.page.evaluate("document.querySelector('.tabs').scrollLeft = 200")
    frame.refresh("<p>News</p>" + content)
    assert frame.page.evaluate("document.getElementById('box').scrollTop") == 120
    assert frame.page.evaluate("document.querySelector('.tabs').scrollLeft") == 200


def test_keeps_what_stands_outside_and_is_replaced_with_it(frame: Frame) -> None:
    aside = '<aside id="aside"{0}><details id="older"><summary>Older</summary>Much</details>{1}</aside>'
    frame.show(FORM)
    frame.page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", aside.format("", ""))
    frame.page.click("#older summary")
    frame.refresh(FORM + aside.format(' hx-swap-oob="true"', "<p>New</p>"))
    assert frame.page.locator("#aside p").text_content() == "New"
    assert frame.page.locator("#older").get_attribute("open") is not None


# Not now


def test_leaves_the_page_alone_where_it_would_take_away_what_is_typed(frame: Frame) -> None:
    frame.show(FORM)
    frame.page.fill("[name=person]", "jonas")
    frame.refresh("<h2>Next step</h2>")
    assert value(frame, "person") == "jonas"
    said = frame.page.locator("form [role=status]")
    assert "has changed meanwhile" in said.inner_text()
    frame.look()
    assert said.count() == 1
    frame.page.fill("[name=person]", "")
    frame.look()
    assert frame.page.locator("h2").inner_text() == "Next step"


def test_leaves_the_page_alone_while_somebody_marks_a_text_in_it(frame: Frame) -> None:
    frame.show('<code id="code">AADSTS90094</code>')
    frame.page.locator("#code").select_text()
    frame.refresh('<code id="code">AADSTS7000</code>')
    assert frame.page.locator("#code").inner_text() == "AADSTS90094"
    frame.page.evaluate("document.getSelection().removeAllRanges()")
    frame.look()
    assert frame.page.locator("#code").inner_text() == "AADSTS7000"


def test_leaves_the_page_alone_while_a_letter_is_being_composed(frame: Frame) -> None:
    frame.show(FORM)
    frame.page.locator("[name=person]").focus()
    frame.page.evaluate(
        "document.activeElement.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}))"
    )
    frame.refresh("<h1>News</h1>" + FORM)
    assert frame.page.locator("h1").count() == 0
    frame.page.evaluate("document.activeElement.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true}))")
    frame.look()
    assert frame.page.locator("h1").count() == 1


# The answer to an act is no refresh


def test_keeps_what_is_typed_beside_the_form_that_was_sent(frame: Frame) -> None:
    look = '<form action="/look/" method="post" hx-post="/look/"><input name="why"><button>Check again</button></form>'
    frame.show(FORM + look)
    frame.answers["/look/"] = html(FORM + look + "<h1>News</h1>")
    frame.page.fill("[name=person]", "jonas")
    frame.page.fill("[name=why]", "It is late")
    frame.page.get_by_text("Check again").click()
    frame.page.wait_for_selector("h1")
    assert value(frame, "person") == "jonas"
    assert value(frame, "why") == ""
