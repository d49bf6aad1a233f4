"""Project codes from the platform's rows to the counter's mail and the weekly report, day by day."""

from pathlib import Path
from typing import Any

import pytest

from alerts.notices import NOTICE
from alerts.report import rows as report_rows
from config.matters import Matter
from config.policy import Policy, ProjectCodes
from monitor.codes import counters_of
from monitor.ledger.store import ITEM
from monitor.reporting.making import make
from monitor.reporting.moments import Making
from monitor.reporting.periods import period_of
from tests.alerts.office import WORKDAYS
from tests.jobs.daemon_day import Day, day_of
from tests.ledger.platform import EVENTS, ITEMS, PROJECTS, at, event_row, item_row, project_row

RIGHT = "2106-440100-04-01-237448"
UNHYPHENED, FALSE = RIGHT.replace("-", ""), RIGHT[:-1] + "9"
COUNTER = "zongchuang@zwfw.example"


def comes_in(day: Day, item: str, code: str | None, received: str, **columns: Any) -> None:
    """An item is taken in at a local moment, with its project; ``code`` None: the platform has no project of it."""
    day.serial += 3
    if code is not None:
        day.platform.add(PROJECTS, project_row(item, code, day.serial, received))
    day.platform.add(ITEMS, item_row(item, day.serial + 1, received, **columns))
    day.platform.add(EVENTS, event_row(item, 1, received, day.serial + 2, BLCS="综合窗口一组"))


def mended(day: Day, item: str, code: str, known: str) -> None:
    """The platform has another project code of the item from a local moment on."""
    day.serial += 1
    day.platform.add(PROJECTS, project_row(item, code, day.serial, known))


def tick(day: Day, text: str) -> list[str]:
    """A poll and a plan; the items of the counter's mail that came of it, if one did."""
    before = len(day.mails("codes"))
    day.at(text).poll()
    day.plan()
    found = day.mails("codes")[before:]
    assert len(found) <= 1
    return [line["coded"]["item"] for mail in found for line in mail.payload["lines"]]


def test_a_wrong_code_is_found_at_the_receipt_and_told_at_once(day: Day) -> None:
    comes_in(day, "HRM1-1", UNHYPHENED, "2026-11-23 09:02:00")
    comes_in(day, "HRM1-2", RIGHT, "2026-11-23 09:03:00")
    assert tick(day, "2026-11-23 09:10") == ["HRM1-1"]
    [mail] = day.mails("codes")
    assert (mail.key, mail.recipients["to"]) == ("codes:2026-11-23", [COUNTER])
    told = mail.payload["lines"][0]["coded"]
    wanted = {"counter": "综合窗口一组", "standing": "received", "given": UNHYPHENED, "problem": "hyphens"}
    assert {name: told[name] for name in wanted} == wanted
    assert (told["repaired"], told["project"]) == (RIGHT, "河道治理工程")


def test_a_working_week_of_the_counter(day: Day) -> None:
    comes_in(day, "HRM1-1", FALSE, "2026-11-23 09:02:00")
    assert tick(day, "2026-11-23 09:10") == ["HRM1-1"]
    comes_in(day, "HRM1-2", "", "2026-11-23 10:00:00")
    assert tick(day, "2026-11-23 10:10") == []
    assert tick(day, "2026-11-24 08:50") == []
    assert tick(day, "2026-11-24 09:00") == ["HRM1-2"]
    assert len(day.mails("codes")[-1].payload["older"]) == 1
    assert tick(day, "2026-11-25 09:00") == []
    mended(day, "HRM1-1", f"{RIGHT}-001", "2026-11-25 15:00:00")
    assert tick(day, "2026-11-25 15:10") == ["HRM1-1"]
    mended(day, "HRM1-1", RIGHT, "2026-11-26 09:00:00")
    assert tick(day, "2026-11-26 09:10") == []
    assert {row.reason for row in day.rows(NOTICE) if row.item == "HRM1-1"} == {"mended"}
    assert [mail.key for mail in day.mails("codes")] == ["codes:2026-11-23", "codes:2026-11-24", "codes:2026-11-25"]


