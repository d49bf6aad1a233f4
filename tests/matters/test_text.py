"""matters.toml changed entry by entry: what a hand has written stays, and the result says what was asked for."""

import tomllib
from collections.abc import Collection, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.matters import Matter, MattersFile
from config.matters_text import ShapeError, rewritten


def matter(code: str = "A", name: str = "甲事项", **fields: Any) -> Matter:
    """A matter with a name."""
    return Matter(code=code, name=name, **fields)


def says(text: str) -> dict[str, Matter]:
    """What a file says, by code."""
    return {one.code: one for one in MattersFile.model_validate(tomllib.loads(text)).matter}


FILE = """\
# 本区的事项，按办事指南核对过
[[matter]]
code = "A"  # 与平台一致
name = "甲事项"
promised = 5   # 区里定的，2025 年起
# 下一个

[[matter]]
  code = "B"
  name = '乙事项'
  statutory = 20
"""

CASES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a number is replaced where it stands, and the remark behind it stays": (
        "promised = 5   # 区里定的，2025 年起",
        {"promised": 3},
        "promised = 3   # 区里定的，2025 年起",
    ),
    "a key that was not there comes below the last of its entry": (
        "promised = 5   # 区里定的，2025 年起\n",
        {"promised": 5, "statutory": 20, "needs_code": False},
        "promised = 5   # 区里定的，2025 年起\nstatutory = 20\nneeds_code = false\n",
    ),
    "a limit that no longer holds becomes a comment": (
        "promised = 5   # 区里定的，2025 年起",
        {"statutory": 20},
        "# promised = 5   # 区里定的，2025 年起\nstatutory = 20",
    ),
    "a name is replaced within its quotes": (
        'name = "甲事项"\n',
        {"name": '新"名"', "promised": 5},
        'name = "新\\"名\\""\n',
    ),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_entry_is_changed_in_place(case: str) -> None:
    old, fields, new = CASES[case]
    changed = matter(**fields)
    text = rewritten(FILE, [changed], [])
    assert text == FILE.replace(old, new)
    assert says(text) == {"A": changed, "B": says(FILE)["B"]}


def test_a_new_key_is_indented_as_its_neighbours_are() -> None:
    text = rewritten(FILE, [matter("B", "乙事项", statutory=20, instant=True)], [])
    assert text == FILE + "  instant = true\n"


def test_new_entries_come_at_the_end_below_a_line_that_says_where_they_are_from() -> None:
    added = [matter("C", "丙事项", promised=3, unit_of_limit="natural_day"), matter("D", "丁事项", needs_code=False)]
    text = rewritten(FILE, [], added, mark="由 matters import 写入")
    assert text == FILE + (
        '\n# 由 matters import 写入\n\n[[matter]]\ncode = "C"\nname = "丙事项"\npromised = 3\n'
        'unit_of_limit = "natural_day"\n\n[[matter]]\ncode = "D"\nname = "丁事项"\nneeds_code = false\n'
    )


def test_entries_that_are_gone_become_comments_and_can_be_brought_back_by_hand() -> None:
    text = rewritten(FILE, [], [], ["B"])
    assert text.endswith("# [[matter]]\n#   code = \"B\"\n#   name = '乙事项'\n#   statutory = 20\n")
    assert says(text) == {"A": says(FILE)["A"]}


def test_an_empty_file_and_one_of_comments_get_their_first_entries() -> None:
    assert says(rewritten("", [], [matter()])) == {"A": matter()}
    text = rewritten("# 说明", [], [matter()], mark="来自")
    assert text.startswith("# 说明\n\n# 来自\n\n[[matter]]\n")


def test_windows_line_ends_stay_windows_line_ends() -> None:
    text = rewritten(FILE.replace("\n", "\r\n"), [matter(promised=3, statutory=9)], [matter("C")], mark="来自")
    assert text.count("\n") == text.count("\r\n")
    assert says(text.replace("\r\n", "\n"))["A"] == matter(promised=3, statutory=9)


def test_a_byte_order_mark_stays_at_the_beginning() -> None:
    text = rewritten("\ufeff" + FILE, [matter(promised=3)], [])
    assert text.startswith("\ufeff#")
    assert says(text.removeprefix("\ufeff"))["A"].promised == 3


def test_the_section_of_words_may_stand_behind_the_entries() -> None:
    text = FILE + '\n[workbook]\nnothing = ["无"]\n'
    assert set(says(rewritten(text, [matter(promised=3)], [matter("C")]))) == {"A", "B", "C"}


def test_a_value_over_several_lines_is_replaced_or_commented_out_whole() -> None:
    text = '[[matter]]\ncode = "A"\nname = """\\\n  甲\\\n  事项"""\npromised = 5\n'
    assert says(rewritten(text, [matter(name="新", promised=5)], []))["A"].name == "新"
    assert says(rewritten(text, [], [], ["A"])) == {}


def test_entries_written_as_a_list_of_inline_tables_are_refused_with_a_sentence() -> None:
    text = 'matter = [{ code = "A", name = "甲" }]\n'
    for changed, added, gone in (([matter()], [], []), ([], [matter("C")], []), ([], [], ["A"])):
        with pytest.raises(ShapeError, match="每个事项一个"):
            rewritten(text, changed, added, gone)


names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
units = st.sampled_from(["working_day", "natural_day", "hour"])
limits = st.none() | st.integers(1, 3650)


@st.composite
def catalogues(draw: st.DrawFn, codes: Sequence[str] = "ABCD") -> dict[str, Matter]:
    chosen: Collection[str] = draw(st.sets(st.sampled_from(list(codes))))
    return {
        code: Matter(
            code=code,
            name=draw(names),
            promised=draw(limits),
            statutory=draw(limits),
            unit_of_limit=draw(units),
            statutory_unit=draw(st.none() | units),
            instant=draw(st.booleans()),
            needs_code=draw(st.booleans()),
        )
        for code in sorted(chosen)
    }


@given(catalogues(), catalogues())
def test_whatever_is_changed_the_file_then_says_just_that(before: dict[str, Matter], after: dict[str, Matter]) -> None:
    text = rewritten("# 手写\n", [], list(before.values()))
    changed = [one for code, one in after.items() if code in before]
    added = [one for code, one in after.items() if code not in before]
    text = rewritten(text, changed, added, set(before) - set(after), "标记")
    assert says(text) == after
    assert text.startswith("# 手写\n")
