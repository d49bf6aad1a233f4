"""What a driver hands over, as the records read it; and times of text columns, which must sort as the times do."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.database_values import SHAPES, Shape, earlier, plain, shapes_of

LOCAL = datetime(2026, 3, 2, 9, 5, 7)  # noqa: DTZ001 -- databases give local times without a zone

VALUES = {
    "nothing": (None, None),
    "a whole number": (12, 12),
    "a decimal that is whole": (Decimal("12.00"), 12),
    "a decimal that is not": (Decimal("12.50"), "12.50"),
    "a decimal that is no number": (Decimal("NaN"), "NaN"),
    "a decimal beyond any column": (Decimal("1E+40"), "1E+40"),
    "a fraction": (0.5, "0.5"),
    "a whole fraction": (3.0, 3),
    "infinity": (float("inf"), "inf"),
    "text of a column of fixed width": ("甲  ", "甲"),
    "a moment": (LOCAL, "2026-03-02 09:05:07"),
    "a moment with fractions": (LOCAL.replace(microsecond=120_000), "2026-03-02 09:05:07.120000"),
    "a moment of another zone": (LOCAL.replace(tzinfo=UTC), "2026-03-02 17:05:07"),
    "a local moment with its zone": (LOCAL.replace(tzinfo=timezone(timedelta(hours=8))), "2026-03-02 09:05:07"),
    "a day": (date(2026, 3, 2), "2026-03-02"),
    "a duration": (timedelta(hours=9), "9:00:00"),
    "bytes of UTF-8": ("经办".encode(), "经办"),
    "bytes of the national encoding": ("经办".encode("gb18030"), "经办"),
    "a view of bytes": (memoryview(b"A1 "), "A1"),
}


@pytest.mark.parametrize(("value", "expected"), VALUES.values(), ids=VALUES.keys())
def test_a_value_as_it_is_read(value: object, expected: object) -> None:
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


READ = {
    "blanks": ("%Y-%m-%d %H:%M:%S", "2026-03-02 09:05:07", "2026-03-02 09:05:07"),
    "fractions stay": ("%Y-%m-%d %H:%M:%S", "2026-03-02 09:05:07.0", "2026-03-02 09:05:07.0"),
    "digits alone": ("%Y%m%d%H%M%S", "20260302090507", "2026-03-02 09:05:07"),
    "to the minute": ("%Y/%m/%d %H:%M", "2026/03/02 09:05", "2026-03-02 09:05:00"),
    "a day": ("%Y年%m月%d日", "2026年03月02日", "2026-03-02"),
    "another shape": ("%Y-%m-%d %H:%M:%S", "2026/03/02 09:05:07", None),
    "not as wide as the others": ("%Y-%m-%d", "2026-3-2", None),
    "a day that does not exist": ("%Y-%m-%d", "2026-02-30", None),
    "a zone, which the shape has no room for": ("%Y-%m-%dT%H:%M:%S", "2026-03-02T09:05:07Z", None),
    "fractions that are none": ("%Y-%m-%d %H:%M:%S", "2026-03-02 09:05:07.x", None),
    "fractions without seconds": ("%Y-%m-%d", "2026-03-02.5", None),
    "nothing": ("%Y-%m-%d", "", None),
}


@pytest.mark.parametrize(("pattern", "text", "expected"), READ.values(), ids=READ.keys())
def test_a_text_in_the_common_form(pattern: str, text: str, expected: str | None) -> None:
    assert Shape(pattern).read(text) == expected


MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2060, 12, 31))  # noqa: DTZ001


@given(MOMENTS, st.sampled_from(SHAPES))
def test_what_a_shape_reads_it_writes_again(moment: datetime, shape: Shape) -> None:
    text = moment.strftime(shape.pattern)
    common = shape.read(text)
    assert common is not None
    assert shape.write(common) == text


@given(MOMENTS, MOMENTS, st.sampled_from(SHAPES))
def test_texts_of_a_shape_sort_as_their_times_do(one: datetime, other: datetime, shape: Shape) -> None:
    texts = [moment.strftime(shape.pattern) for moment in (one, other)]
    times = [shape.read(text) or "" for text in texts]
    assert (texts[0] < texts[1]) == (times[0] < times[1])


@given(MOMENTS, st.sampled_from(SHAPES))
def test_a_pattern_for_the_database_has_the_width_of_its_texts(moment: datetime, shape: Shape) -> None:
    assert len(shape.likes[0]) == len(moment.strftime(shape.pattern))


def test_the_shapes_of_a_column_are_those_of_its_ends() -> None:
    assert [shape.pattern for shape in shapes_of(["2026-03-02", "2026-03-02  "])] == ["%Y-%m-%d"]
    assert len(shapes_of(["2026-03-02", "2026/03/02"])) == 2
    assert shapes_of(["2026-03-02", "待定"]) == list(SHAPES)


EARLIER = {
    "minutes": ("2026-03-02 00:05:00", 10, "2026-03-01 23:55:00"),
    "fractions are cut off": ("2026-03-02 09:05:00.75", 0, "2026-03-02 09:05:00"),
    "a day": ("2026-03-02", 10, "2026-03-01 23:50:00"),
    "before the calendar begins": ("0001-01-01", 10, "0001-01-01 00:00:00"),
}


@pytest.mark.parametrize(("common", "less", "expected"), EARLIER.values(), ids=EARLIER.keys())
def test_some_minutes_earlier(common: str, less: int, expected: str) -> None:
    assert earlier(common, less) == expected
