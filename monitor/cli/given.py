"""What several commands are given: a unit, a date, a place to write a workbook to."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.context import CallError

if TYPE_CHECKING:
    from datetime import date

    from monitor.app import App


def unit_of(app: "App", given: str | None, *, unassigned: bool = False) -> str | None:
    """The id of the unit given by code or name; with ``unassigned`` also UNASSIGNED itself. Raises CallError."""
    from monitor.judge import UNASSIGNED

    if given is None or (unassigned and given == UNASSIGNED):
        return given
    if (found := app.config.units.match(given, given)) is not None:
        return found
    known = "、".join(f"{one.id} {one.name}" for one in app.config.units.units)
    further = f"，或 {UNASSIGNED}（对不上名录的办件）" if unassigned else ""
    raise CallError(f"没有“{given}”这个单位。可用：{known}{further}")


def day_of(given: str, option: str) -> "date":
    """A local date written YYYY-MM-DD. Raises CallError."""
    from datetime import date

    try:
        return date.fromisoformat(given.strip())
    except ValueError as error:
        raise CallError(f"{option} 的“{given}”不是日期，应写成 2026-11-30。") from error


def written(write: Callable[[], Path]) -> Path:
    """What ``write``, which makes a workbook, returns. Raises OSError when the place cannot be written to."""
    from xlsxwriter.exceptions import FileCreateError

    try:
        return write()
    except FileCreateError as error:
        # The library wraps what the file system said.
        raise next((cause for cause in error.args if isinstance(cause, OSError)), OSError(str(error))) from error
