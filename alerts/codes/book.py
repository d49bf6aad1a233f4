"""The workbook that goes with the daily mail: every new finding, and every older one that is still open."""

from collections.abc import Mapping
from typing import Any

from alerts.codes.finding import Coded
from alerts.codes.words import TITLE
from alerts.report.code_rows import finding
from alerts.report.code_sheets import findings
from alerts.report.sheets import book_of
from alerts.wording import long_moment


def workbook(payload: Mapping[str, Any]) -> bytes:
    """The workbook of the payload of a daily mail."""
    new, older = ([finding(Coded.from_json(one["coded"])) for one in payload[name]] for name in ("lines", "older"))
    title = f"{TITLE}　{long_moment(payload['made_at'])}"

    def write(pen: Any) -> None:
        findings(pen, "新发现", title, new, "没有新发现。")
        findings(pen, "以前通知未更正", f"以前通知过、至今没有更正的在办件　{len(older)} 件", older, "都已更正。")

    return book_of(title, payload, write)
