"""The charts of the workbook: native ones, drawn from its cells, so that they follow when a figure is amended."""

from collections.abc import Mapping
from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from alerts.report.columns import TREND
from alerts.report.sheets import FIRST_ROW, FONT, HEADER_ROW, Pen

INK, RULE = "#1F2733", "#CFD5DD"
TEXT = {"name": FONT, "size": 10, "color": INK}
YELLOW, RED, BLUE, SOFT = "#E9B93A", "#A31016", "#2F5D9B", "#A9C3E6"
WIDTH, HEIGHT, LINE, GAP = 640, 460, 26, 10
"""Sizes in pixels: how wide a chart is, how tall both columns are at least, a unit's bar, what lies between charts."""

SHOWN = ("received", "finished", "overdue")
"""The figures that the charts over the weeks show."""


def insert(
    pen: Pen, sheet: Worksheet, row: int, payload: Mapping[str, Any], overview: str, trends: str, yellow: int
) -> None:
    """The charts from ``row`` on: the weeks, and the units that have overdue items, which stand first in the table.

    ``overview`` and ``trends`` are the names of the sheets with the figures; ``yellow`` the column of yellow cards.
    """
    weeks = len(payload["trend"]) if any(week[key] for week in payload["trend"] for key in SHOWN) else 0
    late = sum(1 for unit in payload["units"] if unit["overdue"])
    height = max(HEIGHT, 90 + LINE * late)
    left = 0
    if weeks:
        left = WIDTH + GAP
        for number, (title, told, series) in enumerate(WEEKLY):
            chart = _weeks(pen, trends, weeks, title, series)
            chart.set_size({"width": WIDTH, "height": (height - GAP) // 2})
            options = {"description": told, "y_offset": number * (height + GAP) // 2, "object_position": 3}
            sheet.insert_chart(row, 0, chart, options)
    if late:
        chart = _units(pen, overview, late, yellow)
        chart.set_size({"width": WIDTH, "height": height})
        told = "各单位逾期事项数，按黄牌、红牌分列"
        sheet.insert_chart(row, 0, chart, {"description": told, "x_offset": left, "object_position": 3})


WEEKLY = (
    ("近几周新收与办结（件）", "近几周每周新收与办结的件数", (("received", SOFT), ("finished", BLUE))),
    ("近几周期末逾期（件）", "近几周每周末逾期的件数", (("overdue", RED),)),
)
"""Title, description, and the figures with their colours, of the charts over the weeks."""


def _weeks(pen: Pen, trends: str, weeks: int, title: str, series: tuple[tuple[str, str], ...]) -> Chart:
    chart = pen.book.add_chart({"type": "column"})
    places = {figure.key: 2 + number for number, figure in enumerate(TREND)}
    for key, colour in series:
        chart.add_series(
            {
                "name": [trends, HEADER_ROW, places[key]],
                "categories": [trends, FIRST_ROW, 0, FIRST_ROW + weeks - 1, 0],
                "values": [trends, FIRST_ROW, places[key], FIRST_ROW + weeks - 1, places[key]],
                "fill": {"color": colour},
                "gap": 60,
                "overlap": -5,
                "data_labels": {"value": True, "font": TEXT},
            }
        )
    _dress(chart, title)
    chart.set_x_axis({"num_font": TEXT, "line": {"color": RULE}, "major_tick_mark": "none"})
    chart.set_y_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    if len(series) == 1:
        chart.set_legend({"none": True})
    return chart


def _units(pen: Pen, overview: str, late: int, yellow: int) -> Chart:
    """Overdue items of the units that have any."""
    chart = pen.book.add_chart({"type": "bar", "subtype": "stacked"})
    last = FIRST_ROW + late - 1
    for place, colour, ink in ((yellow, YELLOW, "#3D2F00"), (yellow + 1, RED, "#FFFFFF")):
        chart.add_series(
            {
                "name": [overview, HEADER_ROW, place],
                "categories": [overview, FIRST_ROW, 1, last, 1],
                "values": [overview, FIRST_ROW, place, last, place],
                "fill": {"color": colour},
                "gap": 60,
                "data_labels": {"value": True, "num_format": "0;;", "font": {**TEXT, "color": ink, "bold": True}},
            }
        )
    _dress(chart, "各单位逾期事项（件）")
    chart.set_y_axis({"reverse": True, "num_font": TEXT, "line": {"color": RULE}, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    return chart


def _dress(chart: Chart, title: str) -> None:
    chart.set_title({"name": title, "name_font": {**TEXT, "size": 13, "bold": True}, "overlay": False})
    chart.set_legend({"position": "top", "font": TEXT})
    chart.set_chartarea({"border": {"color": RULE}})
