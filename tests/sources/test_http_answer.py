"""Saved answers and single values: what is read from them, without any source."""

import json

import pytest

from monitor.sources import Position, position
from monitor.sources.answer import Answer, AnswerError, content, shown_address

MOMENT = "2026-03-02 09:00:04"
LAST = 2**63 - 1
POSITIONS: dict[str, tuple[object, object, Position | None]] = {
    "a number": (MOMENT, 12, Position(MOMENT, 12)),
    "a text of digits": (MOMENT, "0012", Position(MOMENT, 12)),
    "a whole float": (MOMENT, 12.0, Position(MOMENT, 12)),
    "zero": (MOMENT, 0, Position(MOMENT, 0)),
    "the largest number a database holds": (MOMENT, str(LAST), Position(MOMENT, LAST)),
    "a larger one": (MOMENT, LAST + 1, None),
    "a text with more digits than a number may have": (MOMENT, "9" * 5000, None),
    "a float too large to be exact": (MOMENT, 2.0**53, None),
    "a fraction": (MOMENT, 12.5, None),
    "not a number": (MOMENT, float("nan"), None),
    "infinity": (MOMENT, float("inf"), None),
    "true, which is not 1": (MOMENT, True, None),
    "below zero": (MOMENT, -1, None),
    "full-width digits": (MOMENT, "１２", None),
    "an empty text": (MOMENT, "", None),
    "no serial number": (MOMENT, None, None),
    "a time with fractions": (MOMENT + ".0", 1, Position(MOMENT + ".0", 1)),
    "a time with T": ("2026-03-02T09:00:04", 1, Position("2026-03-02T09:00:04", 1)),
    "a date only": ("2026-03-02", 1, Position("2026-03-02", 1)),
    "a date that does not exist": ("2026-02-30 09:00:04", 1, None),
    "a time that does not exist": ("2026-03-02 25:61:00", 1, None),
    "a date with slashes": ("2026/03/02 09:00:04", 1, None),
    "a time with words behind it": (MOMENT + " 起", 1, None),
    "a number for a time": (20260302, 1, None),
    "no time": (None, 1, None),
}


@pytest.mark.parametrize(("since", "after", "expected"), POSITIONS.values(), ids=POSITIONS.keys())
def test_a_position_is_read_from_what_producers_send(since: object, after: object, expected: Position | None) -> None:
    assert position(since, after) == expected


GOOD = '{"code": 0, "message": "成功", "data": {"rows": [{"SPBMMC": "区水务局"}], "next": null}}'
BODIES: dict[str, tuple[bytes, str]] = {
    "UTF-8": (GOOD.encode(), "application/json; charset=utf-8"),
    "UTF-8 with a byte order mark": (GOOD.encode("utf-8-sig"), "application/json"),
    "a declared GBK": (GOOD.encode("gbk"), 'application/json;charset="GBK"'),
    "JSON sent as plain text": (GOOD.encode(), "text/plain; charset=utf-8"),
    "no content type": (GOOD.encode(), ""),
    "blank lines around it": (f"\r\n{GOOD}\n\n".encode(), "application/json"),
    "a code written as text": (GOOD.replace('"code": 0', '"code": "0"').encode(), "application/json"),
}


@pytest.mark.parametrize(("body", "kind"), BODIES.values(), ids=BODIES.keys())
def test_an_answer_is_read_in_every_form_that_gateways_give_it(body: bytes, kind: str) -> None:
    found = content(Answer(200, {"content-type": kind}, body), "XMSPSXBLXXB")
    assert (found.rows, found.more) == (({"SPBMMC": "区水务局"},), False)


def test_a_value_that_is_no_json_number_spoils_only_its_own_row() -> None:
    body = GOOD.replace('"区水务局"', "NaN").encode()
    assert content(Answer(200, {}, body), "XMSPSXBLXXB").rows == ({"SPBMMC": "NaN"},)


def test_an_integer_too_long_to_read_is_a_fault_and_no_crash() -> None:
    with pytest.raises(AnswerError) as fault:
        content(Answer(200, {}, GOOD.replace('"区水务局"', "9" * 5000).encode()), "XMSPSXBLXXB")
    assert fault.value.kind == "cut"


def test_the_next_position_is_read_like_that_of_a_row() -> None:
    data = {"rows": [{}], "next": {"since": MOMENT, "after": "12"}}
    found = content(Answer(200, {}, json.dumps({"code": 0, "data": data}).encode()), "XMSPSXBLXXB")
    assert (found.more, found.next) == (True, Position(MOMENT, 12))


ADDRESSES = {
    "https://platform.example/exchange/v1": "https://platform.example/exchange/v1",
    "https://me:pass@platform.example:8443/x?key=1#top": "https://platform.example:8443/x",
    "/login?back=%2Fx": "/login",
    "http://[broken": "",
    "": "",
}


@pytest.mark.parametrize(
    ("address", "shown"), ADDRESSES.items(), ids=["plain", "with secrets", "a path", "broken", "none"]
)
def test_an_address_is_shown_without_user_password_and_query(address: str, shown: str) -> None:
    assert shown_address(address) == shown
