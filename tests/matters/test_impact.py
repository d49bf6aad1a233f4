"""What another catalogue would change for the open items, and which limits are in force, on a real ledger."""

from dataclasses import replace
from datetime import date
from typing import Any

from config.matters import Matter
from monitor.app import build
from monitor.catalogue.impact import MOST_SHOWN, Impact, impact_of
from monitor.catalogue.listing import InForce, differing, in_force
from monitor.ledger.store import ITEM
from tests.jobs.daemon_day import Day, day_of
from tests.ledger.platform import MATTERS, PROJECTS, matter_row, project_row

CODE = "2106-440100-04-01-237448"


def received(day: Day, item: str, **columns: Any) -> None:
    """An item received and accepted on Monday, 2 November, with a good project code."""
    day.item(item, "2026-11-02 09:00:00", "2026-11-02 10:00:00", **columns)
    day.platform.add(PROJECTS, project_row(item, CODE, day.serial))


def impact(day: Day, *matters: Matter) -> Impact:
    """What these matters, and no others, would change."""
    return impact_of(day.app, [matter.code for matter in matters], {matter.code: matter for matter in matters})


def matter(code: str = "matter-1", **fields: Any) -> Matter:
    """A matter of the owner's catalogue."""
    return Matter(code=code, name="水土保持方案审批", **fields)


def test_an_item_without_a_limit_gets_one_with_its_date_and_its_light(day: Day) -> None:
    received(day, "HRM1-1", SXBLSX=None)
    day.poll()
    found = impact(day, matter(promised=5))
    [moved] = found.first
    assert (found.looked_at, found.moved, dict(found.kinds)) == (1, 1, {"limit": 1, "due": 1, "light": 1})
    assert (moved.item, moved.unit_name, moved.kinds) == ("HRM1-1", "区水务局", ["limit", "due", "light"])
    assert (moved.before.limit, moved.before.due, moved.before.light) == ("无", None, "grey")
    assert (moved.after.limit, moved.after.due, moved.after.light) == ("5 个工作日", date(2026, 11, 9), "deep_red")
    assert moved.to_json()["due"] == [None, "2026-11-09"]


def test_a_statutory_limit_moves_its_own_date_and_a_passed_one_the_light(day: Day) -> None:
    received(day, "HRM1-1", SXBLSX=40)
    day.poll()
    [moved] = impact(day, matter(statutory=9)).first
    assert moved.kinds == ["statutory", "statutory_due", "light"]
    assert (moved.after.statutory_due, moved.after.light) == (date(2026, 11, 13), "deep_red")


def test_a_duty_to_use_project_codes_shows_with_what_is_wrong(day: Day) -> None:
    day.item("HRM1-1", "2026-11-02 09:00:00", "2026-11-02 10:00:00")
    day.poll()
    [moved] = impact(day, matter(needs_code=False)).first
    assert moved.kinds == ["needs_code", "code_problem"]
    assert (moved.before.code_problem, moved.after.code_problem) == ("missing", None)


def test_a_promise_moves_nothing_where_the_platform_has_its_own(day: Day) -> None:
    received(day, "HRM1-1")
    day.poll()
    found = impact(day, matter(promised=3))
    assert (found.looked_at, found.moved, found.first) == (1, 0, [])
    [one] = differing(day.app, {"matter-1": matter(promised=3)})
    assert (one.own, one.platform) == ("3 个工作日", ("10 个工作日",))


def test_only_open_items_of_the_matters_concerned_are_looked_at(day: Day) -> None:
    received(day, "HRM1-1")
    received(day, "HRM1-2")
    received(day, "HRM1-3", SPSXBM="matter-2")
    day.event("HRM1-2", 11, "2026-11-05 10:00:00")
    day.poll()
    assert impact(day, matter(statutory=60)).looked_at == 1
    assert impact(day, matter("matter-9", statutory=60)).looked_at == 0


def test_looking_writes_nothing(day: Day) -> None:
    received(day, "HRM1-1", SXBLSX=None)
    day.poll()
    before = day.rows(ITEM)
    impact(day, matter(promised=5))
    assert day.rows(ITEM) == before
    assert day.app.standards.matters == {}


