"""Verdicts on project codes, as the command line shows them. Loads nothing heavy: check-code is to answer at once."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from config.problems import shown
from monitor.project_code import Verdict, judge

LONGEST_LINE = 1000
FIELDS = ("given", "ok", "style", "problem", "message", "repaired")


@dataclass(frozen=True, slots=True)
class Asked:
    """A code to judge; ``place`` says where in a file it stands, "" when it was given on the command line."""

    code: str
    place: str = ""


Judged = Sequence[tuple[Asked, Verdict]]


def judged(asked: Sequence[Asked], regions: Collection[str]) -> Judged:
    """Each with its verdict; ``regions`` are the codes of one's own region."""
    return [(one, judge(one.code, regions)) for one in asked]


def as_json(verdicts: Judged) -> str:
    """A list of objects; those from a file say their place."""
    return json.dumps([_object(*pair) for pair in verdicts], ensure_ascii=False, indent=1)


def _object(asked: Asked, verdict: Verdict) -> dict[str, object]:
    row = {name: getattr(verdict, name) for name in FIELDS} | {"message": _message(verdict)}
    return {"place": asked.place, **row} if asked.place else row


def as_text(verdicts: Judged) -> str:
    """A line a code; codes from a file are counted at the end."""
    lines = [_line(*pair) for pair in verdicts]
    if any(asked.place for asked, _ in verdicts):
        good = sum(verdict.ok for _, verdict in verdicts)
        lines.append(f"共 {len(verdicts)} 个：正确 {good}，有误 {len(verdicts) - good}。")
    return "\n".join(lines)


def _line(asked: Asked, verdict: Verdict) -> str:
    place = f"{asked.place}  " if asked.place else ""
    given = shown(verdict.given) if verdict.given.strip() else "（空）"
    return shown(f"{place}{'正确' if verdict.ok else '有误'}  {given}  {_message(verdict)}", LONGEST_LINE)


def _message(verdict: Verdict) -> str:
    return verdict.message + (f"请注意：{verdict.remark}" if verdict.remark else "")
