"""The mails of a dry run as people look at them: whom to, what about, how large, and why each line is there.

They were planned, judged again, rendered and handed over by the path that sends; here they are only read back.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from alerts.deliver import BY_ROLE, KINDS
from alerts.digest import CLOCK_NAMES, LEVEL_NAMES, LEVELS
from alerts.outbox import MAIL
from alerts.rules import REASONS
from alerts.wording import clean
from config.policy import Role
from monitor.app import App
from monitor.jobs.outcome import Outcome

LINES_SHOWN = 10
"""How many lines of a mail are shown as text; JSON has all."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a mail: the item, its clock (Chinese), the step, the level, and why it is there (Chinese)."""

    item: str
    clock: str
    step: str
    level: str
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail as it would leave. ``size``: bytes of the whole message, None where none was made; ``items``: different
    items in its lines; ``stands_for``: the role that has no address, so that this one gets it."""

    kind: str
    unit: str | None
    audience: str | None
    to: Sequence[str]
    cc: Sequence[str]
    stands_for: str | None
    subject: str
    state: str
    outcome: str | None
    size: int | None
    items: int
    levels: Mapping[str, int]
    lines: Sequence[Line]

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON values."""
        return asdict(self)

    def text(self) -> Iterator[str]:
        """A head line and a line for each of the first items, in Chinese."""
        to = "、".join(self.to) or "（无收件人）"
        parts = [f"  {self.subject}　→ {to}"]
        parts += [f"抄送 {'、'.join(self.cc)}"] if self.cc else []
        parts += [f"代{Role(self.stands_for).label}收（该岗位没有地址）"] if self.stands_for in set(Role) else []
        levels = "、".join(f"{LEVEL_NAMES[level]} {count}" for level, count in self.levels.items())
        parts += [f"{self.items} 件" + (f"（{levels}）" if levels else "")] if self.kind in BY_ROLE else []
        parts += [_size(self.size)] if self.size is not None else []
        why_not = f"：{self.outcome}" if self.state in ("failed", "dropped", "pending") and self.outcome else ""
        yield "，".join(parts) + f"　[{self.state}]{why_not}"
        for line in self.lines[:LINES_SHOWN]:
            yield f"      {clean(line.item)}　{line.clock}·{LEVEL_NAMES.get(line.level, line.level)}：{clean(line.why)}"
        if more := len(self.lines[LINES_SHOWN:]):
            yield f"      另有 {more} 条，--format json 可看全部。"


def previews(app: App) -> list[Preview]:
    """The mails that were queued at this very moment, as they stand after their delivery."""
    with app.transactions.read() as connection:
        rows = connection.execute(select(MAIL).where(MAIL.c.created_at == app.clock()).order_by(MAIL.c.id))
        return [_preview(app, row) for row in rows]


def reasons(planned: Outcome) -> dict[str, dict[str, Any]]:
    """Why mails are sent and why not: by the reason's name of how many clocks, and its words (Chinese)."""
    found = {name: planned.counts[name] for name in REASONS if planned.counts.get(name)}
    return {name: {"count": count, "words": REASONS[name]} for name, count in found.items()}


def _preview(app: App, row: Any) -> Preview:
    lines = [_line(line) for line in row.payload["lines"]] if row.kind == "digest" else []
    given = row.payload["lines"] if row.kind in BY_ROLE else ()
    levels = Counter(line.level for line in lines)
    role = Role(row.audience).label if row.audience in set(Role) else None
    return Preview(
        row.kind,
        row.payload.get("unit_name"),
        role,
        row.recipients["to"],
        row.recipients["cc"],
        row.recipients.get("stands_for"),
        row.subject or KINDS.get(row.kind) or LEVEL_NAMES.get(row.level, row.kind),
        row.state,
        row.outcome,
        _bytes_of(app, row.message_id),
        len({line.item for line in lines}) or len(given),
        {level: levels[level] for level in LEVELS if levels[level]},
        lines,
    )


def _line(line: Mapping[str, Any]) -> Line:
    case = line["case"]
    return Line(case["item"], CLOCK_NAMES.get(case["clock"], case["clock"]), line["step"], line["level"], line["why"])


def _bytes_of(app: App, message_id: str) -> int | None:
    """The size of the message as it was written; None where it was not."""
    path = (app.keep_in or app.kept_mails) / f"{message_id.strip('<>').partition('@')[0]}.eml"
    return path.stat().st_size if path.exists() else None


def _size(size: int) -> str:
    return f"{size} 字节" if size < 1024 else f"{size / 1024:.1f} KB"