@pytest.mark.parametrize("closed", ["2026-11-23 08:59", "2026-11-23 17:30", "2026-11-28 10:00"])
def test_outside_the_working_hours_nothing_is_told(day: Day, closed: str) -> None:
    comes_in(day, "HRM1-1", FALSE, "2026-11-20 09:02:00")
    assert tick(day, closed) == []


def test_a_finding_mended_before_the_mail_leaves_is_left_out(day: Day) -> None:
    comes_in(day, "HRM1-1", FALSE, "2026-11-23 09:02:00")
    comes_in(day, "HRM1-2", "", "2026-11-23 09:03:00")
    assert tick(day, "2026-11-23 09:10") == ["HRM1-1", "HRM1-2"]
    mended(day, "HRM1-1", RIGHT, "2026-11-23 09:20:00")
    day.at("2026-11-23 09:20").poll()
    day.deliver()
    [mail] = day.mails("codes")
    assert mail.state == "kept"
    assert [line["coded"]["item"] for line in mail.payload["lines"]] == ["HRM1-2"]
    assert mail.subject == "【项目代码】新发现1件，其中1件不得受理（2026-11-23）"


def test_with_everything_mended_the_mail_is_dropped(day: Day) -> None:
    comes_in(day, "HRM1-1", FALSE, "2026-11-23 09:02:00")
    tick(day, "2026-11-23 09:10")
    mended(day, "HRM1-1", RIGHT, "2026-11-23 09:20:00")
    day.at("2026-11-23 09:20").poll()
    assert day.deliver().counts["dropped"] == 1


def test_an_item_whose_project_has_not_come_yet_is_not_told_of_on_its_first_day(day: Day) -> None:
    comes_in(day, "HRM1-1", None, "2026-11-23 09:02:00")
    assert tick(day, "2026-11-23 09:10") == []
    assert day.rows(ITEM)[0].code_problem == "missing"
    assert tick(day, "2026-11-24 09:00") == ["HRM1-1"]
    assert "没有给出该办件的项目信息" in day.mails("codes")[0].payload["lines"][0]["coded"]["reason"]


def test_a_matter_that_needs_no_code_is_neither_told_of_nor_counted(tmp_path: Path) -> None:
    free = {"matter-1": Matter(code="matter-1", name="企业诉求", needs_code=False)}
    day = day_of(tmp_path, "2026-11-23 08:50", matters=free)
    comes_in(day, "HRM1-1", FALSE, "2026-11-23 09:02:00")
    assert tick(day, "2026-11-23 09:10") == []
    assert day.rows(ITEM)[0].code_problem is None
    assert weekly(day, "2026-W48")["codes"]["total"]["need"] == 0
    day.app.engine.dispose()


SINCE = {
    "by default what came in the last thirty days": (ProjectCodes(), ["of 24 October"]),
    "or as many as the policy says": (ProjectCodes(within_days=40), ["of 14 October", "of 24 October"]),
    "or what came since the day the policy names": (ProjectCodes.model_validate({"since": "2026-11-01"}), []),
}


@pytest.mark.parametrize(("rule", "told"), SINCE.values(), ids=SINCE.keys())
def test_an_old_stock_of_wrong_codes_does_not_flood_the_first_mail(
    tmp_path: Path, rule: ProjectCodes, told: list[str]
) -> None:
    day = day_of(tmp_path, "2026-11-23 08:50")
    day = day_of(tmp_path, "2026-11-23 08:50", policy=day.app.config.policy.model_copy(update={"project_codes": rule}))
    comes_in(day, "of 14 October", FALSE, "2026-10-14 09:00:00")
    comes_in(day, "of 24 October", FALSE, "2026-10-24 09:00:00")
    assert sorted(tick(day, "2026-11-23 09:10")) == told
    day.app.engine.dispose()


