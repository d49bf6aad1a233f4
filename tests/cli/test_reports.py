"""report: files of any period, and a rehearsal that shows every mail it would send."""

from pathlib import Path

import pytest

from tests.cli.office import Desk


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["--week", "2026-W11"], "weekly-2026-W11.html"),
        (["--month", "2026-03"], "monthly-2026-03.html"),
        (["--quarter", "2026-Q1"], "quarterly-2026-Q1.html"),
        (["--from", "2026-03-02", "--to", "2026-03-19"], "report-2026-03-02--2026-03-19.html"),
    ],
    ids=["week", "month", "quarter", "span"],
)
def test_any_period_is_written_as_files_and_the_same_again(
    office: Desk, tmp_path: Path, words: list[str], name: str
) -> None:
    for folder in ("one", "two"):
        called = office.call("report", *words, "--out", str(tmp_path / folder))
        assert (called.code, called.err) == (0, ""), called.err
    first, second = ((tmp_path / folder / name).read_text("utf-8") for folder in ("one", "two"))
    assert first == second
    assert "期末在办" in first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "2026-03-02"], "--from 与 --to 要一起写"),
        (["--week", "2026-W11", "--month", "2026-03"], "--week、--month 只能写一个"),
        (["--month", "2026-3"], "不是月份"),
        (["--month", "1999-03"], "1999-03"),
        (["--quarter", "2026-Q7"], "不是季度"),
        (["--from", "2026-03-09", "--to", "2026-03-02"], "请把两者对调"),
        (["--from", "一号", "--to", "2026-03-02"], "不是日期"),
    ],
)
def test_a_period_that_is_none_is_refused_with_a_sentence(office: Desk, words: list[str], said: str) -> None:
    called = office.call("report", *words)
    assert called.code == 2
    assert said in called.err


def test_a_dry_run_lists_the_leaders_mail_and_every_extract(office: Desk) -> None:
    called = office.call("report", "--dry-run")
    assert called.code == 0, called.err
    lines = called.out.splitlines()
    assert sum("【逾期周报】" in line for line in lines) == 1
    assert sum("【逾期周报·本单位摘要】" in line for line in lines) == 16