def test_of_many_items_all_are_counted_and_the_gravest_shown(day: Day) -> None:
    for number in range(60):
        received(day, f"HRM1-{number:02d}", SXBLSX=None, SPSXBM="matter-1" if number % 20 else "matter-2")
    day.poll()
    found = impact(day, matter(promised=40), matter("matter-2", promised=3))
    assert (found.looked_at, found.moved, len(found.first)) == (60, 60, MOST_SHOWN)
    assert [moved.item for moved in found.first[:3]] == ["HRM1-00", "HRM1-20", "HRM1-40"]


def test_taking_an_entry_out_moves_its_items_too(tmp_path: Any) -> None:
    day = day_of(tmp_path, "2026-11-17 10:00", matters={"matter-1": matter(promised=5)})
    received(day, "HRM1-1", SXBLSX=None)
    day.poll()
    [moved] = impact_of(day.app, ["matter-1"], {}).first
    assert (moved.before.limit, moved.after.limit) == ("5 个工作日", "无")
    day.app.engine.dispose()


def listed(day: Day) -> dict[str, InForce]:
    """The catalogue in force by code."""
    return {one.code: one for one in in_force(day.app)}


def test_the_catalogue_in_force_says_where_each_limit_comes_from(tmp_path: Any) -> None:
    own = {
        "matter-2": matter("matter-2", promised=7, statutory=20, needs_code=False),
        "matter-9": matter("matter-9", promised=48, unit_of_limit="hour"),
        "matter-0": matter("matter-0", instant=True),
    }
    day = day_of(tmp_path, "2026-11-17 10:00", matters=own)
    day.platform.add(MATTERS, matter_row(8))
    received(day, "HRM1-1")  # 10 of its own, 8 of the matter
    received(day, "HRM1-2", SXBLSX=5)
    received(day, "HRM1-3", SXBLSX=None, SPSXBM="matter-2")
    received(day, "HRM1-4", SXBLSX=None, SPSXBM="matter-3")
    received(day, "HRM1-5", SXBLSX=0, SPSXBM="matter-0")
    day.event("HRM1-2", 11, "2026-11-05 10:00:00")
    day.poll()
    found = listed(day)
    assert {code: one.promised for code, one in found.items()} == {
        "matter-1": {("8 个工作日", "平台目录"): 1, ("5 个工作日", "办件"): 0},
        "matter-2": {("7 个工作日", "matters.toml"): 1},
        "matter-3": {("无", "无"): 1},
        "matter-0": {("当天办结", "办件"): 1},
        "matter-9": {("48 小时", "matters.toml"): 0},
    }
    assert [(one.items, one.open, one.unlimited) for one in found.values()][:1] == [(1, 1, 1)]
    assert (found["matter-2"].statutory, found["matter-2"].needs_code) == ("20 个工作日", False)
    assert (found["matter-1"].items, found["matter-1"].open, found["matter-1"].name) == (2, 1, "水土保持方案审批")
    day.app.engine.dispose()


def test_matters_without_a_limit_come_first(day: Day) -> None:
    received(day, "HRM1-1")
    received(day, "HRM1-2")
    received(day, "HRM1-3", SXBLSX=None, SPSXBM="matter-3")
    day.poll()
    assert [one.code for one in in_force(day.app)] == ["matter-3", "matter-1"]


def test_the_owners_name_is_shown_where_the_platform_has_none(tmp_path: Any) -> None:
    day = day_of(tmp_path, "2026-11-17 10:00", matters={"matter-1": matter(promised=5)})
    received(day, "HRM1-1", SXBLSX=None)
    day.poll()
    assert listed(day)["matter-1"].name == "水土保持方案审批"
    [case] = [case for key, case in day.app.cases(["HRM1-1"], day.clock.now).items() if key[1] == "promised"]
    assert case.matter == "水土保持方案审批"
    day.app.engine.dispose()


def test_a_changed_catalogue_is_in_force_from_the_next_round_on(day: Day) -> None:
    received(day, "HRM1-1", SXBLSX=None)
    day.poll()
    day.plan()
    changed = build(replace(day.app.config, matters={"matter-1": matter(promised=5)}), day.clock, engine=day.app.engine)
    again = Day(changed, day.clock, day.platform, day.serial)
    again.at("2026-11-17 10:10").plan()
    assert [(row.due, row.light) for row in again.rows(ITEM)] == [(date(2026, 11, 9), "deep_red")]
