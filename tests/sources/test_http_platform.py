"""Real HTTP against the platform's stand-in: whatever it does, every row arrives once, in order."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from monitor.sources import START, Position, SourceError, position_of
from monitor.sources.http import HttpSource

NOW = "2030-01-01 00:00:00"


def source(platform: Any, clock: Any, **options: Any) -> HttpSource:
    settings = {"token": platform.token, "wait": clock.wait, "monotonic": clock, "budget_seconds": 3600.0} | options
    return HttpSource(name="platform", base_url=platform.base_url, **settings)


def unkept() -> httpx.HTTPTransport:
    """A connection for each request: on a kept one the stand-in's answers wait 40 ms for the acknowledgement of their
    headers, which would be most of the time of these tests. The other tests use the source's own kept connection."""
    return httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))


def keys_read(reader: HttpSource, table: str, start: Position = START) -> list[Position]:
    rows = [row for page in reader.pages(table, start) for row in page.rows]
    return [place for row in rows if (place := position_of(row))]


def test_without_faults_every_row_of_every_table_arrives_in_order(platform: Any, clock: Any) -> None:
    with source(platform, clock) as reader:
        for table in platform.tables:
            assert keys_read(reader, table) == platform.keys(table, NOW)
    assert clock.waits == []


FAULTS = {
    "every 3rd answer is HTTP 500": {"http500": 3},
    "every 3rd answer is a login page": {"login": 3},
    "every 2nd answer is an error code": {"code": 2},
    "every 3rd answer is cut in half": {"cut": 3},
    "every 2nd answer repeats the page before": {"repeat": 2},
    "every 2nd answer is empty": {"empty": 2},
    "every page has a broken row": {"badrow": 1},
    "errors, repeated pages and cut bodies": {"http500": 4, "repeat": 3, "cut": 7},
    "login pages, empty pages and broken rows": {"login": 3, "empty": 4, "badrow": 2},
    "error codes, repeated pages and empty pages": {"code": 4, "repeat": 5, "empty": 7},
    "every 2nd answer empty, and every 3rd repeats what was before": {"empty": 2, "repeat": 3},
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS.keys())
def test_with_faults_exactly_the_rows_of_the_clean_run_arrive(
    platform: Any, clock: Any, faults: dict[str, int]
) -> None:
    now = "2023-11-01 00:00:00"
    platform.control(now=now)
    with source(platform, clock, transport=unkept()) as reader:
        for table in platform.tables:  # from now on the stand-in has a last page of every table to repeat
            reader.one(table, Position(*platform.keys(table, now)[-2]))
    platform.control(faults=faults)
    with source(platform, clock, page_size=400, transport=unkept()) as reader:
        for table in platform.tables:
            assert keys_read(reader, table) == platform.keys(table, now)


def test_a_slow_answer_is_given_up_and_asked_for_again(platform: Any, clock: Any) -> None:
    platform.control(faults={"slow": 4})
    with source(platform, clock, timeout_seconds=0.3) as reader:
        assert keys_read(reader, "XMSPSXBLXXB") == platform.keys("XMSPSXBLXXB", NOW)
    assert clock.waits, "the slow answers were never met"


def test_from_a_stored_position_only_what_is_new_arrives(platform: Any, clock: Any) -> None:
    platform.control(now="2024-06-01 12:00:00")
    with source(platform, clock) as reader:
        end = list(reader.pages("XMSPSXBLXXXXB"))[-1].end
        assert keys_read(reader, "XMSPSXBLXXXXB", end) == []
        platform.control(now="2024-06-08 12:00:00")
        fresh = keys_read(reader, "XMSPSXBLXXXXB", end)
    assert fresh
    assert fresh == [key for key in platform.keys("XMSPSXBLXXXXB", "2024-06-08 12:00:00") if key > end]


def test_a_row_broken_on_its_way_is_whole_when_read_again_alone(platform: Any, clock: Any) -> None:
    with source(platform, clock, page_size=100) as reader:
        whole = next(reader.pages("XMSPSXBLXXXXB")).rows[0]
        platform.control(faults={"badrow": platform.control() + 1})
        broken = reader.one("XMSPSXBLXXXXB", START).rows[0]
        again = reader.one("XMSPSXBLXXXXB", START).rows
    assert broken != whole
    assert position_of(broken) == position_of(whole)
    assert again == (whole,)


REFUSALS: dict[str, tuple[Callable[[Any], dict[str, Any]], str, str, str]] = {
    "an expired token": (lambda _: {"token": "expired-token"}, "XMJBXXB", "unauthorised", "令牌无效或已过期"),
    "no token at all": (lambda _: {"token": None}, "XMJBXXB", "unauthorised", "APPROVAL_MONITOR_PLATFORM_TOKEN"),
    "an unknown table": (lambda _: {}, "不存在的表", "http_4xx", "无此数据表"),
}


@pytest.mark.parametrize(("options", "table", "kind", "words"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_permanent_and_asked_once(
    platform: Any, clock: Any, options: Callable[[Any], dict[str, Any]], table: str, kind: str, words: str
) -> None:
    with source(platform, clock, **options(platform)) as reader, pytest.raises(SourceError) as failure:
        list(reader.pages(table))
    assert (failure.value.kind, failure.value.permanent, reader.requests) == (kind, True, 1)
    assert words in str(failure.value)
