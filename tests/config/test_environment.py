"""Overriding monitor.toml from the environment."""

import pytest

TOKEN = {"APPROVAL_MONITOR_CITY_TOKEN": "let-me-in"}


@pytest.mark.parametrize(
    ("variable", "raw", "read"),
    [
        pytest.param("DELIVERY__HOST", "10.1.2.3", lambda s: s.delivery.host == "10.1.2.3", id="text as it is"),
        pytest.param("DELIVERY__USERNAME", "123", lambda s: s.delivery.username == "123", id="digits that are text"),
        pytest.param("DELIVERY__PORT", "465", lambda s: s.delivery.port == 465, id="a number"),
        pytest.param("DELIVERY__SECURITY", "tls", lambda s: s.delivery.security == "tls", id="one of some words"),
        pytest.param("DELIVERY__TIMEOUT_SECONDS", "1.5", lambda s: s.delivery.timeout_seconds == 1.5, id="a fraction"),
        pytest.param("LOG__FORMAT", "json", lambda s: s.log.format == "json", id="a section that the file lacks"),
        pytest.param("DELIVERY__ENABLED", "False", lambda s: s.delivery.enabled is False, id="true or false"),
        pytest.param("SOURCES__CITY__PAGE_SIZE", "7", lambda s: s.sources[0].page_size == 7, id="a source by name"),
        pytest.param(
            "SOURCES__CITY__TABLES__ITEMS", "T", lambda s: s.sources[0].tables["items"] == "T", id="a table of a source"
        ),
        pytest.param(
            "SOURCES__CITY__DOCUMENTS_SINCE",
            "2026-01-02",
            lambda s: str(s.sources[0].documents_since) == "2026-01-02",
            id="a date",
        ),
    ],
)
def test_a_key_can_be_overridden(folder, variable: str, raw: str, read) -> None:
    env = {f"APPROVAL_MONITOR__{variable}": raw, "APPROVAL_MONITOR_SMTP_PASSWORD": "p"}
    if "USERNAME" not in variable:
        del env["APPROVAL_MONITOR_SMTP_PASSWORD"]
    assert read(folder.load(TOKEN | env).settings)


def test_an_override_wins_over_the_file(folder) -> None:
    folder.add("monitor.toml", "[delivery]\nport = 25\n")
    assert folder.load(TOKEN | {"APPROVAL_MONITOR__DELIVERY__PORT": "26"}).settings.delivery.port == 26


def test_a_wrong_override_is_reported_with_its_variable_not_with_a_line(folder) -> None:
    folder.add("monitor.toml", "[delivery]\nport = 25\n")
    [problem] = folder.problems(TOKEN | {"APPROVAL_MONITOR__DELIVERY__PORT": "tell-nobody"})
    assert (problem.code, problem.line) == ("G007", None)
    assert str(problem).startswith("环境变量 APPROVAL_MONITOR__DELIVERY__PORT [G007] delivery.port 应为整数")
    assert "tell-nobody" not in str(problem)


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        pytest.param("DELIVERY__HOTS", "HOST", id="a misspelt key"),
        pytest.param("DELIVRY__HOST", "DELIVERY", id="a misspelt section"),
        pytest.param("SOURCES__CTY__TOKEN", "CITY", id="a misspelt source"),
        pytest.param("DELIVERY", "节__键", id="a whole section"),
        pytest.param("SOURCES", "节__键", id="all sources"),
        pytest.param("SOURCES__CITY", "节__键", id="a whole source"),
        pytest.param("DELIVERY__HOST__NAME", "节__键", id="a key below a value"),
        pytest.param("", "节__键", id="nothing"),
    ],
)
def test_a_name_that_fits_nothing_is_an_error(folder, variable: str, hint: str) -> None:
    [problem] = folder.problems(TOKEN | {f"APPROVAL_MONITOR__{variable}": "x"})
    assert problem.code == "S001"
    assert hint in problem.hint


@pytest.mark.parametrize("raw", ["", "[" * 5000, "1\nx = 2", "\x00", "=", "nan"])
def test_a_value_that_makes_no_sense_is_a_problem_and_no_traceback(folder, raw: str) -> None:
    codes = [p.code for p in folder.problems(TOKEN | {"APPROVAL_MONITOR__DELIVERY__PORT": raw})]
    assert codes == ["G007"]


@pytest.mark.parametrize("broken", ["delivery = 5", "sources = 5", 'sources = ["city"]', "[[delivery]]"])
def test_an_override_of_a_section_that_is_none_leaves_the_error_of_the_file(folder, broken: str) -> None:
    folder.write("monitor.toml", broken)
    env = TOKEN | {"APPROVAL_MONITOR__DELIVERY__HOST": "h"}
    assert "G007" in {p.code for p in folder.problems(env)}


def test_other_variables_of_the_program_are_left_alone(folder) -> None:
    assert folder.problems(TOKEN | {"APPROVAL_MONITOR_CONFIG": "/etc", "PATH": "/bin"}) == ()
