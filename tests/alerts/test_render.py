"""What a mail says, line by line, in text and on the page."""

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from jinja2 import UndefinedError

from alerts.case import Case
from alerts.render import render_digest, render_operator
from alerts.templating import fill, inlined
from alerts.wording import clean, percent
from tests.alerts.letters import MADE_AT, NEAR, OVERDUE, Page, digest, items, line, naughty_strings

DUE_TODAY = replace(NEAR, item="HRM1-7", state="due_today", light="orange", remaining=0, countdown=0)


@pytest.mark.parametrize(
    ("payload", "subject"),
    [
        pytest.param(
            digest(*items(OVERDUE, 3, "red_card"), *items(NEAR, 2, "reminder"), level="red_card"),
            "【督办·红牌】区水务局 逾期3件 临期2件（2026-11-23）",
            id="both counts of a red card",
        ),
        pytest.param(
            digest(*items(NEAR, 2, "reminder"), level="reminder"),
            "【催办】区水务局 临期2件（2026-11-23）",
            id="a count of zero is left out",
        ),
        pytest.param(digest(line()), "【督办·黄牌】区水务局 逾期1件（2026-11-23）", id="a yellow card"),
        pytest.param(
            digest(line(), line(replace(OVERDUE, clock="statutory"))),
            "【督办·黄牌】区水务局 逾期1件（2026-11-23）",
            id="two late clocks of one item are one item",
        ),
        pytest.param(
            digest(line(replace(NEAR, item=OVERDUE.item)), line()),
            "【督办·黄牌】区水务局 逾期1件（2026-11-23）",
            id="an item with a late and a near clock counts as late",
        ),
        pytest.param(
            digest(*items(OVERDUE, 6), *items(NEAR, 1, "reminder"), most=2),
            "【督办·黄牌】区水务局 逾期6件 临期1件（2026-11-23）",
            id="a cut mail counts what it does not list as well",
        ),
        pytest.param(
            digest(line(), made_at="2026-11-23T16:30:00+00:00"),
            "【督办·黄牌】区水务局 逾期1件（2026-11-24）",
            id="the date is the local one",
        ),
        pytest.param(
            digest(line(), unit=None, unit_name="未匹配单位", audience="supervisor"),
            "【督办·黄牌】未匹配单位 逾期1件（2026-11-23）",
            id="items of no known unit",
        ),
        pytest.param(
            digest(line(), unit_name="区水务局\r\nBcc: x@example.org"),
            "【督办·黄牌】区水务局 Bcc: x@example.org 逾期1件（2026-11-23）",
            id="a line break in a name stays on the line",
        ),
    ],
)
def test_the_subject_says_level_unit_counts_and_date(payload: dict[str, Any], subject: str) -> None:
    assert render_digest(payload).subject == subject


@pytest.mark.parametrize(
    ("case", "words"),
    [
        pytest.param(OVERDUE, "逾期 3 个工作日", id="overdue in working days"),
        pytest.param(replace(OVERDUE, unit_of_limit="natural_day"), "逾期 3 个自然日", id="overdue in natural days"),
        pytest.param(replace(OVERDUE, unit_of_limit="hour", overdue_days=30), "逾期 30 小时", id="overdue in hours"),
        pytest.param(
            replace(OVERDUE, overdue_days=0, countdown=0),
            "逾期不足 1 个工作日",
            id="overdue since the last working day",
        ),
        pytest.param(NEAR, "剩余 2 个工作日", id="days remaining"),
        pytest.param(DUE_TODAY, "今日到期", id="the last day"),
        pytest.param(
            replace(DUE_TODAY, unit_of_limit="hour", remaining=5),
            "今日到期，剩余 5 小时",
            id="hours left of the last day",
        ),
        pytest.param(replace(NEAR, state="paused", due=None, paused=True), "计时暂停", id="paused"),
        pytest.param(
            replace(NEAR, state="no_limit", due=None, limit=None, remaining=None), "没有到期日", id="without a limit"
        ),
    ],
)
def test_how_a_clock_stands_is_said_in_words(case: Case, words: str) -> None:
    mail = render_digest(digest(line(case)))
    assert f"1. {words}（" in mail.text
    assert words in Page(mail.html).texts


