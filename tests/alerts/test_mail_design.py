"""What must hold of every mail however it is read: in Foxmail, Outlook, webmail, on a telephone, or as text alone.

Mail programs drop scripts, style sheets and what lies elsewhere; some readers see no colours, some only the text.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from alerts.overview import Answered, Day, Nobodys, Refusal, SentMail, Silence, StuckMail
from alerts.overview import payload as overview_payload
from alerts.render import (
    Rendered,
    render_codes,
    render_digest,
    render_operator,
    render_overview,
    render_weekly,
)
from alerts.report.rows import payload as weekly_payload
from alerts.templating import FOLDER
from alerts.wording import LIGHTS
from tests.alerts.coding import EMPTY, HYPHENS, WRONG, many
from tests.alerts.coding import payload as codes_payload
from tests.alerts.letters import MADE_AT, NEAR, OVERDUE, Page, digest, items, late, line, weekly

DEEP = replace(OVERDUE, item="HRM1-7", light="deep_red", overdue_days=12, deemed=True, provisional=True)
TODAY = replace(NEAR, item="HRM1-8", light="orange", remaining=0, countdown=0)
MIXED = [line(DEEP, "red_card"), *items(OVERDUE, 3), line(TODAY, "reminder"), *items(NEAR, 2, "reminder")]
NOBODYS = digest(line(replace(OVERDUE, unit=None)), unit=None, unit_name="未匹配单位", audience="supervisor")
UNTIL = datetime(2026, 11, 23, 9, tzinfo=UTC)
BUSY = Day(
    UNTIL - timedelta(days=1), UNTIL, UNTIL, True,
    sent=[SentMail("digest", "U1", "区水务局", "unknown", "题", (("HRM1-1", "red_card"),))],
    stuck=[StuckMail("failed", "digest", "区气象局", UNTIL, "拒收"), StuckMail("pending", "weekly", "", UNTIL, "")],
    answers=[Answered("HRM1-9", "U1", "区水务局", "explanation", "下周办结。")],
    refusals=[Refusal("a@qxj.example", "bounced", "550", "区气象局")],
    silences=[Silence("办件 HRM1-5", date(2026, 12, 1), "等待批复", "督办专员")],
    nobodys=[Nobodys("某部门", 2)], held_blind=1, received={"other": 1}, letters=["怀政督〔2026〕1号"],
)  # fmt: skip
OPERATOR = {"title": "平台数据中断", "paragraphs": ["一段。"], "made_at": MADE_AT.isoformat()}

KINDS: dict[str, Callable[[], Rendered]] = {
    "reminder": lambda: render_digest(digest(*items(NEAR, 2, "reminder"), level="reminder", audience="handler")),
    "cards": lambda: render_digest(digest(*MIXED, audience="section_head", level="red_card", stale=True)),
    "leader": lambda: render_digest(digest(*MIXED, audience="principal", level="red_card", dropped=["HRM1-0：已办结"])),
    "cut list": lambda: render_digest(digest(*MIXED, audience="section_head", level="red_card", most=3)),
    "unassigned": lambda: render_digest(NOBODYS),
    "weekly": lambda: render_weekly(json.loads(json.dumps(weekly_payload(weekly(late(1), late(2, "U2", 7)))))),
    "codes": lambda: render_codes(codes_payload(HYPHENS, WRONG, *many(EMPTY, 2, standing="accepted"))),
    "operator": lambda: render_operator(OPERATOR),
    "overview": lambda: render_overview(overview_payload(BUSY)),
    "quiet overview": lambda: render_overview(overview_payload(Day(UNTIL, UNTIL, UNTIL, False))),
}
MAILS = pytest.mark.parametrize("kind", KINDS)
CHIPS = ("chip", "mark")
ITEM = re.compile(r"\b(?:HRM1-[\w-]+|HR\d{11})\b")
PHONE_AND_DARK = re.compile(r"@media[^{]*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}")
WITHOUT_TEXT = ("page", "band", "band band-red", "band band-yellow")


@cache
def mail(kind: str) -> Rendered:
    """The mail of a kind."""
    return KINDS[kind]()


@cache
def page(kind: str) -> Page:
    """Its page, taken apart."""
    return Page(mail(kind).html)


def media_classes() -> set[str]:
    """The classes that only a rule for telephones or dark screens speaks of."""
    css = (FOLDER / "mail.css").read_text("utf-8")
    return set(re.findall(r"\.([a-z-]+)", " ".join(PHONE_AND_DARK.findall(css))))


@MAILS
def test_it_asks_nothing_of_the_network_and_runs_nothing(kind: str) -> None:
    assert not {"script", "link", "iframe", "object", "form", "video", "base"} & {tag for tag, _ in page(kind).tags}
    attributes = [(name, value or "") for _, found in page(kind).tags for name, value in found]
    assert [name for name, _ in attributes if name in ("href", "background") or name.startswith("on")] == []
    within = {f"cid:{picture.cid}" for picture in mail(kind).attachments if picture.cid}
    assert {value for name, value in attributes if name == "src"} == within
    assert re.findall(r"https?://|url\(|@import", mail(kind).html) == []


@MAILS
def test_every_picture_is_told_in_words(kind: str) -> None:
    pictures = [dict(found) for tag, found in page(kind).tags if tag == "img"]
    assert [picture["src"] for picture in pictures if len(picture.get("alt") or "") < 10] == []


@MAILS
def test_every_style_stands_in_its_element(kind: str) -> None:
    """A class alone does nothing in most webmail: it may only serve the rules for telephones and dark screens."""
    bare = [
        (tag, attributes["class"])
        for tag, attributes in ((tag, dict(found)) for tag, found in page(kind).tags)
        if attributes.get("class") and "style" not in attributes
        if not set(str(attributes["class"]).split()) <= media_classes()
    ]
    assert bare == []
    for sheet in re.findall(r"<style[^>]*>(.*?)</style>", mail(kind).html, re.DOTALL):
        assert PHONE_AND_DARK.sub("", sheet).strip() == ""


@MAILS
def test_what_has_a_ground_of_its_own_has_ink_of_its_own(kind: str) -> None:
    """One without the other is unreadable where a program turns colours round for a dark screen."""
    grounds = [
        (dict(found).get("class"), str(dict(found)["style"]))
        for _, found in page(kind).tags
        if "background-color" in str(dict(found).get("style"))
    ]
    assert [name for name, style in grounds if not re.search(r"(?<!-)color:", style) if name not in WITHOUT_TEXT] == []


@MAILS
def test_it_can_be_read_on_a_dark_screen_and_on_a_telephone(kind: str) -> None:
    assert '<meta name="color-scheme" content="light dark">' in mail(kind).html
    assert "prefers-color-scheme: dark" in mail(kind).html
    assert "max-width: 600px" in mail(kind).html
    assert "width=device-width" in mail(kind).html


@MAILS
def test_no_colour_stands_without_a_word(kind: str) -> None:
    chips = re.findall(r'<span class="(chip|mark)[^"]*"[^>]*>(.*?)</span>', mail(kind).html, re.DOTALL)
    assert [words for _, words in chips if not re.search(r"[\u4e00-\u9fff]", words)] == []
    lights = {words for found, words in chips if found == "chip"}
    assert lights <= {*LIGHTS.values(), "黄牌", "未受理", "已受理", "已办结"}


@MAILS
def test_the_text_alone_names_every_item_of_the_page(kind: str) -> None:
    on_page = set(ITEM.findall("\n".join(page(kind).texts)))
    assert on_page <= set(ITEM.findall(mail(kind).text))
    assert kind in ("operator", "quiet overview") or on_page


@MAILS
def test_the_text_alone_has_every_number_and_heading(kind: str) -> None:
    headings = re.findall(r"<h[12][^>]*>(.*?)</h[12]>", mail(kind).html, re.DOTALL)
    words = [
        word for heading in headings for word in re.findall(r"[\u4e00-\u9fff]{2,}", re.sub(r"<[^>]+>", " ", heading))
    ]
    assert [word for word in words if word not in mail(kind).text] == []


@MAILS
def test_line_1_of_text_and_page_is_the_same(kind: str) -> None:
    first = mail(kind).text.splitlines()[0]
    assert re.match(r"(数据|系统状态)截至 ", first)
    texts = page(kind).texts
    assert texts[texts.index(first)] == first


@MAILS
def test_dates_are_written_as_people_here_write_them(kind: str) -> None:
    """A date of the body is 2026年11月23日; ISO dates stand only where a subject or file name does."""
    body = mail(kind).text
    assert re.findall(r"\b\d{4}-\d{2}-\d{2}\b", body) == []


@MAILS
def test_the_subject_is_one_line_that_says_kind_and_day(kind: str) -> None:
    assert re.fullmatch(r"【[^】]+】[^\n]{2,80}", mail(kind).subject)
    assert re.search(r"2026-11-\d\d|2026年", mail(kind).subject)


@MAILS
def test_tables_that_lay_out_say_so_to_screen_readers(kind: str) -> None:
    tables = [dict(found) for tag, found in page(kind).tags if tag == "table"]
    assert all(table.get("role") == "presentation" or "list" in str(table.get("class")) for table in tables)
    assert (
        dict(page(kind).tags[next(n for n, (tag, _) in enumerate(page(kind).tags) if tag == "html")][1])["lang"]
        == "zh-CN"
    )
