"""What the office decides about formal letters."""

from pathlib import Path

import pytest

from config.checks import letter_template_problem
from config.load import load
from config.policy import Letters


def test_a_level_has_the_name_that_the_office_gives_its_letters() -> None:
    letters = Letters(red_card="督办令")
    assert (letters.title_of("yellow_card"), letters.title_of("red_card")) == ("督办通知单", "督办令")
    with pytest.raises(KeyError):
        letters.title_of("reminder")


def test_a_template_lies_in_the_folder_of_the_configuration(folder) -> None:
    folder.write("policy.toml", '[letters]\ntemplate = "letters/own.docx"')
    config = load(folder.path, secrets=False)
    assert config.letter_template == Path(folder.path).absolute() / "letters" / "own.docx"


def test_a_template_that_cannot_be_used_is_told_where_it_is_named(folder) -> None:
    folder.write("policy.toml", '[letters]\n\ntemplate = "own.docx"')
    problem = letter_template_problem(load(folder.path, secrets=False), "没有这个文件")
    assert (problem.code, problem.severity, problem.file, problem.line) == ("P032", "error", "policy.toml", 3)
    assert "没有这个文件" in problem.message
