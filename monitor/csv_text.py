"""CSV that spreadsheets take as it is meant: UTF-8 with a byte-order mark, and no cell that is a formula. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any


def csv_text(headings: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """The table as text with CRLF; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_no_formula(value) for value in row])
    return "\ufeff" + text.getvalue()


def _no_formula(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, or that begins as if it were guarded, after an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "'") else value
