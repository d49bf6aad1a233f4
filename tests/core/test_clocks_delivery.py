"""决定: the delivery clock, from the decision to its document.

March 2026 has no holiday; the 2nd, 9th, 16th, 23rd and 30th are Mondays.
"""

from typing import NamedTuple

import pytest

from monitor.events import TITLES
from tests.core.builders import clocks, day, limits, seen


class Delivery(NamedTuple):
    """A story, the date of the decision document, since when the source supplies such, and what is seen on 03-30."""

    happened: str
    delivered: str | None
    since: str | None
    expected: dict[str, object]


NO_CLOCK: dict[str, object] = {"delivery.state": "not_started", "delivery.due": None}
DELIVERY = {
    "it runs from the decision for 10 working days": Delivery(
        "3@03-02 11@03-23",
        None,
        "01-01",
        {
            "delivery.state": "running",
            "delivery.start": "2026-03-23T00:00",
            "delivery.due": "2026-04-07",
            "delivery.remaining": 5,
        },
    ),
    "a decision with something lacking starts it too": Delivery(
        "3@03-02 12@03-23", None, "01-01", {"delivery.due": "2026-04-07"}
    ),
    "a document on the due date is on time": Delivery(
        "3@03-02 11@03-09", "03-23", "01-01", {"delivery.state": "done_on_time", "delivery.end": "2026-03-23T00:00"}
    ),
    "a document the working day after is late": Delivery(
        "3@03-02 11@03-09", "03-24", "01-01", {"delivery.state": "done_late", "delivery.overdue_days": 1}
    ),
    "a document dated before the decision is on time": Delivery(
        "3@03-02 11@03-09", "03-06", "01-01", {"delivery.state": "done_on_time", "delivery.used": 0}
    ),
    "a document dated in the future does not count yet": Delivery(
        "3@03-02 11@03-23", "03-31", "01-01", {"delivery.state": "running", "delivery.end": None}
    ),
    "without a document it runs out": Delivery(
        "3@03-02 11@03-09", None, "01-01", {"delivery.state": "overdue", "delivery.overdue_days": 5}
    ),
    "a special procedure left open stops nothing after the close": Delivery(
        "3@03-02 9@03-03 11@03-09", None, "01-01", {"delivery.state": "overdue", "delivery.paused": False}
    ),
    "a source that supplies no documents has no such clock": Delivery("3@03-02 11@03-09", None, None, NO_CLOCK),
    "nor has it where a document exists all the same": Delivery("3@03-02 11@03-09", "03-10", None, NO_CLOCK),
    "an item closed before the source began to has none": Delivery("3@03-02 11@03-09", None, "03-10", NO_CLOCK),
    "an item closed on the day the source began to has one": Delivery(
        "3@03-02 11@03-09", None, "03-09", {"delivery.state": "overdue"}
    ),
    "an open item has none": Delivery("3@03-02", None, "01-01", NO_CLOCK),
    "a revocation after the decision does not end it": Delivery(
        "3@03-02 11@03-23 15@03-25", None, "01-01", {"delivery.state": "running"}
    ),
}


@pytest.mark.parametrize("case", DELIVERY, ids=str)
def test_the_delivery_clock(case: str) -> None:
    happened, delivered, since, expected = DELIVERY[case]
    result = clocks(
        happened,
        "03-30",
        delivered=day(delivered) if delivered else None,
        documents_since=day(since) if since else None,
    )
    assert seen(result, expected) == expected


@pytest.mark.parametrize("code", [2, 4, 5, 13, 14, 15], ids=lambda code: TITLES[code])
def test_a_close_that_grants_nothing_has_no_delivery_clock(code: int) -> None:
    result = clocks(f"3@03-02 {code}@03-09", "03-30", documents_since=day("01-01"))
    assert seen(result, NO_CLOCK) == NO_CLOCK


def test_the_delivery_clock_can_be_turned_off() -> None:
    result = clocks("3@03-02 11@03-09", "03-30", limits(delivery=0), documents_since=day("01-01"))
    assert seen(result, NO_CLOCK) == NO_CLOCK


def test_a_document_dated_later_than_now_is_looked_at_again_on_its_date() -> None:
    result = clocks("3@03-02 11@03-09", "03-10", delivered=day("03-12"), documents_since=day("01-01"))
    assert seen(result, {"recheck": None}) == {"recheck": "2026-03-12T00:00"}