@pytest.mark.parametrize(
    ("light", "word", "colour"),
    [
        ("green", "绿灯", "#dff2e3"),
        ("yellow", "黄灯", "#fff0b8"),
        ("orange", "橙灯", "#ffdfc2"),
        ("red", "红灯", "#fbdcdc"),
        ("deep_red", "红牌", "#a31016"),
        ("grey", "灰灯", "#e6e8eb"),
    ],
)
def test_no_colour_stands_without_its_word(light: str, word: str, colour: str) -> None:
    mail = render_digest(digest(line(replace(OVERDUE, light=light))))
    assert re.search(
        rf'<span class="chip [a-z-]+" style="[^"]*background-color: {colour}[^"]*">{word}</span>', mail.html
    )
    assert f"（{word}）" in mail.text


FACTS = (
    "生产建设项目水土保持方案审批",
    "北房镇河道治理工程",
    "2201-110116-04-01-466702",
    "HRM1-2760925",
    "2026年11月18日 周三",
    "审批时限 20 个工作日",
    "超过审批时限已满3个工作日",
)


@pytest.mark.parametrize("fact", FACTS)
def test_every_line_has_its_facts_in_text_and_page(fact: str) -> None:
    mail = render_digest(digest(line()))
    assert fact in mail.text
    assert fact in " ".join(Page(mail.html).texts)


def test_marks_are_shown_and_explained_only_where_they_occur() -> None:
    plain = render_digest(digest(line()))
    marked = render_digest(digest(line(replace(OVERDUE, deemed=True, provisional=True))))
    assert "标记：视为受理、暂算" in marked.text
    assert "- 暂算：到期日涉及尚未公布放假安排的年份" in marked.text
    assert "- 视为受理：未在法定期限内作出受理答复" in marked.text
    for text in (plain.text, plain.html):
        assert "暂算" not in text
        assert "视为受理" not in text


@pytest.mark.parametrize(
    ("changes", "first", "warning"),
    [
        pytest.param({}, "数据截至 2026年11月23日 09:00", None, id="fresh data needs no warning"),
        pytest.param(
            {"stale": True, "data_as_of": "2026-11-20T06:10:00+00:00"},
            "数据截至 2026年11月20日 14:10",
            "请注意：已有 66 小时未能从平台取得新数据，以下内容可能落后于实际，请以平台记录为准。",
            id="old data says for how long",
        ),
        pytest.param(
            {"stale": True, "data_as_of": None},
            "数据截至 —（尚未从平台取得数据）",
            "请注意：系统尚未从平台取得过数据，以下内容可能与实际不符，请以平台记录为准。",
            id="no data at all",
        ),
    ],
)
def test_line_1_says_how_old_the_data_is(changes: dict[str, Any], first: str, warning: str | None) -> None:
    mail = render_digest(digest(line(), **changes))
    lines = mail.text.splitlines()
    texts = Page(mail.html).texts
    shown = texts[texts.index(first) :]
    assert lines[0] == first
    assert (lines[1] or None) == warning
    assert shown[0] == first
    assert (warning is None) or shown[1] == warning
    assert "请注意" in mail.html if warning else "请注意" not in mail.html


@pytest.mark.parametrize(
    ("audience", "level", "title", "words"),
    [
        pytest.param(
            "handler",
            "reminder",
            "办理时限提醒（催办）",
            ["区水务局 经办人，您好！", "请您合理安排"],
            id="a handler is asked",
        ),
        pytest.param(
            "section_head",
            "reminder",
            "办理时限提醒（催办）",
            ["区水务局 科室负责人，您好！", "请您予以关注"],
            id="a head is asked",
        ),
        pytest.param(
            "deputy_leader",
            "yellow_card",
            "督办通知（黄牌）",
            ["区水务局（送分管领导）：", "请贵单位尽快办结", "书面说明"],
            id="a yellow card goes to the unit in writing",
        ),
        pytest.param(
            "principal",
            "red_card",
            "督办通知（红牌）",
            ["区水务局（送主要领导）：", "请贵单位立即研究办理", "书面说明"],
            id="a red card goes to the unit in writing",
        ),
        pytest.param(
            "supervisor",
            "yellow_card",
            "督办情况（黄牌）",
            ["督办专员：", "区水务局以下事项", "请您跟进"],
            id="the supervisor is told",
        ),
        pytest.param(
            "district_leader",
            "red_card",
            "督办情况（红牌）",
            ["区领导：", "区水务局以下事项"],
            id="a district leader is told",
        ),
    ],
)
def test_each_audience_is_spoken_to_in_its_own_way(audience: str, level: str, title: str, words: list[str]) -> None:
    mail = render_digest(digest(line(level=level), audience=audience, level=level))
    page = "".join(Page(mail.html).texts)
    for expected in (title, *words):
        assert expected in mail.text
        assert expected in page
    assert ("贵单位" in mail.text) == (audience in ("deputy_leader", "principal"))


