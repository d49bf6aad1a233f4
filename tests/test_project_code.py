"""What a project code must be, what is wrong with the usual faulty ones, and which of those can be repaired."""

import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.project_code import check_digit, judge

SHARED = Path(__file__).resolve().parents[2] / "shared"
NAUGHTY = SHARED / "data" / "naughty_strings" / "blns.json"
PROJECTS = SHARED / "data" / "platform" / "XMJBXXB.jsonl.gz"

NEW = "2106-440100-04-01-237448"
OTHER = "2304-441900-04-01-135254"
OLD = "2017-440300-81-01-103214"
REAL_NEW = [NEW, OTHER, "2411-130202-89-01-637015", "2505-330354-04-01-274607", "2603-141124-89-05-346948"]
REAL_OLD = [OLD, "2020-330327-48-01-167360"]
PROBLEMS = {
    "missing",
    "several",
    "prefix",
    "suffix",
    "full_width",
    "hyphens",
    "spaces",
    "check_digit",
    "shape",
    "month",
    "year",
    "zeros",
    "local_code",
}


def code_of(first19: str) -> str:
    """The new-style code whose first 19 digits are given."""
    digits = first19 + str(check_digit(first19))
    return "-".join((digits[:4], digits[4:10], digits[10:12], digits[12:14], digits[14:]))


@st.composite
def new_codes(draw: st.DrawFn, first_year: int = 20) -> str:
    """A valid code of the new style."""
    year, month = draw(st.integers(first_year, 99)), draw(st.integers(1, 12))
    rest = draw(st.text("0123456789", min_size=15, max_size=15))
    return code_of(f"{year:02}{month:02}{rest}")


@pytest.mark.parametrize("code", REAL_NEW)
def test_a_real_code_of_the_new_style_is_right(code: str) -> None:
    verdict = judge(code)
    assert (verdict.ok, verdict.style, verdict.problem, verdict.repaired) == (True, "new", None, None)


@pytest.mark.parametrize("code", REAL_OLD)
def test_a_real_code_of_the_old_style_is_right_with_the_remark_that_nothing_checks_it(code: str) -> None:
    verdict = judge(code)
    assert (verdict.ok, verdict.style, verdict.problem, verdict.repaired) == (True, "old", None, None)
    assert verdict.remark is not None
    assert "没有校验码" in verdict.remark


@pytest.mark.parametrize(
    ("code", "style"),
    [
        pytest.param(code_of("2012110116040112345"), "new", id="2012 is December 2020"),
        pytest.param(code_of("2001110116040112345"), "new", id="2001 is January 2020"),
        pytest.param("2015-110116-48-03-123456", "old", id="2015 is the first old year"),
        pytest.param("2021-110116-48-03-123456", "old", id="2021 is the last old year"),
    ],
)
def test_the_first_group_tells_the_style(code: str, style: str) -> None:
    assert (judge(code).ok, judge(code).style) == (True, style)


def test_december_2020_is_not_spared_the_check_digit_by_looking_like_a_year() -> None:
    good = code_of("2012110116040112345")
    assert judge(good[:-1] + str((int(good[-1]) + 1) % 10)).problem == "check_digit"


