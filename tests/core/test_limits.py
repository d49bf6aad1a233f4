"""Which limits an item is measured by."""

import pytest

from config.matters import Matter
from monitor.clocks import HOUR, NATURAL_DAY, WORKING_DAY, Limit, Limits
from monitor.limits import limits_of, promised_limit
from tests.core.builders import own_limits

CATALOGUE = Matter(code="A", name="甲", promised=7)
WITHOUT = Matter(code="A", name="甲")
ON_THE_SPOT = Matter(code="A", name="甲", instant=True)
INSTANT = 1

# the item row's limit, the matter row's, its kind, the catalogue's entry, the limit in working days
PROMISED = {
    "the matter's where it is smaller": (20, 10, 2, None, 10),
    "the item's where it is smaller": (10, 20, 2, None, 10),
    "one number where both are equal": (10, 10, 2, None, 10),
    "the matter's where the item has none": (None, 20, 2, None, 20),
    "the item's where the matter has none": (10, None, 2, None, 10),
    "the item's where the matter is unknown": (10, None, None, None, 10),
    "the catalogue's where both have none": (None, None, 2, CATALOGUE, 7),
    "not the catalogue's where the item has one, even if it is larger": (30, None, 2, CATALOGUE, 30),
    "not the catalogue's where the matter has one, even if it is larger": (None, 30, 2, CATALOGUE, 30),
    "none where nobody has one": (None, None, 2, None, None),
    "none where the catalogue knows the matter but not its limit": (None, None, 2, WITHOUT, None),
    "a 0 of an ordinary item is a missing limit": (0, 20, 2, None, 20),
    "a 0 of an ordinary matter is a missing limit": (20, 0, 2, None, 20),
    "two zeros of an ordinary matter leave it to the catalogue": (0, 0, 2, CATALOGUE, 7),
    "two zeros of an ordinary matter and no catalogue are none": (0, 0, 2, None, None),
    "a 0 of an instant matter is a limit": (0, 0, INSTANT, None, 0),
    "a 0 of an instant matter is the smaller one": (5, 0, INSTANT, None, 0),
    "a 0 of an item of an instant matter too": (0, 5, INSTANT, None, 0),
    "a 0 of a matter of unknown kind is a missing limit": (0, None, None, None, None),
    "a 0 of a matter that the catalogue calls instant is a limit": (0, None, 2, ON_THE_SPOT, 0),
    "a number of a matter that the catalogue calls instant stays": (5, None, 2, ON_THE_SPOT, 5),
    "none at all of a matter that the catalogue calls instant is the same day": (None, None, 2, ON_THE_SPOT, 0),
}


@pytest.mark.parametrize("case", PROMISED, ids=str)
def test_the_promised_limit_is(case: str) -> None:
    item, matter, kind, catalogue, expected = PROMISED[case]
    limit = promised_limit(item, matter, kind, catalogue, {INSTANT})
    assert limit == (None if expected is None else Limit(expected, WORKING_DAY))


def test_which_kinds_are_instant_is_the_owners() -> None:
    assert promised_limit(0, 0, 4, None, {4, 5}) == Limit(0)
    assert promised_limit(0, 0, INSTANT, None, {4, 5}) is None


@pytest.mark.parametrize("unit", [WORKING_DAY, NATURAL_DAY, HOUR])
def test_the_unit_of_the_catalogues_own_limits_is_the_catalogues(unit: str) -> None:
    catalogue = Matter.model_validate(
        {"code": "A", "name": "甲", "promised": 48, "statutory": 72, "unit_of_limit": unit}
    )
    assert promised_limit(None, None, 2, catalogue, ()) == Limit(48, unit)
    assert promised_limit(5, 9, 2, catalogue, ()) == Limit(5, WORKING_DAY)
    assert limits_of(None, catalogue, own_limits()).statutory == Limit(72, unit)


@pytest.mark.parametrize("unit", [WORKING_DAY, NATURAL_DAY, HOUR])
def test_the_unit_of_the_platforms_limits_is_what_the_catalogue_says_of_the_platform(unit: str) -> None:
    catalogue = Matter.model_validate({"code": "A", "name": "甲", "promised": 48, "platform_unit": unit})
    assert promised_limit(5, 9, 2, catalogue, ()) == Limit(5, unit)
    assert promised_limit(None, None, 2, catalogue, ()) == Limit(48, WORKING_DAY)


@pytest.mark.parametrize("unit", [WORKING_DAY, NATURAL_DAY, HOUR])
def test_the_statutory_limit_may_have_a_unit_of_its_own(unit: str) -> None:
    known = {"code": "A", "name": "甲", "promised": 5, "statutory": 30, "unit_of_limit": HOUR, "statutory_unit": unit}
    catalogue = Matter.model_validate(known)
    assert limits_of(None, catalogue, own_limits()).statutory == Limit(30, unit)
    assert promised_limit(None, None, 2, catalogue, ()) == Limit(5, HOUR)


def test_the_statutory_limit_is_the_catalogues_and_the_others_are_the_offices() -> None:
    catalogue = Matter(code="A", name="甲", statutory=20)
    own = own_limits(acceptance=3, review=1, delivery=8)
    assert limits_of(Limit(5), catalogue, own) == Limits(Limit(5), Limit(20), acceptance=3, review=1, delivery=8)
    assert limits_of(Limit(5), None, own) == Limits(Limit(5), None, acceptance=3, review=1, delivery=8)
    assert limits_of(None, WITHOUT, own_limits()) == Limits(None, None, acceptance=5, review=0, delivery=10)


def test_the_limits_by_default_are_those_of_the_law() -> None:
    assert (Limits(None).acceptance, Limits(None).review, Limits(None).delivery) == (5, 0, 10)
    assert limits_of(None, None, own_limits()) == Limits(None)