def test_items_of_no_known_unit_ask_the_supervisor_to_find_it() -> None:
    case = replace(OVERDUE, unit=None, unit_name="北京市怀柔区水务局（旧）")
    mail = render_digest(digest(line(case), unit=None, unit_name="未匹配单位", audience="supervisor"))
    for text in (mail.text, "".join(Page(mail.html).texts)):
        assert "待核实单位的事项" in text
        assert "尚未通知任何单位" in text
        assert "北京市怀柔区水务局（旧）" in text


DEEP_RED = replace(OVERDUE, item="RED", light="deep_red", overdue_days=9, countdown=-9)


def test_lines_come_by_light_the_worst_first_each_with_its_level() -> None:
    mixed = [line(NEAR, "reminder"), line(DUE_TODAY, "reminder"), line(), line(DEEP_RED, "red_card")]
    mail = render_digest(digest(*mixed, level="red_card", audience="section_head"))
    expected = [
        "【红牌】逾期较久，或已超过法定时限　1 条", "1. 逾期 9 个工作日（红牌）　督办·红牌", "RED",
        "【红灯】已逾期　1 条", "2. 逾期 3 个工作日（红灯）　督办·黄牌", OVERDUE.item,
        "【橙灯】今日到期　1 条", "3. 今日到期（橙灯）　催办", DUE_TODAY.item,
        "【黄灯】即将到期　1 条", "4. 剩余 2 个工作日（黄灯）　催办", NEAR.item,
    ]  # fmt: skip
    places = [mail.text.index(words) for words in expected]
    assert places == sorted(places)
    assert "共 4 件：已逾期 2 件，临期 2 件。\n红牌 1 件，红灯 1 件，橙灯 1 件，黄灯 1 件。" in mail.text


def test_what_is_asked_is_said_once_for_each_level_the_worst_first() -> None:
    mixed = [*items(NEAR, 2, "reminder"), line(), line(DEEP_RED, "red_card")]
    text = render_digest(digest(*mixed, level="red_card", audience="section_head")).text
    expected = ["督办·红牌 1 条：经核对", "督办·黄牌 1 条：经核对", "催办 2 条：以下事项时限将近", "共 4 件"]
    assert [text.count(words) for words in expected] == [1, 1, 1, 1]
    assert sorted(expected, key=text.index) == expected


def test_lines_of_one_light_come_by_level_and_the_longest_overdue_first() -> None:
    cases = [replace(OVERDUE, item=f"LATE-{days}", overdue_days=days, countdown=-days) for days in (1, 4, 2)]
    mail = render_digest(digest(*(line(each) for each in cases), audience="section_head"))
    assert re.findall(r"办件编号：(\S+)", mail.text) == ["LATE-4", "LATE-2", "LATE-1"]


def test_what_fell_away_since_the_decision_is_said() -> None:
    mail = render_digest(digest(line(), dropped=["HRM1-1 已于 2026年11月22日 办结。"]))
    assert "- HRM1-1 已于 2026年11月22日 办结。" in mail.text
    assert "HRM1-1 已于 2026年11月22日 办结。" in mail.html


def test_the_end_says_who_wrote_and_how_to_correct_a_date() -> None:
    mail = render_digest(digest(line()))
    for text in (mail.text, mail.html):
        assert "本邮件由审批时限监测系统自动发送。" in text
        assert "日期如有误，请直接回复本邮件" in text
        assert "生成时间：2026年11月23日 09:05" in text


def test_the_page_asks_nothing_of_the_network_and_styles_every_cell() -> None:
    page = Page(render_digest(digest(line(), line(NEAR, "reminder"), stale=True, most=1)).html)
    assert not {"img", "script", "link", "iframe", "object", "a", "form"} & {tag for tag, _ in page.tags}
    assert all("style" in dict(attributes) for tag, attributes in page.tags if tag in ("th", "p", "h1", "h2", "span"))
    assert "http" not in re.sub("http-equiv", "", render_digest(digest(line())).html)