@pytest.mark.parametrize(
    ("given_code", "problem", "repaired"),
    [
        pytest.param("21064401000401237448", "hyphens", NEW, id="no hyphens"),
        pytest.param("2106-44010004-01-237448", "hyphens", NEW, id="one hyphen missing"),
        pytest.param("210-6440100-04-01-237448", "hyphens", NEW, id="a hyphen one digit too early"),
        pytest.param("2106/440100/04/01/237448", "hyphens", NEW, id="slashes for hyphens"),
        pytest.param("2106 440100 04 01 237448", "hyphens", NEW, id="spaces for hyphens"),
        pytest.param("2106~440100~04~01~237448", "hyphens", NEW, id="tildes for hyphens"),
        pytest.param("20174403008101103214", "hyphens", OLD, id="old style, no hyphens"),
        pytest.param(
            "20179903008101103214", "hyphens", None, id="old style, no hyphens, unknown province: not certain"
        ),
        pytest.param("20174403008109103214", "hyphens", None, id="old style, no hyphens, unknown type: not certain"),
        pytest.param("２１０６－４４０１００－０４－０１－２３７４４８", "full_width", NEW, id="full-width throughout"),
        pytest.param("２１０６-440100-04-01-237448", "full_width", NEW, id="some full-width digits"),
        pytest.param("2106—440100—04—01—237448", "full_width", NEW, id="em dashes"),
        pytest.param("2106－440100－04－01－237448", "full_width", NEW, id="full-width hyphens"),
        pytest.param("2106一440100一04一01一237448", "full_width", NEW, id="the character 一 for a dash"),
        pytest.param("２０１７－４４０３００－８１－０１－１０３２１４", "full_width", OLD, id="old style, full-width"),
        pytest.param(f" {NEW}", "spaces", NEW, id="leading space"),
        pytest.param(f"{NEW}\n", "spaces", NEW, id="trailing line break"),
        pytest.param(f"{NEW}\u3000", "spaces", NEW, id="trailing full-width space"),
        pytest.param(f"\ufeff{NEW}", "spaces", NEW, id="byte order mark"),
        pytest.param("2106-\u200b440100-04-01-237448", "spaces", NEW, id="zero-width space inside"),
        pytest.param("2106 - 440100 - 04 - 01 - 237448", "spaces", NEW, id="spaces around the hyphens"),
        pytest.param("2106-44 0100-04-01-237448", "spaces", NEW, id="a space within a group"),
        pytest.param(f"项目代码：{NEW}", "prefix", NEW, id="项目代码 before it"),
        pytest.param(f"国家统一投资项目代码: {NEW}", "prefix", NEW, id="a longer name before it"),
        pytest.param(f"【{NEW}】", "prefix", NEW, id="in brackets"),
        pytest.param(f"项目代码：{OLD}", "prefix", OLD, id="old style with a prefix"),
        pytest.param("项目代码：21064401000401237448", "prefix", NEW, id="prefix and no hyphens"),
        pytest.param(f"原项目代码：{NEW}", "prefix", None, id="the *former* code: which one holds is not certain"),
        pytest.param(f"A{NEW}", "prefix", None, id="a letter glued to the front"),
        pytest.param(f"12-{NEW}", "prefix", None, id="digits before it"),
        pytest.param(f"{NEW}-679", "suffix", NEW, id="the 工程代码 in its place"),
        pytest.param(f"{OLD}-679", "suffix", OLD, id="the 工程代码 of an old code in its place"),
        pytest.param(f"{NEW}。", "suffix", NEW, id="full stop after it"),
        pytest.param(f"{NEW}（已注销）", "suffix", None, id="a note after it whose meaning counts"),
        pytest.param(f"{NEW}X", "suffix", None, id="a letter glued to the end"),
        pytest.param(f"{NEW}、{OTHER}", "several", None, id="two codes"),
        pytest.param(f"{NEW} {OTHER}", "several", None, id="two codes with a space between"),
        pytest.param(f"{NEW}\n{OLD}\n{OTHER}", "several", None, id="three lines"),
        pytest.param(f"{NEW}，{NEW}", "several", NEW, id="the same code twice"),
        pytest.param(f"{NEW}，{NEW[:-1]}9", "several", None, id="two codes of which one verifies"),
    ],
)
def test_a_right_code_written_wrongly_is_refused_and_repaired_only_where_certain(
    given_code: str, problem: str, repaired: str | None
) -> None:
    verdict = judge(given_code)
    assert (verdict.ok, verdict.problem, verdict.repaired) == (False, problem, repaired)


