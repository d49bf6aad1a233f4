"""An item of a unit that nobody knows, from its arrival until the configuration has learnt the name."""

from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest

from alerts.notices import NOTICE
from config.policy import Role
from config.units import Alias, UnitDirectory
from monitor.app import build
from monitor.entry import entry
from monitor.judge import judge
from monitor.ledger.read import load
from monitor.ledger.store import ITEM, table_of
from monitor.ledger.tables import Change
from tests.jobs.daemon_day import Day
from tests.ledger.platform import ITEMS, item_row

STRANGE = "怀柔区水利水务中心"
CHANGE = table_of(Change)


def strange(day: Day, item: str = "HRM1-1", name: str = STRANGE, **columns: Any) -> None:
    """An item of ten days accepted on Monday, 2 November, of a unit that only its name tells: due on the 16th."""
    day.item(item, "2026-11-02 09:00:00", "2026-11-02 10:00:00", **{"SPBMBM": "", "SPBMMC": name, **columns})


def learnt(day: Day, name: str | Alias = STRANGE, unit: str = "110116SWJ") -> Day:
    """The daemon started anew after units.toml was given another alias."""
    alias = Alias(name=name) if isinstance(name, str) else name
    known = day.app.config.units
    units = [
        one.model_copy(update={"aliases": (*one.aliases, alias)}) if one.id == unit else one for one in known.units
    ]
    config = replace(day.app.config, units=UnitDirectory(units, known.office, known.region))
    return Day(build(config, day.clock, engine=day.app.engine), day.clock, day.platform, day.serial)


def tick(day: Day, text: str) -> None:
    """A poll and a plan at a local moment."""
    day.at(text).poll()
    day.plan()


def told(day: Day) -> list[Any]:
    """The mails that say that units are not known."""
    return [mail for mail in day.mails("operator") if mail.key.startswith("unmatched|")]


def digests(day: Day, since: int = 0) -> list[tuple[str | None, str, str]]:
    """Unit, audience and level of the digests, those before number ``since`` left out."""
    return [(mail.unit, mail.audience, mail.level) for mail in day.mails("digest")[since:]]


def test_the_supervisor_is_told_at_once_and_the_ledger_shows_the_platforms_words(day: Day) -> None:
    strange(day)
    tick(day, "2026-11-03 09:30")
    [mail] = told(day)
    assert mail.recipients["to"] == ["supervisor@zwfw.example"]
    assert mail.recipients["cc"] == ["operator@zwfw.example"]
    text = "".join(mail.payload["paragraphs"])
    for words in (
        "1 件在办办件",
        f"“{STRANGE}”（编码 空）",
        "最早 2026年11月2日 接件",
        "名称最接近区水务局",
        "未匹配单位",
    ):
        assert words in text
    with day.app.transactions.read() as connection:
        [row] = load(connection, ["HRM1-1"])
    shown = entry(judge(row.facts, row.versions, day.app.standards, day.clock.now))
    assert (shown["unit"], shown["unit_name"]) == (None, STRANGE)
    assert f"审批单位“{STRANGE}”不能识别" in shown["problems"]


def test_each_unknown_name_is_told_once_and_a_new_one_by_itself(day: Day) -> None:
    strange(day)
    strange(day, "HRM1-2")
    tick(day, "2026-11-03 09:30")
    tick(day, "2026-11-04 09:30")
    strange(day, "HRM1-3", "某某部门")
    tick(day, "2026-11-05 09:30")
    first, second = (mail.payload["units"] for mail in told(day))
    assert (first, second) == ([["", STRANGE]], [["", "某某部门"]])


def test_nobody_is_told_outside_the_working_hours(day: Day) -> None:
    strange(day)
    for closed in ("2026-11-03 08:00", "2026-11-03 19:00", "2026-11-07 10:00"):
        tick(day, closed)
        assert told(day) == []


def test_of_closed_items_nobody_is_told(day: Day) -> None:
    strange(day)
    day.event("HRM1-1", 11, "2026-11-03 09:00:00")
    tick(day, "2026-11-03 09:30")
    assert told(day) == []


def test_without_a_supervisor_the_operator_is_told(day: Day) -> None:
    office = {role: to for role, to in day.app.config.units.office.items() if role is not Role.SUPERVISOR}
    units = UnitDirectory(day.app.config.units.units, office, day.app.config.units.region)
    day = Day(build(replace(day.app.config, units=units), day.clock, engine=day.app.engine), day.clock)
    strange(day)
    tick(day, "2026-11-17 09:30")
    assert [mail.recipients["to"] for mail in (*told(day), *day.mails("digest"))] == [["operator@zwfw.example"]] * 2


STEPS = {
    "2026-11-11 09:30": "reminder",
    "2026-11-16 09:30": "reminder",
    "2026-11-17 09:30": "yellow_card",
    "2026-11-23 09:30": "red_card",
}


@pytest.mark.parametrize("now", STEPS)
def test_whatever_a_step_says_the_mail_goes_to_the_supervisor(day: Day, now: str) -> None:
    strange(day)
    tick(day, now)
    [mail] = day.mails("digest")
    assert (mail.unit, mail.audience, mail.level) == (None, "supervisor", STEPS[now])
    assert mail.recipients["to"] == ["supervisor@zwfw.example"]
    [line] = mail.payload["lines"]
    assert line["case"]["unit_name"] == STRANGE


def texts(day: Day) -> dict[str, str]:
    """The texts of the mails as they would leave, by subject."""
    day.deliver()
    made = [message_from_bytes(path.read_bytes(), policy=SMTP) for path in sorted(day.app.kept_mails.glob("*.eml"))]
    return {str(mail["Subject"]): str(mail.get_body(("plain",)).get_content()) for mail in made}


