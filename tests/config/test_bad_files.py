"""Each mistake an operator can make is found where it stands, with its code and what to do, and nothing else is.

The files in ``bad/<part>/`` are named after their mistake. Each is put in the place of the sound file of its part, and
says itself what is expected, on the guilty line:

    # !! CODE severity [words of the message or hint]
    # !!file CODE severity …       where no line can be named
    # !!units.toml:5 CODE severity …      where the mistake shows in another file
"""

import re
from pathlib import Path

import pytest

from config.problems import CODES, Problem

BAD = Path(__file__).parent / "bad"
PLACE = {"calendar": "calendar/2027.toml"}
MARK = re.compile(r"# !!(\S*) ([A-Z]\d{3}) (error|warning)(?: ([^#]*[^# ]))?")

Expected = tuple[str, int | None, str, str, str]


def expectations(part: str, text: str) -> list[Expected]:
    """(file, line, code, severity, words) of every mark in ``text``."""
    own = PLACE.get(part, f"{part}.toml")
    found: list[Expected] = []
    for number, line in enumerate(text.splitlines(), 1):
        for where, code, severity, words in MARK.findall(line):
            file, _, other = where.rpartition(":")
            place = (own, None) if where == "file" else (file, int(other)) if where else (own, number)
            found.append((*place, code, severity, words))
    return found


def is_met(expected: Expected, problem: Problem) -> bool:
    *place, words = expected
    same = [problem.file, problem.line, problem.code, problem.severity] == place
    return same and words in f"{problem.message}。{problem.hint}"


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=f"{path.parent.name}: {path.stem}") for path in sorted(BAD.rglob("*.toml"))]
)
def test_a_mistake_is_found_where_it_stands_and_nothing_else_is(folder, path: Path) -> None:
    part, text = path.parent.name, path.read_text("utf-8")
    folder.write(PLACE.get(part, f"{part}.toml"), text)
    problems = sorted(folder.problems(), key=lambda p: (p.line or 0, p.code))
    expected = sorted(expectations(part, text), key=lambda e: (e[1] or 0, e[2]))
    assert expected, f"{path.name} does not say what is expected"
    assert len(problems) == len(expected), [str(problem) for problem in problems]
    for each, problem in zip(expected, problems, strict=True):
        assert is_met(each, problem), f"{problem.severity} {problem}, expected {each}"


def test_no_sentence_repeats_a_secret_of_a_bad_file(folder) -> None:
    for path in sorted((BAD / "monitor").glob("*.toml")):
        folder.write("monitor.toml", path.read_text("utf-8"))
        for problem in folder.problems():
            assert "tell-nobody" not in str(problem), path.name


def test_every_code_is_hit_by_a_test() -> None:
    tests = "".join(
        path.read_text("utf-8") for kind in ("*.py", "*.toml") for path in Path(__file__).parent.rglob(kind)
    )
    assert [code for code in CODES if code not in tests] == []


def test_every_code_that_the_program_uses_has_a_title() -> None:
    package = Path(__file__).parents[2] / "config"
    used = {
        code for path in package.glob("*.py") for code in re.findall(r'"([GSKPUMY]\d{3})"', path.read_text("utf-8"))
    }
    assert used == set(CODES)
