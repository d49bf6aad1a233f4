"""What a file states is compared with what its source said: added, withdrawn, or left alone."""

import pytest

from monitor.events import CLOSING
from monitor.sources.files.lines import Line, Stated
from monitor.sources.files.statements import Known, compare, statements
from monitor.sources.files.words import ALIKE, MOMENTS

CODES = {"收": "SJSJ", "受": "SLSJ", "结": "BJSJ"}


def flat(column: str, time: str) -> Stated:
    """What a column of a listing states."""
    name = CODES[column]
    return Stated(MOMENTS[name], time, ALIKE.get(name, frozenset({MOMENTS[name]})), loose=True)


def exact(code: int, time: str) -> Stated:
    """What a list of events states."""
    return Stated(code, time, frozenset({code}))


def listing(*said: Stated, item: str = "A", number: int = 2) -> Line:
    """A row of a listing with the three columns of CODES."""
    firsts = frozenset({frozenset({1}), frozenset({3}), CLOSING})
    return Line("", number, "taken", item=item, flat=said, firsts=firsts)


def changes(known: list[Known], *lines: Line) -> tuple[list[tuple[int, str]], list[Known]]:
    """What is added and what is dropped."""
    added, dropped = compare(known, statements(lines)["A"])
    return [(one.code, one.time) for one, _ in added], dropped


DAY, EXACT = "2026-03-03", "2026-03-03 10:30:15"


@pytest.mark.parametrize(
    ("known", "said", "added", "dropped"),
    [
        pytest.param([], [flat("受", DAY)], [(3, DAY)], [], id="new"),
        pytest.param([Known(3, f"{DAY} 00:00:00")], [flat("受", DAY)], [], [], id="the same date"),
        pytest.param([Known(3, EXACT)], [flat("受", DAY)], [], [], id="a date fits any time of the day"),
        pytest.param([Known(3, EXACT)], [flat("受", f"{DAY} 10:30:00")], [], [], id="a minute fits its seconds"),
        pytest.param([Known(3, EXACT)], [flat("受", f"{DAY} 10:31:00")], [(3, f"{DAY} 10:31:00")], [Known(3, EXACT)],
                     id="another minute moves it"),
        pytest.param([Known(3, EXACT)], [flat("受", "2026-03-04")], [(3, "2026-03-04")], [Known(3, EXACT)],
                     id="a corrected date moves it"),
        pytest.param([Known(3, EXACT)], [], [], [Known(3, EXACT)], id="no longer stated"),
        pytest.param([Known(8, EXACT)], [flat("受", DAY)], [], [], id="begun handling stands for accepted"),
        pytest.param([Known(9, EXACT)], [], [], [], id="what has no column is left alone"),
        pytest.param([Known(3, EXACT), Known(3, "2026-03-09 08:00:00")], [flat("受", DAY)], [], [],
                     id="a later one is out of a column's sight"),
        pytest.param([Known(3, "2026-03-01 08:00:00"), Known(3, EXACT)], [flat("受", DAY)], [],
                     [Known(3, "2026-03-01 08:00:00")], id="an earlier one is not"),
        pytest.param([Known(13, EXACT)], [flat("结", DAY)], [], [], id="an end is an end, whatever it was"),
        pytest.param([Known(11, EXACT), Known(15, "2026-05-01 09:00:00")], [flat("结", DAY)], [], [],
                     id="a revocation after the end"),
        pytest.param([Known(11, EXACT)], [flat("结", "2026-03-05")], [(11, "2026-03-05")], [Known(11, EXACT)],
                     id="the end moves"),
    ],
)  # fmt: skip
def test_a_row_of_a_listing(
    known: list[Known], said: list[Stated], added: list[tuple[int, str]], dropped: list[Known]
) -> None:
    assert changes(known, listing(*said)) == (added, dropped)


def test_a_date_of_a_column_is_left_out_where_the_same_file_has_it_exactly() -> None:
    events = [Line("", 9, "taken", item="A", exact=(exact(1, EXACT), exact(8, EXACT), exact(12, EXACT)))]
    row = listing(flat("收", DAY), flat("受", DAY), flat("结", DAY))
    assert changes([], row, *events) == ([(1, EXACT), (8, EXACT), (12, EXACT)], [])


def test_what_a_list_of_all_events_does_not_name_does_not_exist() -> None:
    whole = Line("", 9, "taken", item="A", exact=(exact(1, EXACT),), every=frozenset(range(1, 16)))
    known = [Known(1, EXACT), Known(6, EXACT), Known(1, "2026-03-04 08:00:00")]
    assert changes(known, whole) == ([], known[1:])


def test_events_of_a_sheet_alone_are_only_added() -> None:
    some = Line("", 9, "taken", item="A", exact=(exact(6, EXACT),))
    assert changes([Known(9, EXACT)], some) == ([(6, EXACT)], [])


def test_several_rows_of_one_item_are_one_statement() -> None:
    rows = [listing(flat("收", DAY)), listing(flat("受", DAY), number=3)]
    assert changes([Known(1, EXACT), Known(3, EXACT)], *rows) == ([], [])


def test_the_same_event_twice_is_added_once() -> None:
    assert changes([], listing(flat("收", DAY)), listing(flat("收", DAY), number=3)) == ([(1, DAY)], [])
