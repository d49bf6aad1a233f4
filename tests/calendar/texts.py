"""The notices that the calendar is taught with: public texts of the State Council, and one made up for 2027."""

from functools import cache
from pathlib import Path

from monitor.notice_text import Notice, read_notice
from monitor.plain_text import lines_of

FOLDER = Path(__file__).parent / "notices"
YEARS = range(2008, 2027)
SAMPLE = "2027-sample"


def path(name: str) -> Path:
    """The file of a notice: 2019, 2019-change …"""
    return FOLDER / f"{name}.txt"


@cache
def text(name: str) -> str:
    """The words of a notice."""
    return path(name).read_text("utf-8")


def read(words: str, year: int | None = None) -> Notice:
    """What is read from these words."""
    return read_notice(lines_of(words), year)


def days(notice: Notice) -> dict[str, bool]:
    """What a notice arranges: ISO date → worked?"""
    return {day.isoformat(): working for day, (working, _) in notice.days.items()}
