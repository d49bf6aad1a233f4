"""Which rows count as events, in what order, and the milestones and pauses they make."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.events import CLOSING, TITLES, Code, Version, local_date, milestones, pauses, settle_versions
from tests.core.builders import events, moment, shown

EARLY, LATER, LATEST = "2026-03-01 08:00:00", "2026-03-05 08:00:00", "2026-03-09 08:00:00"


def row(code: int, at: str, serial: int, updated: str = EARLY, valid: bool = True) -> Version:
    return Version(code, moment(at), updated, serial, valid)


VERSIONS = {
    "one valid row is an event": ([row(3, "03-02", 1)], ["3@2026-03-02"]),
    "one invalid row is none": ([row(3, "03-02", 1, valid=False)], []),
    "the same row sent again changes nothing": ([row(3, "03-02", 1), row(3, "03-02", 1)], ["3@2026-03-02"]),
    "the same event under another serial number is the same event": (
        [row(3, "03-02", 1), row(3, "03-02", 7)],
        ["3@2026-03-02"],
    ),
    "another moment is another event, even with all else equal": (
        [row(3, "03-02T09:00:00", 1), row(3, "03-02T09:00:01", 1)],
        ["3@2026-03-02", "3@2026-03-02"],
    ),
    "another code at the same moment is another event": (
        [row(3, "03-02", 1), row(8, "03-02", 2)],
        ["3@2026-03-02", "8@2026-03-02"],
    ),
    "an invalidation days later removes the event": ([row(11, "03-02", 1), row(11, "03-02", 9, LATER, False)], []),
    "an invalidation that arrived before the row it is newer than removes it too": (
        [row(11, "03-02", 9, LATER, False), row(11, "03-02", 1)],
        [],
    ),
    "an older invalidation has no say": (
        [row(11, "03-02", 9, EARLY, False), row(11, "03-02", 1, LATER)],
        ["11@2026-03-02"],
    ),
    "an event given back after its invalidation exists": (
        [row(11, "03-02", 1), row(11, "03-02", 2, LATER, False), row(11, "03-02", 3, LATEST)],
        ["11@2026-03-02"],
    ),
    "of two versions of one update time the higher serial number speaks": (
        [row(11, "03-02", 5), row(11, "03-02", 6, valid=False)],
        [],
    ),
    "the update time goes before the serial number": (
        [row(11, "03-02", 6, valid=False), row(11, "03-02", 5, LATER)],
        ["11@2026-03-02"],
    ),
    "an invalidation of another code leaves the event": (
        [row(11, "03-02", 1), row(13, "03-02", 2, LATER, False)],
        ["11@2026-03-02"],
    ),
    "events are in order of moment, never of code": (
        [row(8, "03-02", 1), row(3, "03-03", 2), row(1, "03-04", 3)],
        ["8@2026-03-02", "3@2026-03-03", "1@2026-03-04"],
    ),
    "events at one moment are in order of serial number, never of code": (
        [row(1, "03-02", 3), row(8, "03-02", 1), row(3, "03-02", 2)],
        ["8@2026-03-02", "3@2026-03-02", "1@2026-03-02"],
    ),
    "an updated event keeps the place of its first version": (
        [row(14, "03-02", 1), row(11, "03-02", 2), row(14, "03-02", 9, LATER)],
        ["14@2026-03-02", "11@2026-03-02"],
    ),
    "the first version is the oldest, not the one with the lowest serial number": (
        [row(14, "03-02", 5), row(11, "03-02", 3), row(14, "03-02", 1, LATER)],
        ["11@2026-03-02", "14@2026-03-02"],
    ),
}


@pytest.mark.parametrize("case", VERSIONS, ids=str)
def test_the_events_that_count(case: str) -> None:
    versions, expected = VERSIONS[case]
    assert [f"{one.code}@{one.day}" for one in settle_versions(versions)] == expected


def test_the_date_of_an_event_is_its_local_date() -> None:
    assert str(local_date(moment("03-02T00:00"))) == "2026-03-02"
    assert str(local_date(moment("03-02T23:59:59"))) == "2026-03-02"
    assert moment("03-02T00:00").isoformat() == "2026-03-01T16:00:00+00:00"


def test_every_status_of_the_standard_has_its_words() -> None:
    assert {code.value: code.title for code in Code} == TITLES
    assert sorted(TITLES) == list(range(1, 16))


STORIES = st.lists(
    st.tuples(
        st.integers(1, 15),
        st.integers(0, 6),
        st.sampled_from([EARLY, LATER, LATEST]),
        st.integers(1, 30),
        st.booleans(),
    ),
    max_size=15,
    # A platform never gives one serial number and update time to two different rows.
    unique_by=lambda one: (one[2], one[3]),
).map(lambda rows: [Version(c, moment("03-02") + timedelta(hours=8 * n), u, s, v) for c, n, u, s, v in rows])


@given(STORIES, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(versions: list[Version], random: object) -> None:
    shuffled = list(versions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert settle_versions(shuffled) == settle_versions(versions)


@given(STORIES, st.data())
def test_a_row_repeated_changes_nothing(versions: list[Version], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(versions), max_size=5)) if versions else []
    assert settle_versions([*versions, *again]) == settle_versions(versions)


@given(STORIES, st.data())
def test_to_invalidate_an_event_is_never_to_have_had_it(versions: list[Version], data: st.DataObject) -> None:
    if not versions:
        return
    gone = data.draw(st.sampled_from(versions))
    without = [one for one in versions if (one.code, one.moment) != (gone.code, gone.moment)]
    newest = gone._replace(updated="2026-04-01 00:00:00", serial=99, valid=False)
    assert settle_versions([*versions, newest]) == settle_versions(without)


# Milestones


MILESTONES: dict[str, tuple[str, dict[str, object]]] = {
    "the earliest 1 is the receipt": ("1@03-02 1@03-03", {"received": "1@2026-03-02"}),
    "nothing happened": ("", {"received": None, "accepted": None, "review_begun": None, "closed": None}),
    "the earliest 3 is the acceptance": ("3@03-03 3@03-04", {"accepted": "3@2026-03-03"}),
    "without any 3 the earliest 8 is": (
        "8@03-03 8@03-04",
        {"accepted": "8@2026-03-03", "review_begun": "8@2026-03-03"},
    ),
    "a 3 after the 8 goes before it": ("8@03-03 3@03-05", {"accepted": "3@2026-03-05", "review_begun": "8@2026-03-03"}),
    "3 and 8 in one second are acceptance and review": (
        "8@03-03T10:00:00 3@03-03T10:00:00",
        {"accepted": "3@2026-03-03", "review_begun": "8@2026-03-03"},
    ),
    "an acceptance without a receipt": ("3@03-03", {"received": None, "accepted": "3@2026-03-03"}),
    "a receipt noted after the acceptance": (
        "3@03-03 1@03-04",
        {"received": "1@2026-03-04", "accepted": "3@2026-03-03"},
    ),
    "13 without 3 is a close and a decision without acceptance": (
        "1@03-02 13@03-05",
        {"accepted": None, "closed": "13@2026-03-05", "decided": "13@2026-03-05"},
    ),
    "a 15 after 11 is a remark": ("11@03-05 15@03-20", {"closed": "11@2026-03-05", "decided": "11@2026-03-05"}),
    "a 15 before 11 is the close": ("15@03-05 11@03-20", {"closed": "15@2026-03-05", "decided": None}),
    "the first close in order counts, not the lowest code": ("13@03-05 11@03-06", {"closed": "13@2026-03-05"}),
    "of two closes at one moment the first serial number counts": ("14@03-05 11@03-05", {"closed": "14@2026-03-05"}),
    "no other code closes": ("1@03-02 3@03-03 6@03-04 7@03-05 8@03-06 9@03-09 10@03-10", {"closed": None}),
}


@pytest.mark.parametrize("case", MILESTONES, ids=str)
def test_milestones(case: str) -> None:
    happened, expected = MILESTONES[case]
    marks = milestones(events(happened))
    assert {name: shown(marks, name) for name in expected} == expected


@pytest.mark.parametrize("code", list(Code), ids=lambda code: f"{int(code)} {code.title}")
def test_a_code_closes_or_decides_or_does_neither(code: Code) -> None:
    marks = milestones(events(f"{int(code)}@03-05"))
    assert (marks.closed is not None) is (code in {2, 4, 5, 11, 12, 13, 14, 15}) is (code in CLOSING)
    assert (marks.decided is not None) is (code in {11, 12, 13})


# Pauses


PAUSES: dict[str, tuple[str, list[str], int]] = {
    "6 to 7 after acceptance": ("3@03-02 6@03-03 7@03-05", ["correction 03-03 03-05"], 0),
    "6 to 7 before acceptance is none": ("1@03-02 6@03-03 7@03-05 3@03-06", [], 0),
    "6 to 7 without any acceptance is none": ("1@03-02 6@03-03 7@03-05", [], 0),
    "a 6 before and a 7 after acceptance pair with nothing": ("6@03-03 3@03-04 7@03-05", [], 1),
    "a 6 earlier on the day of acceptance belongs to the acceptance": ("6@03-03T09:00 3@03-03T15:00 7@03-05", [], 1),
    "a 6 later on the day of acceptance stops the decision": (
        "3@03-03T09:00 6@03-03T15:00 7@03-05",
        ["correction 03-03 03-05"],
        0,
    ),
    "9 to 10 after acceptance": ("3@03-02 9@03-03 10@03-05", ["special 03-03 03-05"], 0),
    "9 to 10 before acceptance": ("9@03-03 10@03-05 3@03-06", ["special 03-03 03-05"], 0),
    "9 before and 10 after acceptance": ("9@03-03 3@03-04 10@03-05", ["special 03-03 03-05"], 0),
    "both kinds, each with its own end": (
        "3@03-02 6@03-03 9@03-04 7@03-05 10@03-09",
        ["correction 03-03 03-05", "special 03-04 03-09"],
        0,
    ),
    "two pauses one after the other": (
        "3@03-02 9@03-03 10@03-04 9@03-09 10@03-10",
        ["special 03-03 03-04", "special 03-09 03-10"],
        0,
    ),
    "a second start while one is open changes nothing": (
        "3@03-02 9@03-03 9@03-04 10@03-05",
        ["special 03-03 03-05"],
        0,
    ),
    "after a second start a second end has no start": (
        "3@03-02 9@03-03 9@03-04 10@03-05 10@03-09",
        ["special 03-03 03-05"],
        1,
    ),
    "an end without a start is an anomaly": ("3@03-02 10@03-03", [], 1),
    "a 7 does not end a special procedure": ("3@03-02 9@03-03 7@03-04", ["special 03-03 …"], 1),
    "an open pause": ("3@03-02 9@03-03", ["special 03-03 …"], 0),
    "a close ends an open pause": ("3@03-02 9@03-03 11@03-09", ["special 03-03 03-09"], 0),
    "a close ends both open pauses": (
        "3@03-02 9@03-03 6@03-04 13@03-09",
        ["special 03-03 03-09", "correction 03-04 03-09"],
        0,
    ),
    "an end after the close comes too late": ("3@03-02 9@03-03 11@03-09 10@03-12", ["special 03-03 03-09"], 0),
    "a pause begun after the close is none": ("3@03-02 11@03-09 9@03-10 10@03-12", [], 0),
    "a pause begun in the second of the close, after it, is none": ("3@03-02 11@03-09 9@03-09", [], 0),
    "start and end on one day": ("3@03-02 9@03-03T09:00 10@03-03T16:00", ["special 03-03 03-03"], 0),
    "a date-only end with a lower serial number than its start leaves the pause open": (
        "3@03-02 10@03-03 9@03-03",
        ["special 03-03 …"],
        1,
    ),
}


def paused(happened: str) -> tuple[list[str], Sequence[str]]:
    known = events(happened)
    marks = milestones(known)
    result = pauses(known, marks.accepted, marks.closed)
    spans = [
        f"{one.kind} {local_date(one.start):%m-%d} {format(local_date(one.end), '%m-%d') if one.end else '…'}"
        for one in result.spans
    ]
    assert (result.open is not None) is any(span.endswith("…") for span in spans)
    return spans, result.anomalies


@pytest.mark.parametrize("case", PAUSES, ids=str)
def test_pauses(case: str) -> None:
    happened, expected, anomalies = PAUSES[case]
    spans, remarks = paused(happened)
    assert spans == expected
    assert len(remarks) == anomalies


def test_an_anomaly_is_a_sentence() -> None:
    assert paused("3@03-02 10@03-03")[1] == ("2026-03-03 的“特别程序结束”没有对应的开始，不计。",)
