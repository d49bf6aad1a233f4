"""The office's own template of the notice: where it lies, and what is said when it cannot be used."""

from pathlib import Path

from config.checks import report_template_problem
from config.load import load


def test_a_template_lies_in_the_folder_of_the_configuration(folder) -> None:
    folder.write("policy.toml", '[report]\ntemplate = "notices/own.docx"')
    config = load(folder.path, secrets=False)
    assert config.report_template == Path(folder.path).absolute() / "notices" / "own.docx"


def test_without_one_the_template_that_comes_with_the_program_is_used(folder) -> None:
    assert load(folder.path, secrets=False).report_template is None


def test_a_template_that_cannot_be_used_is_told_where_it_is_named(folder) -> None:
    folder.write("policy.toml", '[report]\n\ntemplate = "own.docx"')
    problem = report_template_problem(load(folder.path, secrets=False), "没有这个文件")
    assert (problem.code, problem.severity, problem.file, problem.line) == ("P033", "error", "policy.toml", 3)
    assert "没有这个文件" in problem.message