def test_the_mails_call_the_unit_by_the_platforms_own_words(day: Day) -> None:
    strange(day)
    tick(day, "2026-11-17 09:30")
    found = texts(day)
    [escalation] = [text for subject, text in found.items() if subject.startswith("【督办·黄牌】未匹配单位 逾期1件")]
    for words in ("督办专员：", f"平台所载部门：{STRANGE}", "尚未通知任何单位"):
        assert words in escalation
    [news] = [text for subject, text in found.items() if "有办件的审批单位不在单位名录里" in subject]
    assert f"“{STRANGE}”（编码 空）：在办 1 件" in news


def test_an_item_moves_when_the_configuration_learns_the_name_and_the_record_says_so(day: Day) -> None:
    strange(day)
    tick(day, "2026-11-11 09:30")
    later = learnt(day)
    tick(later, "2026-11-11 09:40")
    assert [row.unit for row in later.rows(ITEM)] == ["110116SWJ"]
    changes = [(row.what, row.before, row.after) for row in later.rows(CHANGE) if row.what == "unit"]
    assert changes == [("unit", None, "110116SWJ")]
    [why] = [row.why for row in later.rows(CHANGE) if row.what == "unit"]
    assert "单位" in why


def test_the_unit_has_not_been_told_and_is_told_at_its_present_level(day: Day) -> None:
    strange(day)
    for text in ("2026-11-11 09:30", "2026-11-13 09:30", "2026-11-17 09:30"):
        tick(day, text)
    assert {unit for unit, _, _ in digests(day)} == {None}
    before = len(digests(day))
    later = learnt(day)
    tick(later, "2026-11-17 09:40")
    assert digests(later, before) == [
        ("110116SWJ", "deputy_leader", "yellow_card"),
        ("110116SWJ", "section_head", "yellow_card"),
    ]
    own = [row for row in later.rows(NOTICE) if row.unit == "110116SWJ"]
    assert {row.step for row in own if row.passed_over} == {"promised-in-3", "promised-in-1", "promised-today"}
    tick(later, "2026-11-18 09:30")
    assert len(digests(later)) == before + 2


def test_a_mail_to_the_supervisor_that_still_waits_does_not_leave_any_more(day: Day) -> None:
    strange(day)
    tick(day, "2026-11-11 09:30")
    later = learnt(day)
    tick(later, "2026-11-11 09:40")
    later.deliver()
    states = {(mail.unit, mail.audience): mail.state for mail in later.mails("digest")}
    assert states == {(None, "supervisor"): "dropped", ("110116SWJ", "handler"): "kept"}


def test_an_item_whose_name_is_taken_away_again_is_nobodys_once_more(day: Day) -> None:
    strange(day)
    tick(learnt(day), "2026-11-11 09:30")
    day = Day(build(day.app.config, day.clock, engine=day.app.engine), day.clock, day.platform, day.serial)
    tick(day, "2026-11-11 09:40")
    assert [row.unit for row in day.rows(ITEM)] == [None]
    assert digests(day)[-1] == (None, "supervisor", "reminder")


def test_another_name_of_city_and_district_moves_items_too(day: Day) -> None:
    strange(day, name="某县水务局")
    day.at("2026-11-03 09:30").poll()
    known = day.app.config.units
    region = known.region.model_copy(update={"district": "某县"})
    config = replace(day.app.config, units=UnitDirectory(known.units, known.office, region))
    later = Day(build(config, day.clock, engine=day.app.engine), day.clock, day.platform, day.serial)
    tick(later, "2026-11-03 09:40")
    assert [row.unit for row in later.rows(ITEM)] == ["110116SWJ"]


OLD = Alias(name="怀柔执法大队", until=date(2026, 10, 31))
NEW = Alias(name="怀柔执法大队", since=date(2026, 11, 1))

DATED = {
    "received before the day it passed on": ([(1, "2026-10-30 16:00:00"), (3, "2026-11-02 10:00:00")], "110116SWJ"),
    "received on the last day": ([(1, "2026-10-31 23:59:59"), (3, "2026-11-03 10:00:00")], "110116SWJ"),
    "received on the first day": ([(1, "2026-11-01 00:00:00"), (3, "2026-11-03 10:00:00")], "110116YLJ"),
    "accepted without receipt": ([(3, "2026-10-30 10:00:00"), (8, "2026-11-02 10:00:00")], "110116SWJ"),
    "known by a pause alone": ([(6, "2026-10-30 10:00:00")], "110116SWJ"),
    "received later than an event that is not receipt": (
        [(6, "2026-10-30 10:00:00"), (1, "2026-11-02 10:00:00")], "110116YLJ",
    ),
    "without any event it cannot be told": ([], None),
}  # fmt: skip


def test_a_name_that_passed_from_one_unit_to_another_counts_by_the_day_of_receipt(day: Day) -> None:
    day = learnt(learnt(day, OLD, "110116SWJ"), NEW, "110116YLJ")
    for number, (item, (happened, _)) in enumerate(DATED.items(), 900):
        row = item_row(item, number, "2026-11-02 08:00:00", SPBMBM="", SPBMMC=OLD.name)
        day.platform.add(ITEMS, row)
        for code, when in happened:
            day.event(item, code, when)
    tick(day, "2026-11-04 09:30")
    assert {row.item: row.unit for row in day.rows(ITEM)} == {item: unit for item, (_, unit) in DATED.items()}
