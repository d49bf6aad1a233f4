"""The catalogue in force with a file on top of it: added, changed, gone; what the file does not say stays."""

from typing import Any

import pytest

from config.matters import Matter
from monitor.catalogue.compare import Changed, compare, in_words, limit_words, merged

OLD = {
    "A": Matter(code="A", name="甲", promised=5, statutory=20),
    "B": Matter(code="B", name="乙", promised=48, unit_of_limit="hour", platform_unit="hour", needs_code=False),
}

MERGED: dict[str, tuple[str, dict[str, Any], Matter]] = {
    "nothing stated": ("A", {}, OLD["A"]),
    "one limit": ("A", {"promised": 3, "promised_unit": "working_day"}, OLD["A"].model_copy(update={"promised": 3})),
    "a limit taken away": ("A", {"statutory": None}, OLD["A"].model_copy(update={"statutory": None})),
    "another unit for the promise leaves the law's alone": (
        "A",
        {"promised": 7, "promised_unit": "natural_day"},
        Matter(
            code="A", name="甲", promised=7, unit_of_limit="natural_day", statutory=20, statutory_unit="working_day"
        ),
    ),
    "another unit for the law": (
        "A",
        {"statutory": 30, "statutory_unit": "natural_day"},
        Matter(code="A", name="甲", promised=5, statutory=30, statutory_unit="natural_day"),
    ),
    "what the platform counts in stays": (
        "B",
        {"name": "新", "needs_code": True},
        Matter(code="B", name="新", promised=48, unit_of_limit="hour", platform_unit="hour"),
    ),
    "a new one with a limit by law alone": (
        "C",
        {"name": "丙", "statutory": 30, "statutory_unit": "natural_day"},
        Matter(code="C", name="丙", statutory=30, unit_of_limit="natural_day"),
    ),
    "a new one without a name": ("C", {"promised": 5}, Matter(code="C", name="C", promised=5)),
    "an instant one": (
        "C",
        {"name": "丙", "instant": True, "promised": None},
        Matter(code="C", name="丙", instant=True),
    ),
}


@pytest.mark.parametrize("case", MERGED, ids=str)
def test_what_is_stated_is_put_on_top_of_what_was_known(case: str) -> None:
    code, stated, expected = MERGED[case]
    assert merged(OLD.get(code), code, stated) == expected


def test_added_changed_same_and_gone() -> None:
    found = compare(OLD, {"A": {"promised": 3}, "C": {"name": "丙", "promised": 1}})
    assert [one.code for one in found.added] == ["C"]
    assert [(one.after.code, one.fields) for one in found.changed] == [
        ("A", [("承诺时限", "5 个工作日", "3 个工作日")])
    ]
    assert ([one.code for one in found.gone], found.same, found.differs) == (["B"], 0, True)
    assert set(found.catalogue) == {"A", "B", "C"}
    assert found.codes == ["A", "C"]


def test_what_is_gone_stays_unless_it_is_to_be_replaced() -> None:
    found = compare(OLD, {"A": {}}, replace=True)
    assert (set(found.catalogue), found.differs, found.codes) == ({"A"}, True, ["B"])
    assert compare(OLD, {"A": {}}).differs is False


def test_the_same_said_in_other_words_is_no_change() -> None:
    own = {"A": Matter(code="A", name="甲", statutory=20, statutory_unit="working_day", unit_of_limit="natural_day")}
    found = compare(own, {"A": {"statutory": 20, "statutory_unit": "working_day"}})
    assert (found.changed, found.same, found.catalogue) == ((), 1, own)


def test_a_matter_in_words() -> None:
    assert in_words(OLD["B"]) == {
        "名称": "乙", "承诺时限": "48 小时", "法定时限": "无", "即办件": "否", "项目代码": "不需要",
    }  # fmt: skip
    assert [limit_words(amount, "natural_day") for amount in (None, 0, 3)] == ["无", "当天办结", "3 个自然日"]


def test_a_change_names_only_what_differs() -> None:
    assert Changed(OLD["A"], OLD["A"]).fields == []
