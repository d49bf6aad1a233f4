"""Where the output goes: a reader who has seen enough, a closed output, a terminal without Chinese letters."""

import os
import subprocess
import sys

import pytest

from tests.cli.office import NOW, Desk


def start(desk: Desk, *arguments: str, **options: object) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.cli.program", "--config", str(desk.folder), "--now", NOW, *arguments]
    return subprocess.Popen(command, env=os.environ | desk.env, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["ledger", "--all"], id="table"),
        pytest.param(["plan", "--dry-run"], id="plan", marks=pytest.mark.slow),
        pytest.param(["ledger", "--all", "--format", "csv"], id="csv", marks=pytest.mark.slow),
        pytest.param(["calendar", "2026"], id="calendar", marks=pytest.mark.slow),
    ],
)
def test_a_reader_who_goes_away_is_no_error(office: Desk, arguments: list[str]) -> None:
    with start(office, *arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.slow
def test_a_closed_output_is_no_error(office: Desk) -> None:
    with start(office, "ledger", preexec_fn=lambda: os.close(1)) as process:
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.slow
def test_a_terminal_without_chinese_letters_is_no_error(office: Desk) -> None:
    office.env |= {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = office.process("ledger")
    assert (done.returncode, done.stderr) == (0, "")
    assert "A-overdue" in done.stdout


def test_arguments_that_are_no_text(office: Desk) -> None:
    """Bytes that are no UTF-8 come as halves of surrogate pairs."""
    for arguments in (["check-code", "\udcff\udcfe"], ["ledger", "--unit", "\udcff"], ["explain", "\udcff"]):
        called = office.call(*arguments)
        assert called.code in (1, 2)
        assert called.err == "" or called.is_told
