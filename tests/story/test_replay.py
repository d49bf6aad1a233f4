"""A replay of weeks that a daemon walked comes to the mails that it sent."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import load_workbook

from alerts.hours import local
from config.policy import Hours, Role, Step
from monitor.app import App, build
from monitor.ledger.database import reading
from monitor.replay.book import write
from monitor.replay.figures import Replayed
from monitor.replay.rows import FORMER
from monitor.replay.walk import replay
from monitor.replay.words import as_json, sentences
from tests.story.district import ITEM, config_of, mails, opened, rows, working_days
from tests.story.moments import MovedClock, at
from tests.story.stand_in import StandIn
from tests.story.walker import steps_of, take

Told = Counter[tuple[date, str | None, str | None, str, frozenset[str]]]
DAYS = working_days("2022-05-16", 8)


def sent(app: App) -> Told:
    """The digests that really left: day, unit, audience, level, keys of the lines."""
    return Counter(
        (local(mail.created_at).date(), mail.unit, mail.audience, mail.level, keys(mail))
        for mail in mails(app)
        if mail.kind == "digest" and mail.state == "kept"
    )


def keys(mail: Any) -> frozenset[str]:
    """The keys of a mail's lines."""
    return frozenset(line["key"] for line in mail.payload["lines"])


def replayed(found: Replayed) -> Told:
    """The same of a replay."""
    return Counter((one.day, one.unit, one.audience, one.level, one.keys) for one in found.digests)


def dump(app: App) -> list[str]:
    """All that the ledger holds."""
    with reading(app.engine) as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        return list(raw.iterdump())


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, running_stand_in: StandIn) -> Iterator[App]:
    """A daemon that walked eight working days, two rounds a day. A replay changes nothing of it."""
    clock = MovedClock(at(DAYS[0]))
    with opened(config_of(tmp_path_factory.mktemp("walked"), running_stand_in), clock) as app:
        for step in steps_of(DAYS):
            take(app, clock, running_stand_in.show, step)
        clock.now = at("2022-07-01")
        yield app


def test_it_comes_to_the_same_mails_and_changes_nothing(walked: App) -> None:
    before = dump(walked)
    found = replay(walked, DAYS[0], DAYS[-1])
    assert replayed(found) == sent(walked)
    assert found.total.mails > 100
    assert dump(walked) == before
    assert not (walked.config.settings.data_dir / "replay").exists()
    assert "按当时已取到的记录判断" in sentences(found)[0]


def test_part_of_the_days_and_one_unit(walked: App) -> None:
    found = replay(walked, DAYS[0], DAYS[3])
    assert replayed(found) == Counter({one: n for one, n in sent(walked).items() if one[0] <= DAYS[3]})
    [unit] = {one.unit for one in found.digests[:1]}
    mine = found.of_unit(unit)
    assert replayed(mine) == Counter({one: n for one, n in replayed(found).items() if one[1] == unit})


def test_before_anything_was_read_events_count_from_when_they_happened(walked: App) -> None:
    days = working_days("2022-03-14", 5)
    found = replay(walked, days[0], days[-1])
    assert "没有取数记录，一律按事件发生的时间计" in sentences(found)[0]
    assert found.total.levels["yellow_card"] > 0
    assert {one.day for one in found.digests} <= set(days)
    both = replay(walked, date(2022, 5, 12), DAYS[1])
    assert "2022-05-16 起才有取数记录" in sentences(both)[0]


def test_a_row_counts_as_what_it_said_then(walked: App) -> None:
    """Until the fourth day an item had a limit of one day, so that it had its red card already on the first."""
    found = replay(walked, DAYS[0], DAYS[-1])
    first = found.digests[0].day
    [item, *_] = sorted(
        item for one in found.digests if one.day > DAYS[4] and one.level == "reminder" for item in one.items
        if not any(item in other.items for other in found.digests if other.day == first)
    )  # fmt: skip
    now = next(row for row in rows(walked, ITEM) if row.item == item)
    said = {name: getattr(now, name) for name in ("works", "matter", "unit_code", "unit_name", "limit_given", "source")}
    kept = {"kind": "item", "key": item, "until": at(DAYS[3]), "fields": {**said, "limit_days": 1, "valid": 1}}
    with walked.transactions.write() as connection:
        connection.execute(FORMER.insert().values(kept))
    try:
        other = replay(walked, DAYS[0], DAYS[-1])
    finally:
        with walked.transactions.write() as connection:
            connection.execute(FORMER.delete())
    assert told_of(other, item) != told_of(found, item)
    assert min(day for day, _ in told_of(other, item)) < min(day for day, _ in told_of(found, item))
    assert [one for one in told_of(other, item) if one[0] > DAYS[3]] == [
        one for one in told_of(found, item) if one[0] > DAYS[3]
    ]


def told_of(found: Replayed, item: str) -> list[tuple[date, str]]:
    """The days on which an item was told of, and by which steps."""
    return sorted((one.day, key) for one in found.digests for key in one.keys if key.startswith(f"{item}|"))


def test_another_ladder_is_tried_before_it_is_switched_on(walked: App) -> None:
    only = Step(name="only-red", clock="promised", at=5, level="red_card", to=(Role.PRINCIPAL,))
    policy = walked.config.policy.model_copy(update={"ladder": (only,)})
    other = build(replace(walked.config, policy=policy), walked.clock, engine=walked.engine)
    found = replay(other, DAYS[0], DAYS[-1])
    assert set(found.total.levels) == {"red_card"}
    assert {one.audience for one in found.digests} <= {"principal", "supervisor"}
    assert 0 < found.total.mails < sum(sent(walked).values())


def test_the_figures_add_up_and_the_workbook_has_them(walked: App, tmp_path: Path) -> None:
    found = replay(walked, DAYS[0], DAYS[-1])
    told = json.loads(json.dumps(as_json(found)))
    for name in ("mails", "lines", "reminder", "yellow_card", "red_card"):
        assert sum(week[name] for week in told["weeks"]) == told["total"][name]
        assert sum(day[name] for day in told["days"]) == told["total"][name]
    assert [day["day"] for day in told["days"]] == [day.isoformat() for day in DAYS]
    busiest = max(told["days"][1:], key=lambda day: day["mails"])
    assert told["busiest"]["mails"] == busiest["mails"]
    book = load_workbook(write(tmp_path / "replay.xlsx", found))
    weekly = book.get_sheet_by_name("按单位岗位周").to_python()
    assert weekly[0][:5] == ["审批单位", "岗位", "周次", "信件（封）", "条目"]
    assert sum(row[3] for row in weekly[1:]) == told["total"]["mails"]
    assert [row[0] for row in book.get_sheet_by_name("按日").to_python()[1:]] == DAYS


def test_hours_of_an_audience_are_tried_before_they_are_switched_on(walked: App) -> None:
    """No data came between ten and half past eleven, and still the principals are told, in hours of their own."""
    hours = Hours.model_validate({"audience": {"principal": {"start": "10:00", "end": "11:30"}}})
    policy = walked.config.policy.model_copy(update={"hours": hours})
    other = build(replace(walked.config, policy=policy), walked.clock, engine=walked.engine)
    plain, found = (replay(app, DAYS[0], DAYS[-1]) for app in (walked, other))
    told, expected = (
        {key for one in each.digests for key in one.keys if one.audience == Role.PRINCIPAL} for each in (found, plain)
    )
    assert expected
    assert told == expected
