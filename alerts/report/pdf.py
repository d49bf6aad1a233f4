"""The report as a print: an official notice (通报) on A4, from the same rows as the mail."""

from collections.abc import Mapping, Sequence
from typing import Any

from alerts.report.charts import Chart
from alerts.report.notice import view
from alerts.typesetting import pdf


def document(payload: Mapping[str, Any], charts: Sequence[Chart]) -> bytes:
    """The PDF of a complete payload; the same rows give the same bytes."""
    return pdf("weekly.typ", {**view(payload), "charts": [{"svg": one.svg, "told": one.told} for one in charts]})
