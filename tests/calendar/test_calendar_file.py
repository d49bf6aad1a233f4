"""The calendar files that are written: what they say, who may read them, and what becomes of the former ones."""

import stat
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar_file import rendered, store
from config.overlay import DayRule, load_folder

NEW_YEAR = {date(2027, 1, n): DayRule(date(2027, 1, n), False, "元旦", "国办发明电〔2026〕1号") for n in (1, 2, 3)}
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Zs", "Cn", "Co")), min_size=1)


def test_runs_of_days_are_written_together_with_their_weekdays() -> None:
    own = {date(2027, 3, 8): DayRule(date(2027, 3, 8), False, "妇女节", "区政府通知")}
    worked = {date(2027, 2, 14): DayRule(date(2027, 2, 14), True, "春节调休上班", "国办发明电〔2026〕1号")}
    lines = rendered(2027, NEW_YEAR | own | worked).splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [
        'source = "国办发明电〔2026〕1号"',
        "[[off]]",
        "date = 2027-01-01  # 星期五",
        "to = 2027-01-03  # 星期日",
        'name = "元旦"',
        "[[off]]",
        "date = 2027-03-08  # 星期一",
        'name = "妇女节"',
        'source = "区政府通知"',
        "[[work]]",
        "date = 2027-02-14  # 星期日",
        'name = "春节调休上班"',
    ]


@given(
    st.dictionaries(st.dates(date(2027, 1, 1), date(2027, 12, 31)), st.tuples(st.booleans(), TEXTS, TEXTS), max_size=30)
)
def test_whatever_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, days: dict[date, tuple[bool, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("calendar")
    rules = {day: DayRule(day, working, name, source) for day, (working, name, source) in days.items()}
    (folder / "2027.toml").write_text(rendered(2027, rules), "utf-8")
    assert load_folder(folder) == (rules, [])


def test_more_than_a_month_of_one_name_is_written_in_parts(tmp_path: Path) -> None:
    days = [date(2027, 7, 1) + timedelta(days=n) for n in range(62)]
    rules = {day: DayRule(day, False, "停工", "区政府通知") for day in days}
    store(tmp_path, {2027: rules}, tmp_path / "monitor.toml")
    assert load_folder(tmp_path) == (rules, [])


def test_the_former_files_are_kept_each_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "2027.toml"
    path.write_text("# by hand\n", "utf-8")
    [first] = store(tmp_path, {2027: NEW_YEAR}, tmp_path / "monitor.toml")
    [second] = store(tmp_path, {2027: NEW_YEAR}, tmp_path / "monitor.toml")
    assert [first.former, second.former] == [tmp_path / "2027.toml.bak", tmp_path / "2027.toml.bak2"]
    assert first.former is not None
    assert first.former.read_text("utf-8") == "# by hand\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["2027.toml", "2027.toml.bak", "2027.toml.bak2"]
    assert load_folder(tmp_path) == (NEW_YEAR, [])


def test_the_service_may_read_what_it_may_read_of_the_other_files(tmp_path: Path) -> None:
    like = tmp_path / "monitor.toml"
    like.write_text("", "utf-8")
    like.chmod(0o640)
    [stored] = store(tmp_path / "calendar", {2027: NEW_YEAR}, like)
    assert stat.S_IMODE(stored.path.stat().st_mode) == 0o640


def test_when_a_year_cannot_be_written_none_is(tmp_path: Path) -> None:
    path = tmp_path / "2027.toml"
    path.write_text("# by hand\n", "utf-8")
    wrong = {date(2026, 12, 31): DayRule(date(2026, 12, 31), False, "元旦", "通知")}
    with pytest.raises(RuntimeError):
        store(tmp_path, {2027: NEW_YEAR, 2028: wrong}, tmp_path / "monitor.toml")
    assert [each.name for each in tmp_path.iterdir()] == ["2027.toml"]
    assert path.read_text("utf-8") == "# by hand\n"