@pytest.mark.parametrize(
    ("given_code", "problem"),
    [
        pytest.param(None, "missing", id="nothing"),
        pytest.param("", "missing", id="empty"),
        pytest.param(" \u3000\ufeff", "missing", id="blanks"),
        pytest.param("/", "missing", id="a slash"),
        pytest.param("——", "missing", id="a dash"),
        pytest.param("暂无", "missing", id="暂无"),
        pytest.param("NULL", "missing", id="NULL"),
        pytest.param("项目代码：无", "missing", id="the label and 无"),
        pytest.param("项目代码", "missing", id="the label alone"),
        pytest.param("暂未赋码", "missing", id="暂未赋码"),
        pytest.param("正在办理中", "missing", id="正在办理中"),
        pytest.param("0", "zeros", id="one zero"),
        pytest.param("0000-000000-00-00-000000", "zeros", id="zeros in the right shape"),
        pytest.param("00000000000000000000", "zeros", id="twenty zeros"),
        pytest.param("０００", "zeros", id="full-width zeros"),
        pytest.param("2106-440100-04-01-237449", "check_digit", id="last digit wrong"),
        pytest.param("21064401000401237449", "check_digit", id="last digit wrong and no hyphens"),
        pytest.param("2106-440100-04-01-237449-679", "check_digit", id="last digit wrong and a suffix"),
        pytest.param("2106-440100-04-01-23744", "shape", id="a digit short"),
        pytest.param("2106-440100-04-01-2374488", "shape", id="a digit too many"),
        pytest.param("2106-440100-04-237448", "shape", id="a group missing"),
        pytest.param("2106-44O100-04-01-237448", "shape", id="the letter O for a zero"),
        pytest.param("龙山街道农村生活垃圾分类站", "shape", id="the project's name"),
        pytest.param("12345", "shape", id="a few digits"),
        pytest.param("2.10644E+19", "shape", id="what a spreadsheet leaves of a number so long"),
        pytest.param("2100-110116-04-01-123456", "month", id="month 00"),
        pytest.param("2213-110116-04-01-123456", "month", id="month 13"),
        pytest.param("1306-110116-04-01-123456", "year", id="year 13"),
        pytest.param("2014-110116-04-01-123456", "year", id="2014: before there were codes"),
        pytest.param("2024-110116-04-01-123456", "year", id="2024 written out"),
        pytest.param("京怀柔发改（备）〔2023〕12号", "local_code", id="number of a document"),
        pytest.param("91110116MA01ABCD2X", "local_code", id="unified social credit code"),
        pytest.param("HR-2026-00123", "local_code", id="a local number"),
    ],
)
def test_what_is_no_right_code_is_refused_without_a_repair(given_code: str | None, problem: str) -> None:
    verdict = judge(given_code)
    assert (verdict.ok, verdict.problem, verdict.repaired) == (False, problem, None)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(REAL_NEW[3], "330354", id="a development zone that no list has"),
        pytest.param(code_of("2601000052040112345"), "中央部门", id="a region of no province"),
        pytest.param(code_of("2601110116550112345"), "55", id="unknown guiding department"),
        pytest.param(code_of("2601110116040912345"), "09", id="unknown type"),
    ],
)
def test_an_unknown_part_is_a_remark_and_no_reason_to_refuse(code: str, words: str) -> None:
    verdict = judge(code)
    assert verdict.ok
    assert verdict.remark is not None
    assert words in verdict.remark


@pytest.mark.parametrize("regions", [(), ("110116",), ("110100", "110116")], ids=["none given", "one", "two"])
def test_an_ordinary_code_of_the_district_has_no_remark(regions: tuple[str, ...]) -> None:
    assert judge(code_of("2601110116040112345"), regions).remark is None


@pytest.mark.parametrize(
    ("given_code", "ok"),
    [
        pytest.param(code_of("2601110105040112345"), True, id="of another district of the city"),
        pytest.param(REAL_NEW[3], True, id="of a development zone that no list has"),
        pytest.param(f"项目代码：{NEW}", False, id="wrongly written and repaired"),
    ],
)
def test_a_code_of_another_region_is_remarked_on_and_never_refused_for_it(given_code: str, ok: bool) -> None:
    verdict = judge(given_code, ("110116",))
    assert verdict.ok is ok
    assert "不是本辖区（110116；" in (verdict.remark or "")


def test_a_code_that_is_wrong_in_itself_has_no_remark() -> None:
    assert judge("2106-440100-04-01-237449", ("110116",)).remark is None


def test_a_number_spoilt_by_a_spreadsheet_is_told_as_such() -> None:
    assert "科学计数" in judge("2.10644E+19").message


def test_a_refusal_says_what_to_do_and_never_gives_the_check_digit_away() -> None:
    message = judge("2106-440100-04-01-237449").message
    assert "重新录入" in message
    assert "不得受理" in message
    assert "237448" not in message