def test_what_was_told_is_remembered_as_open_when_it_is_no_longer_recent(day: Day) -> None:
    comes_in(day, "HRM1-1", FALSE, "2026-11-23 09:02:00")
    tick(day, "2026-11-23 09:10")
    comes_in(day, "HRM1-2", FALSE, "2027-02-01 09:00:00")
    assert tick(day, "2027-02-01 09:10") == ["HRM1-2"]
    older = day.mails("codes")[-1].payload["older"]
    assert [line["coded"]["item"] for line in older] == ["HRM1-1"]


def test_a_round_says_what_it_found(day: Day) -> None:
    comes_in(day, "HRM1-1", FALSE, "2026-11-23 09:02:00")
    day.at("2026-11-23 09:10").poll()
    outcome = day.plan()
    assert outcome.sentence.endswith("；项目代码新发现 1 件，产生致综合窗口的信 1 封")
    assert (outcome.counts["code_mails"], outcome.counts["code_findings"]) == (1, 1)


def weekly(day: Day, week: str) -> dict[str, Any]:
    """The payload of the report on a week, as known now."""
    with day.app.transactions.read() as connection:
        making = Making(period_of(week, WORKDAYS), day.app.clock(), day.app.clock())
        return report_rows.payload(make(day.app, connection, making))


def test_the_weekly_report_counts_four_weeks_whatever_has_become_of_the_items(day: Day) -> None:
    comes_in(day, "closed", RIGHT, "2026-11-02 09:00:00")
    day.event("closed", 11, "2026-11-03 09:00:00")
    comes_in(day, "wrong", FALSE, "2026-11-04 09:00:00")
    comes_in(day, "now", RIGHT, "2026-11-17 09:00:00")
    day.poll()
    made = weekly(day, "2026-W47")
    codes = made["codes"]
    assert [(week["label"], week["need"], week["right"]) for week in codes["weeks"]] == [
        ("第44周", 0, 0), ("第45周", 2, 1), ("第46周", 0, 0), ("第47周", 1, 1),
    ]  # fmt: skip
    assert (codes["total"]["need"], codes["total"]["recent_need"]) == (1, 3)
    assert [found["item"] for found in codes["findings"]] == ["wrong"]
    assert codes["counters"][0]["name"] == "综合窗口一组"
    assert (made["total"]["before"], made["total"]["received"], made["total"]["in_hand"]) == (1, 1, 2)


def test_a_line_of_a_unit_says_that_its_project_code_is_not_verified(day: Day) -> None:
    comes_in(day, "HRM1-1", FALSE, "2026-11-02 09:00:00")
    day.event("HRM1-1", 3, "2026-11-02 10:00:00")
    comes_in(day, "HRM1-2", RIGHT, "2026-11-02 09:00:00")
    day.event("HRM1-2", 3, "2026-11-02 10:00:00")
    tick(day, "2026-11-17 09:00")
    cases = {line["case"]["item"]: line["case"] for mail in day.mails("digest") for line in mail.payload["lines"]}
    assert {item: case.get("code_wrong", False) for item, case in cases.items()} == {"HRM1-1": True, "HRM1-2": False}


def test_the_counter_is_the_office_of_the_earliest_receipt_that_names_one(day: Day) -> None:
    comes_in(day, "HRM1-1", RIGHT, "2026-11-02 09:00:00")
    day.event("HRM1-1", 1, "2026-11-03 09:00:00", BLCS="别的窗口")
    day.event("HRM1-2", 1, "2026-11-03 09:00:00", BLCS="")
    day.event("HRM1-2", 3, "2026-11-03 10:00:00", BLCS="审批科")
    day.poll()
    with day.app.transactions.read() as connection:
        assert counters_of(connection, ["HRM1-1", "HRM1-2"]) == {"HRM1-1": "综合窗口一组"}
        assert counters_of(connection, ["HRM1-1"], at("2026-11-01 09:00")) == {}


def test_the_policy_is_read_with_its_defaults() -> None:
    assert Policy().project_codes == ProjectCodes(since=None, within_days=30)
