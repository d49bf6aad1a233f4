"""A letter as documents: PDF of a fixed layout, and DOCX from a template that an office may replace."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from alerts import typesetting
from alerts.letters.facts import Letterhead, gathered
from alerts.letters.wording import IN_THE_BODY, view

TEMPLATE = typesetting.DOCUMENTS / "letter.docx"
LAYOUT = "letter.typ"


@dataclass(frozen=True, slots=True)
class Documents:
    """A letter as it goes out. ``fault``: why the office's own template was not used, in Chinese; None if it was."""

    docx: bytes
    pdf: bytes
    fault: str | None = None


def documents(facts: Mapping[str, Any], reference: str, template: Path | None) -> Documents:
    """The letter with these facts under ``reference``: the same arguments give the same bytes.

    A ``template`` of the office that cannot be filled in is passed over: the letter is set from the one that comes
    with the program.
    """
    shown = view(facts, reference)
    fault = None
    docx = b""
    if template is not None:
        docx, fault = typesetting.of_the_office(template, shown)
    return Documents(docx or typesetting.docx(TEMPLATE, shown), typesetting.pdf(LAYOUT, shown), fault)


def template_fault(template: Path) -> str | None:
    """Why letters cannot be set from ``template``, in Chinese; None if they can, short ones and those with an annex."""
    for number in (1, IN_THE_BODY + 1):
        _, fault = typesetting.of_the_office(template, view(_example(number), "〔2026〕1号"))
        if fault:
            return fault
    return None


def _example(number: int) -> dict[str, Any]:
    """Facts of ``number`` items, to try a template with."""
    case = {
        "item": "HRM1-2760925", "clock": "promised", "unit": "", "unit_name": "区水务局", "matter": "取水许可",
        "project": "北房镇河道治理工程", "project_code": "2201-110116-04-01-466702", "stage": "审批",
        "state": "overdue", "light": "red", "start": "2026-10-21", "due": "2026-11-18", "limit": 20,
        "unit_of_limit": "working_day", "used": 21, "remaining": -1, "overdue_days": 1, "countdown": -1,
    }  # fmt: skip
    head = Letterhead(
        kind="督办通知单", level="yellow_card", office="政务服务管理局", unit="", unit_name="区水务局",
        addressee="区水务局", day=date(2026, 11, 19), data_as_of=None, answer_by=date(2026, 11, 26),
    )  # fmt: skip
    return gathered(head, [{"case": case, "key": str(place)} for place in range(number)], {})