@given(new_codes(first_year=21), st.integers(0, 19), st.integers(1, 9))
def test_one_wrong_digit_is_always_caught(code: str, place: int, step: int) -> None:
    index = [i for i, char in enumerate(code) if char != "-"][place]
    wrong = code[:index] + str((int(code[index]) + step) % 10) + code[index + 1 :]
    assert not judge(wrong).ok
    assert judge(wrong).repaired is None


@given(st.integers(1, 12), st.text("0123456789", min_size=15, max_size=15), st.integers(0, 19), st.integers(1, 9))
def test_one_wrong_digit_in_a_code_of_2020_passes_only_as_an_old_code(
    month: int, rest: str, place: int, step: int
) -> None:
    code = code_of(f"20{month:02}{rest}")
    index = [i for i, char in enumerate(code) if char != "-"][place]
    wrong = code[:index] + str((int(code[index]) + step) % 10) + code[index + 1 :]
    verdict = judge(wrong)
    assert not verdict.ok or (verdict.style == "old" and 2015 <= int(wrong[:4]) <= 2021 and index in (2, 3))


def test_nearly_every_swap_of_neighbours_is_caught() -> None:
    caught = Counter(
        check_digit(f"2601110116040{left}{right}2345") != check_digit(f"2601110116040{right}{left}2345")
        for left in range(10)
        for right in range(10)
        if left != right
    )
    assert caught[True] / caught.total() > 0.95


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    verdict = judge(text)
    assert verdict.given == text
    assert verdict.message
    assert verdict.ok == (verdict.problem is None)
    assert verdict.problem is None or verdict.problem in PROBLEMS


@given(st.text("0123456789-－—０１９ 　项目代码：、\n〔〕号AX/.", max_size=60))
def test_a_repair_is_itself_right(text: str) -> None:
    repaired = judge(text).repaired
    assert repaired is None or judge(repaired).ok


@given(new_codes(), st.sampled_from(["{}-001", "项目代码：{}", " {}", "{}，{}"]))
def test_every_right_code_in_a_usual_wrong_dress_is_repaired(code: str, dress: str) -> None:
    assert judge(dress.format(code, code)).repaired == code


def test_a_very_long_cell_is_judged_at_once() -> None:
    for text in ("1" * 200_000, "- " * 100_000, f"{NEW} " * 10_000, "1111-" * 50_000):
        assert not judge(text).ok


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the list of naughty strings is not beside the project")
def test_naughty_strings_are_refused_without_raising() -> None:
    strings = json.loads(NAUGHTY.read_text(encoding="utf-8"))
    assert len(strings) > 400
    assert [text for text in strings if judge(text).ok or judge(text).repaired] == []


@pytest.mark.skipif(not PROJECTS.exists(), reason="the sample tables of the platform are not beside the project")
def test_every_code_of_the_sample_platform_gets_the_verdict_its_writing_deserves() -> None:
    with gzip.open(PROJECTS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    verdicts = [(judge(row["XMDM"]), row["GCDM"].rpartition("-")[0]) for row in rows]
    assert Counter(verdict.problem or "good" for verdict, _ in verdicts) == {
        "good": 617,
        "hyphens": 15,
        "missing": 15,
        "full_width": 11,
        "prefix": 8,
        "check_digit": 7,
        "month": 4,
    }
    badly_written = [pair for pair in verdicts if pair[0].problem in ("hyphens", "full_width", "prefix")]
    assert all(verdict.repaired == base for verdict, base in badly_written)
    assert not any(verdict.repaired for verdict, _ in verdicts if verdict.problem in ("check_digit", "month"))


@pytest.mark.parametrize("text", ["", "123", "x" * 19, "１" * 19, "1" * 20])
def test_check_digit_says_what_it_wants_instead(text: str) -> None:
    with pytest.raises(ValueError, match="前 19 位数字"):
        check_digit(text)


def test_importing_it_loads_nothing_heavy() -> None:
    heavy = ("pydantic", "sqlalchemy", "httpx", "asyncio")
    program = f"import sys, monitor.project_code; print([m for m in {heavy} if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
