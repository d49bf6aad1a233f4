"""check-code in all its forms, and the ledger of wrong codes."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from config.policy import Policy
from config.regions import DEFAULT, regions_of
from monitor.cli.quick import check_code
from tests.cli.office import Desk, call

GOOD, BAD = "2106-440100-04-01-237448", "2106-440100-04-01-237449"
OWN = "2601-110116-04-01-123452"


def listed(tmp_path: Path, name: str, content: bytes) -> str:
    """A file with this content."""
    path = tmp_path / name
    path.write_bytes(content)
    return str(path)


def workbook_of(*rows: tuple[str, ...]) -> bytes:
    buffer = io.BytesIO()
    with Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return buffer.getvalue()


FILES = {
    "lines": (f"{GOOD}\n\n{BAD}\n".encode(), ["第 1 行", "第 3 行"]),
    "lines with a byte order mark and the ends of Windows": (
        b"\xef\xbb\xbf" + f"{GOOD}\r\n{BAD}\r\n".encode(),
        ["第 1 行", "第 2 行"],
    ),
    "a column of a CSV in GB18030": (
        f"序号,国家统一项目代码,项目\n1,{GOOD},甲\n2,{BAD},乙\n".encode("gb18030"),
        ["第 2 行", "第 3 行"],
    ),
    "a column below a title": (
        f"怀柔区项目一览,\n项目,XMDM\n甲,{GOOD}\n乙,{BAD}\n".encode(),
        ["第 3 行", "第 4 行"],
    ),
    "a column of a workbook": (
        workbook_of(("项目", "项目代码"), ("甲", GOOD), ("乙", BAD)),
        ["第 2 行", "第 3 行"],
    ),
}


@pytest.mark.parametrize(("content", "places"), FILES.values(), ids=FILES.keys())
def test_the_codes_of_a_file_are_judged_each_with_its_place(tmp_path: Path, content: bytes, places: list[str]) -> None:
    name = listed(tmp_path, "codes", content)
    called, as_json = call(["check-code", "--file", name]), call(["check-code", "--file", name, "--format", "json"])
    assert (called.code, called.err) == (1, "")
    assert called.out.splitlines()[-1] == "共 2 个：正确 1，有误 1。"
    assert [(row["place"], row["ok"]) for row in as_json.json] == [(places[0], True), (places[1], False)]


def test_an_empty_cell_of_the_column_is_a_missing_code(tmp_path: Path) -> None:
    name = listed(tmp_path, "a.csv", f"项目,项目代码\n甲,\n乙,{OWN}\n".encode())
    assert "第 2 行  有误  （空）  没有填写项目代码。" in call(["check-code", "--file", name]).out


def test_codes_of_the_call_and_of_a_file_are_judged_together(tmp_path: Path) -> None:
    called = call(["check-code", GOOD, "--file", listed(tmp_path, "a", GOOD.encode()), "--format", "json"])
    assert [row.get("place") for row in called.json] == [None, "第 1 行"]
    assert called.code == 0


def test_standard_input_is_a_file_too() -> None:
    command = [sys.executable, "-m", "tests.cli.program", "check-code", "--file", "-"]
    done = subprocess.run(command, input=f"{GOOD}\n{BAD}\n", capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("第 1 行  正确")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("none.txt", "没有这个文件", id="that is not there"),
        pytest.param("empty.txt", "文件是空的", id="that is empty"),
    ],
)
def test_a_file_is_told_in_a_sentence(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "empty.txt").write_bytes(b"\n")
    called = call(["check-code", "--file", str(tmp_path / name)])
    assert (called.code, called.out) == (2, "")
    assert words in called.err
    assert called.is_told


# --- one's own region -------------------------------------------------------------------------------------------


def test_a_code_of_another_region_is_right_with_a_remark(desk: Desk) -> None:
    called = desk.call("check-code", GOOD)
    assert called.code == 0
    assert "请注意：赋码地区 440100 不是本辖区（110116；" in called.out
    desk.change("policy.toml", '["110116"]', '["440100", "110116"]')
    assert "请注意" not in desk.call("check-code", GOOD).out


SPOILT = {
    "no folder": None,
    "no policy.toml at all": "",
    "no TOML": "region_codes = [",
    "no list": 'region_codes = "110116"',
    "no code of a region": 'region_codes = ["怀柔"]',
    "nothing": "region_codes = []",
}


@pytest.mark.parametrize("text", SPOILT.values(), ids=SPOILT.keys())
def test_without_usable_codes_of_the_region_the_default_counts(tmp_path: Path, text: str | None) -> None:
    if text:
        (tmp_path / "policy.toml").write_text(text, "utf-8")
    assert regions_of(tmp_path if text is not None else tmp_path / "none") == DEFAULT == Policy().region_codes


# --- answered at once -------------------------------------------------------------------------------------------

PLAIN = {
    "one code": [GOOD],
    "several": [GOOD, BAD, ""],
    "as JSON": ["--format", "json", BAD],
    "as JSON, written together": [BAD, "--format=json"],
    "after the end of options": ["--", "-", GOOD],
}
OTHER = {
    "help": ["--help"],
    "no code": [],
    "an unknown option": ["--frob", GOOD],
    "an unknown form": ["--format", "xml", GOOD],
    "a file": ["--file", "a.csv"],
}


@pytest.mark.parametrize("arguments", PLAIN.values(), ids=PLAIN.keys())
def test_a_plain_call_is_answered_at_once_with_what_the_whole_program_says(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    whole = call(["check-code", *arguments])
    code = check_code(["check-code", *arguments])
    assert (code, capsys.readouterr().out) == (whole.code, whole.out)


@pytest.mark.parametrize("arguments", OTHER.values(), ids=OTHER.keys())
def test_any_other_call_is_left_to_the_whole_program(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert check_code(["check-code", *arguments]) is None
    assert check_code(["ledger"]) is None
    assert capsys.readouterr().out == ""


def test_a_plain_call_loads_nothing_heavy() -> None:
    heavy = ("typer", "pydantic", "sqlalchemy", "rich")
    program = (
        "import sys\nfrom monitor.cli import main\ntry:\n    main(['check-code', '2601'])\nexcept SystemExit:\n"
        f"    print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_output_that_nobody_reads_is_no_error() -> None:
    command = f"{sys.executable} -m tests.cli.program check-code {GOOD} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# --- the ledger -------------------------------------------------------------------------------------------------


def test_the_ledger_of_wrong_codes_has_only_items_with_one(office: Desk) -> None:
    every = json.loads(office.call("ledger", "--all", "--format", "json").out)
    wrong = json.loads(office.call("ledger", "--all", "--codes", "--format", "json").out)
    assert [row["item"] for row in wrong] == [row["item"] for row in every if row["code_problem"]]
    assert all(row["code_problem"] for row in wrong)


def test_in_the_terminal_it_shows_the_code_and_what_is_wrong(office: Desk) -> None:
    called = office.call("ledger", "--codes")
    assert called.code == 0
    for word in ("项目代码", "问题", "没有填写"):
        assert word in called.out


def test_a_dry_run_shows_the_counters_mail_and_keeps_nothing(office: Desk) -> None:
    called = office.call("plan", "--dry-run")
    [shown] = [row for row in called.out.splitlines() if "【项目代码】新发现" in row]
    assert "zongchuang@zwfw.example" in shown
    assert shown.endswith("[kept]")
    assert office.kept() == []
