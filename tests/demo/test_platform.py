"""The simulated platform: always the same rows, in order, with everything worth showing, over real HTTP."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from monitor.demo.platform import TABLES, Row, SimulatedPlatform
from monitor.demo.server import PlatformServer
from monitor.demo.stories import LAST_DAY, PARTS, Situation
from monitor.project_code import judge
from monitor.workdays import Workdays

WORKDAYS = Workdays(first=2025, last=2027)
START, END = date(2026, 9, 28), date(2026, 10, 16)
FAR = datetime(2030, 1, 1, tzinfo=UTC)
MATTER, PROJECT, ITEM, EVENT, PROCEDURE, DOCUMENT = TABLES
CLOSING = {2, 4, 5, 11, 12, 13}
SEEDS = [1, 7, 2026]


def whole(platform: SimulatedPlatform, table: str, now: datetime = FAR) -> list[Row]:
    """All rows of a table in one page."""
    return platform.rows(table, "", 0, 100_000, now)["rows"]


def at(day: date, hour: int) -> datetime:
    """A local hour as the UTC moment that is handed down."""
    return datetime(day.year, day.month, day.day, hour - 8, tzinfo=UTC)


def walked_days() -> list[date]:
    """The working days of the two weeks."""
    days = [START + timedelta(days=n) for n in range((END - START).days + 1)]
    return [day for day in days if WORKDAYS.is_workday(day)]


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed {seed}")
def platform(request: pytest.FixtureRequest) -> SimulatedPlatform:
    return SimulatedPlatform(request.param, START, WORKDAYS)


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    one, same, other = (SimulatedPlatform(seed, START, WORKDAYS) for seed in (5, 5, 6))
    assert [whole(one, table) for table in TABLES] == [whole(same, table) for table in TABLES]
    assert one.situations == same.situations
    assert whole(one, EVENT) != whole(other, EVENT)


def test_rows_come_in_the_order_of_update_time_and_serial_number(platform: SimulatedPlatform) -> None:
    for table in TABLES:
        keys = [(row["GXSJ"], row["LSH"]) for row in whole(platform, table)]
        assert keys == sorted(set(keys))
    serials = [row["LSH"] for table in TABLES for row in whole(platform, table)]
    assert len(serials) == len(set(serials))


@pytest.mark.parametrize("size", [1, 7, 500])
def test_page_after_page_gives_what_one_big_page_gives(platform: SimulatedPlatform, size: int) -> None:
    now = at(date(2026, 10, 9), 12)
    for table in (ITEM, EVENT, PROCEDURE):
        found: list[Row] = []
        since, after = "", 0
        while True:
            page = platform.rows(table, since, after, size, now)
            found += page["rows"]
            if page["next"] is None:
                break
            since, after = page["next"]["since"], page["next"]["after"]
            assert len(page["rows"]) == size
        assert found == whole(platform, table, now)


def test_asking_every_day_from_where_one_stood_misses_and_repeats_nothing(platform: SimulatedPlatform) -> None:
    found: list[Row] = []
    since, after = "", 0
    for day in walked_days():
        for row in platform.rows(EVENT, since, after, 100_000, at(day, 17))["rows"]:
            found.append(row)
            since, after = row["GXSJ"], row["LSH"]
    assert found == whole(platform, EVENT, at(END, 17))


def test_what_lies_after_now_is_not_shown(platform: SimulatedPlatform) -> None:
    for day in (START - timedelta(days=30), START, date(2026, 10, 10)):
        shown = whole(platform, EVENT, at(day, 10))
        assert max(row["GXSJ"] for row in shown) <= f"{day} 10:00:00"
        assert len(shown) < len(whole(platform, EVENT))


def test_a_row_handed_out_can_be_changed_without_changing_the_platform(platform: SimulatedPlatform) -> None:
    whole(platform, ITEM)[0]["SPBMMC"] = "别处"
    assert whole(platform, ITEM)[0]["SPBMMC"] != "别处"


def test_unknown_tables_and_naive_clocks_are_refused(platform: SimulatedPlatform) -> None:
    with pytest.raises(LookupError, match="没有数据表"):
        platform.rows("XYZ", "", 0, 10, FAR)
    with pytest.raises(ValueError, match="必须带时区"):
        platform.rows(ITEM, "", 0, 10, datetime(2026, 10, 9))  # noqa: DTZ001 - the point of the test


def test_every_situation_is_there_as_often_as_it_is_cast(platform: SimulatedPlatform) -> None:
    assert all(platform.situations[situation] for situation in Situation)
    assert {part.situation: part.times for part in PARTS} == {
        part.situation: len(platform.situations[part.situation]) for part in PARTS
    }
    items = [row["SPSXSLBM"] for row in whole(platform, ITEM)]
    assert 140 <= len(items) <= 180
    assert len(set(items)) == len(items)
    assert {item for items in platform.situations.values() for item in items} <= set(items)


def test_all_sixteen_units_have_items_and_two_items_have_none_of_them(platform: SimulatedPlatform) -> None:
    known = {row["SPBMBM"] for row in whole(platform, MATTER)}
    assert len(known) == 16
    assert {row["SPBMBM"] for row in whole(platform, ITEM)} == known | {""}
    strangers = [row for row in whole(platform, ITEM) if row["SPSXSLBM"] in platform.situations[Situation.UNKNOWN_UNIT]]
    assert {(row["SPBMBM"], row["SPBMMC"]) for row in strangers} == {("", "怀柔科学城管理委员会")}


def test_promised_limits_are_three_to_twenty_working_days_or_missing(platform: SimulatedPlatform) -> None:
    limits = [row["SPSXBLSX"] for row in whole(platform, MATTER)]
    assert all(3 <= limit <= 20 for limit in limits if limit is not None)
    assert limits.count(None) == 1
    by_item = {row["SPSXSLBM"]: row["SXBLSX"] for row in whole(platform, ITEM)}
    assert {by_item[item] for item in platform.situations[Situation.NO_LIMIT]} == {None}
    assert {by_item[item] for item in platform.situations[Situation.LIMIT_ONLY_IN_CATALOGUE]} == {None}


def test_project_codes_verify_but_for_one_of_each_usual_fault(platform: SimulatedPlatform) -> None:
    rows = whole(platform, PROJECT)
    verdicts = {row["GCDM"]: judge(row["XMDM"]) for row in rows}
    problems = Counter(verdict.problem for verdict in verdicts.values() if not verdict.ok)
    faults = ("hyphens", "full_width", "prefix", "check_digit", "missing", "suffix", "local_code")
    assert problems == dict.fromkeys(faults, 1)
    assert all(judge(row["GCDM"].removesuffix("-001")).style == "new" for row in rows)
    faulty = {works for works, verdict in verdicts.items() if not verdict.ok}
    assert {row["SPSXSLBM"] for row in whole(platform, ITEM) if row["GCDM"] in faulty} == set(
        platform.situations[Situation.FAULTY_CODE]
    )


def test_the_applicant_is_sent_as_the_real_platform_does_but_is_plainly_nobody(platform: SimulatedPlatform) -> None:
    rows = whole(platform, ITEM)
    assert all(row["LXR"].startswith("申请人") and len(row["LXR"]) == 4 for row in rows)
    assert {row["LXRSJH"] for row in rows} == {"—"}


def test_every_event_lies_on_a_working_day_and_in_the_order_of_its_story(platform: SimulatedPlatform) -> None:
    for row in whole(platform, EVENT):
        assert WORKDAYS.is_workday(date.fromisoformat(row["BLSJ"][:10]))
    for item, events in timelines(platform, FAR).items():
        if item in platform.situations[Situation.DATE_ONLY]:
            continue
        codes = [row["BLZT"] for row in events]
        assert codes[0] == 1
        assert not CLOSING & set(codes[:-1])


def test_rows_show_what_producers_do(platform: SimulatedPlatform) -> None:
    events, items = whole(platform, EVENT), {row["SPSXSLBM"]: row for row in whole(platform, ITEM)}
    seen = platform.situations
    assert {row["SPSXSLBM"] for row in events if len(row["BLSJ"]) == 10} == set(seen[Situation.DATE_ONLY])
    first_seen: dict[str, str] = {}
    for row in events:
        first_seen.setdefault(row["SPSXSLBM"], row["GXSJ"])
    early = {item for item, updated in first_seen.items() if updated < items[item]["GXSJ"]}
    assert early == set(seen[Situation.EVENT_BEFORE_ITEM])
    repeated = Counter((row["SPSXSLBM"], row["BLZT"], row["BLSJ"]) for row in events if row["SJYXBS"] == 1)
    assert {key[0] for key, times in repeated.items() if times > 1} == set(seen[Situation.REPEATED_ROW])
    taken_back = [row for row in events if row["SJYXBS"] == 0]
    assert {row["SPSXSLBM"] for row in taken_back} == set(seen[Situation.DECISION_TAKEN_BACK])
    assert {row["SJWXYY"] for row in taken_back} == {"误操作"}
    nameless = seen[Situation.UNKNOWN_UNIT] + seen[Situation.UNIT_BY_NAME_ONLY]
    assert {item for item, row in items.items() if not row["SPBMBM"]} == set(nameless)
    codes = defaultdict(set)
    for row in events:
        codes[row["SPSXSLBM"]].add(row["BLZT"])
    assert any(3 not in found and 8 in found for found in codes.values())
    specials = {row["SPSXSLBM"] for row in whole(platform, PROCEDURE)}
    assert specials == {item for item, found in codes.items() if 9 in found}
    assert specials == {
        item for s in ("special_pause", "special_open", "paused_overdue") for item in seen[Situation(s)]
    }


def timelines(platform: SimulatedPlatform, now: datetime) -> dict[str, list[Row]]:
    """The events of each item that hold at ``now``, in their order."""
    newest: dict[tuple[str, int, str], Row] = {}
    for row in whole(platform, EVENT, now):
        newest[row["SPSXSLBM"], row["BLZT"], row["BLSJ"]] = row
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(newest.values(), key=lambda row: (row["BLSJ"], row["LSH"])):
        if row["SJYXBS"] == 1:
            found[row["SPSXSLBM"]].append(row)
    return found


def levels(platform: SimulatedPlatform, day: date) -> Counter[str]:
    """What items show in the evening of ``day``, counted here without the clocks: pauses only as such."""
    limits = {row["SPSXBM"]: row["SPSXBLSX"] for row in whole(platform, MATTER)}
    matter = {row["SPSXSLBM"]: row["SPSXBM"] for row in whole(platform, ITEM)}
    count: Counter[str] = Counter()
    for item, events in timelines(platform, at(day, 18)).items():
        when = {row["BLZT"]: date.fromisoformat(row["BLSJ"][:10]) for row in events}
        limit, accepted = limits[matter[item]], when.get(3) or when.get(8)
        if set(when) & CLOSING:
            count["closed today"] += day in [when.get(code) for code in (11, 12, 13)]
        elif 9 in when and 10 not in when:
            count["special procedure"] += 1
        elif 6 in when and 7 not in when:
            count["waiting for a correction"] += 1
        elif accepted is None:
            count["deemed accepted"] += 7 not in when and WORKDAYS.count(when[1], day) > 5
        elif limit is not None and not set(when) & {6, 9}:
            due = WORKDAYS.add(accepted, limit)
            overdue, left = WORKDAYS.count(due, day), WORKDAYS.count(day, due)
            name = "red card" if overdue > 5 else "yellow card" if overdue else "due soon" if left <= 3 else "green"
            count["due today" if due == day else name] += 1
    return count


def test_the_two_weeks_have_every_level_and_something_every_day(platform: SimulatedPlatform) -> None:
    days = {day: levels(platform, day) for day in walked_days()}
    assert len(days) == LAST_DAY + 1
    assert date(2026, 10, 10) in days
    assert all(day["due soon"] and day["yellow card"] and day["green"] for day in days.values())
    for level in ("due today", "red card", "special procedure", "waiting for a correction", "deemed accepted"):
        assert sum(bool(day[level]) for day in days.values()) >= 3, level
    assert sum(day["closed today"] for day in days.values()) >= 30
    assert days[END]["red card"] > days[START]["red card"]


def test_over_http_the_same_rows_come_for_the_right_token(platform: SimulatedPlatform) -> None:
    now = at(date(2026, 10, 10), 12)
    with PlatformServer(platform, token="demo", now=now) as server, httpx.Client(trust_env=False) as client:
        headers = {"Authorization": "Bearer demo"}
        address = f"{server.base_url}/tables/{ITEM}"
        answer = client.get(address, params={"since": "", "after": 0, "limit": 20}, headers=headers).json()
        assert answer == {"code": 0, "message": "成功", "data": platform.rows(ITEM, "", 0, 20, now)}
        following = client.get(address, params={**answer["data"]["next"], "limit": 20}, headers=headers).json()
        assert following["data"]["rows"] == whole(platform, ITEM, now)[20:40]
        assert server.requests == 2


def test_over_http_moving_the_clock_brings_later_rows(platform: SimulatedPlatform) -> None:
    with PlatformServer(platform, token="demo", now=at(START, 8)) as server, httpx.Client(trust_env=False) as client:
        address, headers = f"{server.base_url}/tables/{EVENT}?limit=2000", {"Authorization": "Bearer demo"}
        before = client.get(address, headers=headers).json()["data"]["rows"]
        server.now = at(END, 17)
        later = client.get(address, headers=headers).json()["data"]["rows"]
    assert before == whole(platform, EVENT, at(START, 8))
    assert later[: len(before)] == before
    assert len(later) > len(before)


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        pytest.param(f"/tables/{ITEM}", "wrong", 401, id="wrong token"),
        pytest.param("/tables/XYZ", "demo", 404, id="unknown table"),
        pytest.param("/elsewhere", "demo", 404, id="no such path"),
        pytest.param(f"/tables/{ITEM}?after=x", "demo", 400, id="a position that is none"),
    ],
)
def test_over_http_a_wrong_call_is_refused(platform: SimulatedPlatform, path: str, token: str, status: int) -> None:
    with PlatformServer(platform, token="demo", now=FAR) as server:
        answer = httpx.get(server.base_url + path, headers={"Authorization": f"Bearer {token}"}, trust_env=False)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (status, status, None)


def test_the_server_stops_though_a_client_keeps_its_connection(platform: SimulatedPlatform) -> None:
    with httpx.Client(trust_env=False, headers={"Authorization": "Bearer demo"}) as client:
        with PlatformServer(platform, token="demo", now=FAR) as server:
            address = f"{server.base_url}/tables/{MATTER}"
            assert client.get(address).status_code == 200
        with pytest.raises(httpx.TransportError):
            client.get(address)
