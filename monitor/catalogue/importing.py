"""An exported catalogue as a proposal: read, compared with matters.toml, tried on the open items, and written there."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from alerts.hours import local
from config.loaded import MATTERS
from config.matters_text import rewritten
from config.problems import Problem, shown
from config.rewrite import read_text, replace_matters
from monitor.app import App
from monitor.catalogue.compare import Comparison, compare, in_words
from monitor.catalogue.impact import Impact, impact_of
from monitor.catalogue.listing import Differing, differing
from monitor.catalogue.reading import Reading, read_sheets
from monitor.ledger.store import ITEM
from monitor.sources.files.sheets import content_of, sheets_of


@dataclass(frozen=True, slots=True)
class Proposal:
    """What importing a file comes to. ``text`` is matters.toml as it is now; ``hidden``: sheets that were not read."""

    file: str
    text: str
    reading: Reading
    comparison: Comparison
    impact: Impact
    hidden: tuple[str, ...] = ()
    differing: tuple[Differing, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: where the copy of the old file is, and what the checks remark about the new one."""

    copy: Path
    remarks: tuple[Problem, ...] = field(default=())


def propose(app: App, file: Path, *, replace: bool = False) -> Proposal:
    """Reads ``file`` and looks what it would change; nothing is written. Raises FileError, OSError, RewriteError."""
    text = read_text(app.config.directory_path / MATTERS)
    sheets, hidden = sheets_of(content_of(file))
    with app.transactions.read() as connection:
        known = {*connection.scalars(select(ITEM.c.matter).where(ITEM.c.valid).distinct()), *app.config.matters}
    units = app.config.units
    reading = read_sheets(
        [(sheet.name, sheet.rows) for sheet in sheets],
        app.config.workbook,
        known,
        lambda name: units.match(None, name) is not None,
    )
    comparison = compare(app.config.matters, reading.stated, replace=replace)
    impact = impact_of(app, comparison.codes, comparison.catalogue)
    stated = {code: comparison.catalogue[code] for code in reading.stated}
    return Proposal(file.name, text, reading, comparison, impact, tuple(hidden), tuple(differing(app, stated)))


def write(app: App, proposal: Proposal) -> Written:
    """Writes a proposal into matters.toml. Raises ShapeError, RewriteError, ConfigError, OSError; then nothing is."""
    found = proposal.comparison
    mark = f"以下事项由 matters import 写入：{shown(proposal.file)}，{local(app.clock()):%Y-%m-%d}"
    gone = [matter.code for matter in found.gone] if found.removes else []
    text = rewritten(proposal.text, [one.after for one in found.changed], found.added, gone, mark)
    copy, remarks = replace_matters(app.config.directory_path, proposal.text, text, found.catalogue, app.config.policy)
    return Written(copy, remarks)


def as_json(proposal: Proposal, written: Written | None) -> dict[str, Any]:
    """The whole proposal, and whether it was written, as JSON values."""
    reading, found, impact = proposal.reading, proposal.comparison, proposal.impact
    return {
        "file": proposal.file,
        "sheets": [{"sheet": name, "heading_row": row, "codes_from": title} for name, row, title in reading.sheets],
        "hidden_sheets": list(proposal.hidden),
        "rows": reading.rows,
        "matters": len(reading.stated),
        "notes": reading.notes,
        "troubles": [
            {"sheet": one.sheet, "row": one.row, "column": one.column, "message": one.message}
            for one in reading.troubles
        ],
        "added": [{"matter": one.code, **in_words(one)} for one in found.added],
        "changed": [
            {
                "matter": one.after.code,
                "name": one.after.name,
                "fields": [{"field": name, "before": old, "after": new} for name, old, new in one.fields],
            }
            for one in found.changed
        ],
        "gone": [{"matter": one.code, "name": one.name} for one in found.gone],
        "removed": found.removes,
        "same": found.same,
        "impact": {
            "looked_at": impact.looked_at,
            "moved": impact.moved,
            "unjudged": impact.unjudged,
            "kinds": dict(impact.kinds),
            "first": [one.to_json() for one in impact.first],
        },
        "differing": [
            {"matter": one.code, "name": one.name, "file": one.own, "platform": list(one.platform)}
            for one in proposal.differing
        ],
        "written": written is not None,
        "backup": str(written.copy) if written else None,
        "remarks": [str(problem) for problem in written.remarks] if written else [],
    }
