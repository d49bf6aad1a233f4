"""The documentation is true: the reference is the generated one, links lead somewhere, no command is left out."""

import re
from configparser import RawConfigParser
from pathlib import Path

import pytest

from alerts.tables import metadata
from config.policy import LEVEL_LABELS, ROLE_LABELS
from config.problems import CODES
from config.reference import markdown
from monitor.cli.main import cli
from monitor.jobs import daemon
from monitor.ledger import tables

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
PAGES = sorted([*READMES, ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
LINK = re.compile(r"!?\[(?:[^\[\]]|!\[[^\]]*\]\([^)]*\))*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
MOST_BYTES = 300 * 1024
COMMANDS = [str(one.name) for one in (*cli.registered_commands, *cli.registered_groups)]


def named(page: Path) -> str:
    """The page as a test is named after it."""
    return str(page.relative_to(ROOT))


def links(page: Path) -> list[str]:
    """The targets of the page's links and pictures that lie within the project."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    found = [target for _, target in PICTURE.findall(text)] + LINK.findall(text)
    return [target for target in found if "://" not in target]


def anchors(page: Path) -> set[str]:
    """The anchors that a forge makes of the page's headings."""
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-")
        for heading in HEADING.findall(page.read_text("utf-8"))
    }


def test_the_configuration_reference_is_the_one_the_declarations_make() -> None:
    assert (DOCS / "configuration.md").read_text("utf-8") == markdown(), "make docs"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    missing = []
    for target in links(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path) if path else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            missing.append(target)
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_picture_has_a_description(page: Path) -> None:
    assert [target for words, target in PICTURE.findall(page.read_text("utf-8")) if not words.strip()] == []


def test_every_picture_is_shown_somewhere_and_none_is_heavy() -> None:
    shown = {(page.parent / target).resolve() for page in PAGES for target in links(page) if target.endswith(".png")}
    pictures = {path.resolve() for path in (DOCS / "images").iterdir()}
    assert pictures == shown
    assert [path.name for path in pictures if path.stat().st_size > MOST_BYTES] == []


@pytest.mark.parametrize("readme", READMES, ids=named)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_row_in_the_table_of_commands(readme: Path, command: str) -> None:
    assert re.search(rf"^\| `{command}[ `]", readme.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_the_table_of_commands_names_no_command_that_does_not_exist(readme: Path) -> None:
    rows = re.findall(r"^\| `([a-z-]+)[ `]", readme.read_text("utf-8"), re.MULTILINE)
    assert set(rows) == set(COMMANDS)


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_a_readme_begins_with_the_two_commands_a_mail_and_the_ledger(readme: Path) -> None:
    beginning = readme.read_text("utf-8").partition("\n## ")[0]
    for wanted in ("make demo", "make test", "docs/images/red-card.png", "docs/images/ledger.png"):
        assert wanted in beginning


def test_the_architecture_names_every_table_of_the_ledger() -> None:
    assert tables.Item.metadata is metadata
    section = (DOCS / "architecture.md").read_text("utf-8").partition("## Tables")[2].partition("\n## ")[0]
    assert [name for name in metadata.tables if f"`{name}`" not in section] == []


def test_each_promise_of_the_architecture_names_tests_that_exist() -> None:
    section = (DOCS / "architecture.md").read_text("utf-8").partition("## Promises")[2]
    promises = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(promises) > 10
    for promise in promises:
        files = re.findall(r"`(tests/[\w/.]+)`", promise)
        assert files, promise
        assert [file for file in files if not (ROOT / file).is_file()] == []


def test_the_glossary_has_every_role_and_level() -> None:
    glossary = (DOCS / "glossary.md").read_text("utf-8")
    for name, label in [*ROLE_LABELS.items(), *LEVEL_LABELS.items()]:
        assert f"`{name}`" in glossary
        assert f"| {label.removeprefix('督办·')} |" in glossary


def test_the_operators_guide_names_only_codes_of_problems_that_exist() -> None:
    named_codes = re.findall(r"\b[GSKPUMY]\d{3}\b", (DOCS / "operator-guide.zh-CN.md").read_text("utf-8"))
    assert named_codes
    assert set(named_codes) <= set(CODES)


def test_every_decision_is_listed() -> None:
    listed = set(links(DOCS / "decisions" / "README.md"))
    assert listed == {path.name for path in (DOCS / "decisions").glob("0*.md")}


def test_the_systemd_unit_gives_the_daemon_the_time_and_the_secret_it_needs() -> None:
    unit = RawConfigParser(strict=False, comment_prefixes="#")
    unit.optionxform = str
    unit.read(DOCS / "deploy" / "approval-monitor.service", encoding="utf-8")
    service = unit["Service"]
    assert service["Type"] == "notify"
    assert int(service["TimeoutStopSec"]) >= daemon.STOP_SECONDS + 10
    assert service["LoadCredential"].startswith("city_token:")
    assert service["ExecStart"].endswith(" run")
