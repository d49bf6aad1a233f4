"""Every way in which producers write a time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.events import SHANGHAI
from monitor.times import is_normal, normal_time

AT = "2026-03-01 09:30:05"
FORMS: dict[str, tuple[object, str | None]] = {
    "the standard's own": (AT, AT),
    "a date": ("2026-03-01", "2026-03-01"),
    "slashes": ("2026/3/1 9:30:05", AT),
    "dots": ("2026.3.1", "2026-03-01"),
    "one-digit month, day and hour": ("2026-3-1 9:30", "2026-03-01 09:30:00"),
    "年月日": ("2026年3月1日", "2026-03-01"),
    "年月日 with 时分秒": ("2026年03月01日 9时30分05秒", AT),
    "年月日 with 时分": ("2026年3月1日9时30分", "2026-03-01 09:30:00"),
    "年月日 with an hour": ("2026年3月1日 9时", "2026-03-01 09:00:00"),
    "上午": ("2026年3月1日 上午9:30:05", AT),
    "下午": ("2026-03-01 下午 3:05", "2026-03-01 15:05:00"),
    "下午 with the hour of 24": ("2026-03-01 下午15:05", "2026-03-01 15:05:00"),
    "noon": ("2026-03-01 下午12:00", "2026-03-01 12:00:00"),
    "midnight": ("2026-03-01 上午12:05", "2026-03-01 00:05:00"),
    "上午 with an hour of the afternoon": ("2026-03-01 上午15:05", None),
    "PM behind it": ("2026/3/1 3:05:00 PM", "2026-03-01 15:05:00"),
    "a weekday": ("2026年3月1日 星期日 9:30", "2026-03-01 09:30:00"),
    "a T": ("2026-03-01T09:30:05", AT),
    "fractions": ("2026-03-01 09:30:05.123", AT),
    "a trailing .0": ("2026-03-01 09:30:05.0", AT),
    "a zone": ("2026-03-01T01:30:05Z", AT),
    "a zone in hours and minutes": ("2026-03-01T10:30:05.000+0900", AT),
    "compact date": ("20260301", "2026-03-01"),
    "compact moment": ("20260301093005", AT),
    "compact moment without seconds": ("202603010930", "2026-03-01 09:30:00"),
    "compact with a space": ("20260301 093005", AT),
    "compact as a number": (20260301, "2026-03-01"),
    "compact as a float": (20260301093005.0, AT),
    "compact with a trailing .0": ("20260301.0", "2026-03-01"),
    "full-width digits": ("２０２６－０３－０１　０９：３０：０５", AT),
    "blanks around it": ("\t2026-03-01 09:30:05\n", AT),
    "long dashes": ("2026—03—01", "2026-03-01"),
    "a datetime": (datetime.fromisoformat(AT + ".999"), AT),
    "a datetime of another zone": (datetime(2026, 3, 1, 1, 30, 5, tzinfo=UTC), AT),
    "a date of the library": (date(2026, 3, 1), "2026-03-01"),
    "a day that does not exist": ("2026-02-30", None),
    "a month that does not exist": ("2026-13-01", None),
    "the hour 24": ("2026-03-01 24:00:00", None),
    "a compact day that does not exist": ("20260230", None),
    "a year of two digits": ("26-03-01", None),
    "day before month": ("01/03/2026", None),
    "a number of seconds, not declared": (1772328605, None),
    "milliseconds, not declared": ("1772328605000", None),
    "a spreadsheet's day number, not declared": (46082.5, None),
    "a small number": (3, None),
    "true": (True, None),
    "nothing": (None, None),
    "an empty text": ("  ", None),
    "words": ("待定", None),
    "a time with words behind it": ("2026-03-01 起", None),
    "not a number": (float("nan"), None),
    "infinity": (float("inf"), None),
    "a very long row of digits": ("9" * 5000, None),
    "a list": (["2026-03-01"], None),
}


@pytest.mark.parametrize(("value", "expected"), FORMS.values(), ids=FORMS.keys())
def test_a_time_is_recognised_or_refused(value: object, expected: str | None) -> None:
    assert normal_time(value) == expected


SHEET: dict[str, tuple[object, str | None]] = {
    "a day": (46082, "2026-03-01"),
    "a day as a float": (46082.0, "2026-03-01"),
    "a day with a time": (46082.39589120370, AT),
    "a time rounded to the second": (46082.5 - 1e-7, "2026-03-01 12:00:00"),
    "a day number written as text": ("46082.5", "2026-03-01 12:00:00"),
    "compact stays compact": (20260301, "2026-03-01"),
    "the first day": (36526, "2000-01-01"),
    "before all records": (36525, None),
    "after all records": (58805, None),
    "a text": ("2026/3/1", "2026-03-01"),
}


@pytest.mark.parametrize(("value", "expected"), SHEET.values(), ids=SHEET.keys())
def test_in_a_spreadsheet_a_number_is_a_day(value: object, expected: str | None) -> None:
    assert normal_time(value, excel=True) == expected


OWN: dict[str, tuple[object, str, str | None]] = {
    "milliseconds": (1772328605123, "epoch_ms", AT),
    "milliseconds as text": ("1772328605123", "epoch_ms", AT),
    "seconds": (1772328605, "epoch_s", AT),
    "milliseconds of another age": (5, "epoch_ms", None),
    "milliseconds beyond every calendar": (10**30, "epoch_ms", None),
    "day before month": ("01/03/2026 09:30:05", "%d/%m/%Y %H:%M:%S", AT),
    "a date in the source's form": ("01.03.26", "%d.%m.%y", "2026-03-01"),
    "a form with a zone": ("2026|03|01 01:30:05 +0000", "%Y|%m|%d %H:%M:%S %z", AT),
    "another form than the one declared": ("2026/3/1", "%d/%m/%Y", "2026-03-01"),
    "a form that is none": ("2026/3/1", "%Q %", "2026-03-01"),
}


@pytest.mark.parametrize(("value", "form", "expected"), OWN.values(), ids=OWN.keys())
def test_a_form_of_the_source_is_tried_first(value: object, form: str, expected: str | None) -> None:
    assert normal_time(value, [form]) == expected


MOMENTS = st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2060-12-30")).map(
    lambda moment: moment.replace(microsecond=0)
)


@given(MOMENTS)
def test_every_form_of_a_moment_is_the_same_moment(moment: datetime) -> None:
    text = moment.isoformat(sep=" ")
    half, hour = (
        ("下午", moment.hour - 12) if moment.hour > 12 else ("下午" if moment.hour == 12 else "上午", moment.hour)
    )
    days = (moment - datetime.fromisoformat("1899-12-30")) / timedelta(days=1)
    forms = [
        text,
        moment.isoformat(),
        f"{moment:%Y/%m/%d %H:%M:%S}.000",
        f"{moment:%Y%m%d%H%M%S}",
        f"{moment.year}年{moment.month}月{moment.day}日 {half}{hour}:{moment.minute}:{moment.second}",
        f"{moment.year}.{moment.month}.{moment.day} {moment.hour}时{moment.minute}分{moment.second}秒",
        moment.replace(tzinfo=SHANGHAI).astimezone(UTC),
    ]
    assert {normal_time(form) for form in forms} == {text}
    assert normal_time(days, excel=True) in (text, f"{moment:%Y-%m-%d}")


@given(st.one_of(st.text(), st.integers(), st.floats(), st.binary(), st.none()), st.booleans())
def test_whatever_comes_the_answer_is_a_time_in_the_one_form_or_none(value: object, excel: bool) -> None:
    found = normal_time(value, ["epoch_ms", "%Y%m"], excel=excel)
    assert found is None or is_normal(found)
    assert found is None or normal_time(found) == found