def test_rare_characters_survive() -> None:
    mail = render_digest(digest(line(replace(OVERDUE, project="𠮷野家门店装修"))))
    assert "𠮷野家门店装修" in mail.text
    assert "𠮷野家门店装修" in mail.html


def test_no_name_can_change_what_a_mail_is_made_of() -> None:
    if (strings := naughty_strings()) is None:
        pytest.skip("the list of naughty strings is not there")
    plain = render_digest(digest(line()))
    tags, lines = Page(plain.html).tags, len(plain.text.splitlines())
    for name in strings:
        payload = digest(line())
        payload["lines"][0]["case"].update(project=name, matter=name)
        mail = render_digest(payload)
        page = Page(mail.html)
        assert page.tags == tags, name
        assert page.texts.count(clean(name, 80)) >= 1, name
        assert len(mail.text.splitlines()) == lines, name
        mail.html.encode()
        mail.text.encode()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        pytest.param("a\r\n\tb", "a b", id="line breaks become a space"),
        pytest.param("\x00\x07", "—", id="nothing left is a dash"),
        pytest.param(None, "—", id="nothing given is a dash"),
        pytest.param("\u202eabc", "abc", id="marks that turn the text round go"),
        pytest.param("半\ud800个", "半 个", id="half a surrogate pair goes"),
        pytest.param("👩‍👩‍👧", "👩‍👩‍👧", id="joined signs stay joined"),
        pytest.param("水" * 12, "水" * 9 + "…", id="a long name is cut"),
    ],
)
def test_names_are_put_on_one_line_that_every_mail_can_carry(given: str | None, shown: str) -> None:
    assert clean(given, 10) == shown


@pytest.mark.parametrize(
    ("share", "words"),
    [(None, "—"), (0.0, "0.0%"), (0.0625, "6.3%"), (1 / 3, "33.3%"), (1.0, "100.0%")],
    ids=["nothing to divide by", "none", "half is rounded up as a spreadsheet does", "a third", "all"],
)
def test_percent(share: float | None, words: str) -> None:
    assert percent(share) == words


def test_a_mail_to_the_operator_is_its_paragraphs() -> None:
    payload = {"title": "平台数据已过期", "paragraphs": ["一段。", "两段 <b>。"], "made_at": MADE_AT.isoformat()}
    mail = render_operator(payload)
    assert mail.subject == "【运维】平台数据已过期（2026-11-23）"
    assert mail.text.startswith("系统状态截至 2026年11月23日 09:05\n")
    assert "\n一段。\n\n两段 <b>。\n" in mail.text
    assert "两段 &lt;b&gt;。" in mail.html


def test_the_operators_mail_has_the_age_of_the_data_where_it_is_known() -> None:
    payload = {"title": "题", "paragraphs": [], "made_at": MADE_AT.isoformat(), "data_as_of": None, "stale": True}
    assert render_operator(payload).text.startswith("数据截至 —（尚未从平台取得数据）\n请注意：")


def test_the_same_payload_gives_the_same_mail() -> None:
    payload = digest(line(), line(NEAR, "reminder"))
    assert render_digest(payload) == render_digest(json.loads(json.dumps(payload)))


def test_a_value_that_a_template_shows_cannot_be_forgotten() -> None:
    with pytest.raises(UndefinedError, match="title"):
        fill("operator", {"day": "2026-11-23", "data_line": "", "warning": None, "footer": ()})


def test_styles_are_written_into_elements_without_moving_a_tag_of_jinja() -> None:
    source = '<table>{% for a in b %}<tr><td class="x" title="{{ a }}">{{ a > 1 }}</td></tr>{% endfor %}</table>'
    result = inlined(source, ".x { color: red }")
    assert 'style="color: red;"' in result
    assert re.findall(r"{[{%].*?[}%]}", result) == ["{% for a in b %}", "{{ a }}", "{{ a > 1 }}", "{% endfor %}"]


def test_a_template_that_would_lose_a_tag_is_refused() -> None:
    with pytest.raises(ValueError, match="cell"):
        inlined("<textarea>{{ cell }}</textarea>", "")


def test_due_dates_have_their_weekday() -> None:
    mail = render_digest(digest(line(replace(OVERDUE, due=date(2026, 10, 10)))))
    assert "到期：2026年10月10日 周六" in mail.text
