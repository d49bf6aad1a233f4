"""The demonstration: what it leaves, that it is the same each time, and that it spares other people's files."""

import json
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from monitor.demo.walk import walk


def letters(folder: Path) -> list[tuple[str, str, str]]:
    """(Message-ID, subject, text) of every mail, in an order of their own."""
    found = []
    for path in (folder / "mails").glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        found.append((str(message["Message-ID"]), str(message["Subject"]), body.get_content()))
    return sorted(found)


def check_left(folder: Path) -> None:
    """Mails with their pages, the weekly report and the ledger are there."""
    assert {path.name for path in folder.iterdir()} >= {"mails", "weekly", "data", "台账.xlsx", "台账.json"}
    assert {path.suffix for path in (folder / "weekly").iterdir()} == {".html", ".txt", ".xlsx", ".pdf", ".docx"}
    mails = list((folder / "mails").iterdir())
    assert {path.with_suffix(".html") for path in mails if path.suffix == ".eml"} <= set(mails)
    assert len(json.loads((folder / "台账.json").read_text("utf-8"))) > 90


def test_two_days_leave_mails_weekly_report_and_ledger_and_the_same_again_for_the_seed(tmp_path: Path) -> None:
    said: list[str] = []
    walk(tmp_path / "first", 2, 7, said.append)
    check_left(tmp_path / "first")
    subjects = [subject for _, subject, _ in letters(tmp_path / "first")]
    assert any("催办" in subject for subject in subjects)
    assert any("督办" in subject for subject in subjects)
    assert any("周报" in subject for subject in subjects)
    assert sum("天 2026-" in line for line in said) == 2
    before = letters(tmp_path / "first")
    (tmp_path / "first" / "mails" / "left-over.eml").write_bytes(b"")
    walk(tmp_path / "first", 2, 7, said.append)
    assert letters(tmp_path / "first") == before


@pytest.mark.slow
def test_ten_days_leave_a_report_for_each_of_three_weeks_and_mails_of_every_level(tmp_path: Path) -> None:
    said: list[str] = []
    walk(tmp_path / "out", 10, 1, said.append)
    check_left(tmp_path / "out")
    subjects = " ".join(subject for _, subject, _ in letters(tmp_path / "out"))
    assert all(word in subjects for word in ("催办", "督办·黄牌", "督办·红牌"))
    assert subjects.count("【逾期周报】") == 3
    assert subjects.count("【逾期周报·本单位摘要】") == 3 * 16
    assert sum("天 2026-" in line for line in said) == 10
    assert len({message_id for message_id, _, _ in letters(tmp_path / "out")}) == len(letters(tmp_path / "out"))


def test_a_folder_with_other_files_is_refused_with_a_sentence_and_left_as_it_is(tmp_path: Path) -> None:
    theirs = tmp_path / "报告.docx"
    theirs.write_text("别人的文件", "utf-8")
    program = str(Path(sys.executable).with_name("approval-monitor"))
    asked = subprocess.run([program, "demo", "--dir", str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert asked.returncode in (2, 3)
    assert "目录非空" in asked.stderr
    assert "Traceback" not in asked.stderr
    assert list(tmp_path.iterdir()) == [theirs]
