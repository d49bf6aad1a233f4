"""A renamed unit is known by its old and new names in every way they are written, and by code before any name."""

from datetime import date

import pytest

from config.units import Alias, Unit, UnitDirectory

RENAMED = date(2023, 7, 1)
UNITS = UnitDirectory(
    [
        Unit(
            id="110116GDB",
            name="区国动办",
            full_name="北京市怀柔区国防动员办公室",
            codes=("110116RFB",),
            aliases=(
                Alias(name="区人防办", until=date(2023, 6, 30)),
                Alias(name="北京市怀柔区人民防空办公室", until=date(2023, 6, 30)),
            ),
        ),
        Unit(id="110116SWJ", name="区水务局", full_name="北京市怀柔区水务局"),
    ]
)
FORMS = """
区国动办 国动办 怀柔区国动办 怀柔国动办 市怀柔区国动办 北京怀柔区国动办 北京市怀柔区国动办
国防动员办公室 区国防动员办公室 怀柔区国防动员办公室 北京市怀柔区国防动员办公室
人防办 区人防办 怀柔区人防办 北京市怀柔区人防办 原区人防办
人民防空办公室 区人民防空办公室 怀柔区人民防空办公室 北京市怀柔区人民防空办公室 原怀柔区人民防空办公室
区国动办（人防办） 区国动办(原区人防办) 区人防办【现区国动办】 怀柔区_国动办〔人防办〕^
北京市怀柔区国防动员办公室（北京市怀柔区人民防空办公室）
"""
DATES = (None, date(2019, 1, 1), date(2023, 6, 30), RENAMED, date(2026, 11, 3))


@pytest.mark.parametrize("name", [form.replace("_", "\u3000").replace("^", "\u200b") for form in FORMS.split()])
def test_every_form_of_an_old_and_a_new_name_is_the_unit_whatever_the_date(name: str) -> None:
    assert {UNITS.match("", name, on) for on in DATES} == {"110116GDB"}


WATER = [
    "北京市怀柔区水务局",
    "怀柔区水务局",
    "区水务局",
    "水务局",
    "怀柔水务局",
    "北京市怀柔区水务局（本级）",
    "怀柔区水务局[窗口]",
]


@pytest.mark.parametrize("name", WATER)
def test_every_form_of_a_name_that_never_changed_is_the_unit(name: str) -> None:
    assert UNITS.match(None, name) == "110116SWJ"


@pytest.mark.parametrize(
    ("code", "name", "unit"),
    [
        pytest.param("110116RFB", "区水务局", "110116GDB", id="an old code goes before any name"),
        pytest.param("999", "区水务局", "110116SWJ", id="an unknown code leaves it to the name"),
        pytest.param("999", "某某部门", None, id="neither"),
    ],
)
def test_the_code_comes_first_then_the_name(code: str, name: str, unit: str | None) -> None:
    assert UNITS.match(code, name) == unit


@pytest.mark.parametrize("name", ["北京市水务局", "密云区水务局", "市水务局", "原", "（水务局）", "区水务局（国动办）"])
def test_what_is_not_ours_or_two_things_at_once_is_nobodys(name: str) -> None:
    assert UNITS.match("", name) is None


def test_dates_between_the_same_renamings_are_of_one_period_and_others_are_not() -> None:
    periods = [UNITS.period(day) for day in (date(2000, 1, 1), date(2023, 6, 30), RENAMED, date(2030, 1, 1))]
    assert (periods[0] == periods[1], periods[1] == periods[2], periods[2] == periods[3]) == (True, False, True)
    assert UNITS.period(None) is None


@pytest.mark.parametrize("last", [date.max, date(2023, 6, 30)])
def test_a_name_may_last_as_long_as_the_calendar_does(last: date) -> None:
    unit = Unit(id="A", name="甲局", full_name="甲局", aliases=(Alias(name="旧局", until=last),))
    assert UnitDirectory([unit]).match("", "旧局", date(2023, 1, 1)) == "A"
