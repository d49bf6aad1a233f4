"""The files of a report: what ``report --out`` writes, and what of it goes with the mail."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alerts.render import render_weekly
from alerts.report import docx
from alerts.report.charts import charts
from alerts.report.earlier import completed
from alerts.report.terms import stem


def report_files(payload: Mapping[str, Any], template: Path | None = None) -> tuple[dict[str, bytes], str | None]:
    """File name → content of the report's page, text, workbook, print and Word document.

    ``template``: the office's own for the Word document. With the files comes, in Chinese, why it was not used; None
    if it was. The same payload and template give the same bytes.
    """
    whole = completed(payload)
    mail = render_weekly(whole)
    word = docx.document(whole, charts(whole), template)
    name = stem(whole)
    files = {f"{name}.html": mail.page.encode(), f"{name}.txt": mail.text.encode()}
    files |= {file.name: file.content for file in mail.attachments if not file.cid}
    return {**files, f"approval-{name}.docx": word.content}, word.fault
