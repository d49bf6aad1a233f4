"""The charts of a report for mail and print: SVG drawn from the payload, and PNG made of it.

Drawn here rather than by a charting library: those measure Chinese labels as if they were half as wide, and cut them.
The same payload gives the same bytes, with the fonts that come with the package.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from alerts.report.sheets import width
from alerts.typesetting import drawable, font_files

WIDE, SIZE = 560, 16
"""Width of a chart and height of its letters in pixels; still legible where a telephone shows it two thirds as wide."""
SCALE = 2
"""Pixels of the PNG for one of the drawing: sharp on a fine screen."""
NAME, BAR, ROW = 208, 20, 34
"""Of a unit's line: room for its name, thickness of the bar, height."""
PANEL, HEAD = 150, 44
"""Of a chart over the weeks: height of a panel, of its title."""
INK, SOFT_INK, RULE = "#1f2733", "#56606e", "#cfd5dd"
YELLOW, RED, BLUE, LIGHT = "#e9b93a", "#a31016", "#2f5d9b", "#a9c3e6"
MOST_UNITS = 20
WEEKLY = ("received", "finished", "overdue")
"""The figures that the chart over the weeks shows."""


class Chart(NamedTuple):
    """A chart: its name in file names, the drawing, and what it shows in words."""

    name: str
    svg: str
    told: str

    def png(self) -> bytes:
        """The chart as a picture."""
        return _png(self.svg)


def charts(payload: Mapping[str, Any]) -> list[Chart]:
    """The charts that ``payload`` has figures for: units with overdue items, and the weeks."""
    late = [unit for unit in payload["units"] if unit["overdue"]][:MOST_UNITS]
    drawn = [Chart("units", _units(late), _told_of_units(late))] if late else []
    weeks = payload["trend"]
    if any(week[key] for week in weeks for key in WEEKLY):
        drawn.append(Chart("weeks", _weeks(weeks), _told_of_weeks(weeks)))
    return drawn


def _told_of_units(late: Sequence[Mapping[str, Any]]) -> str:
    each = (
        f"{unit['name']} {unit['overdue']} 件（黄牌 {unit['yellow_cards']}、红牌 {unit['red_cards']}）" for unit in late
    )
    return f"各单位逾期事项：{'，'.join(each)}。"


def _told_of_weeks(weeks: Sequence[Mapping[str, Any]]) -> str:
    each = (f"{w['title']}新收 {w['received']}、办结 {w['finished']}、期末逾期 {w['overdue']}" for w in weeks)
    return f"近 {len(weeks)} 周走势（件）：{'；'.join(each)}。"


def _units(late: Sequence[Mapping[str, Any]]) -> str:
    canvas = _Canvas(HEAD + ROW * len(late) + 6)
    canvas.text(0, 24, "各单位逾期事项（件）", size=SIZE + 1)
    canvas.legend((("黄牌", YELLOW), ("红牌", RED)))
    longest = max(unit["overdue"] for unit in late)
    room = WIDE - NAME - 56
    for number, unit in enumerate(late):
        top = HEAD + number * ROW
        canvas.text(NAME - 10, top + BAR - 4, fitting(unit["name"]), anchor="end")
        left = float(NAME)
        for key, colour in (("yellow_cards", YELLOW), ("red_cards", RED)):
            length = room * unit[key] / longest
            canvas.box(left, top, length, BAR, colour)
            left += length
        canvas.text(left + 8, top + BAR - 4, str(unit["overdue"]))
    return canvas.svg()


def _weeks(weeks: Sequence[Mapping[str, Any]]) -> str:
    canvas = _Canvas(2 * (HEAD + PANEL) + 32)
    flow = (("received", LIGHT), ("finished", BLUE))
    canvas.text(0, 24, "每周新收与办结（件）", size=SIZE + 1)
    canvas.legend((("新收", LIGHT), ("办结", BLUE)))
    _panel(canvas, HEAD, weeks, flow)
    canvas.text(0, HEAD + PANEL + 40, "每周末逾期（件）", size=SIZE + 1)
    _panel(canvas, 2 * HEAD + PANEL + 4, weeks, (("overdue", RED),))
    return canvas.svg()


def _panel(canvas: "_Canvas", top: int, weeks: Sequence[Mapping[str, Any]], series: Sequence[tuple[str, str]]) -> None:
    """Columns of the weeks with their figures above and the weeks below, ``PANEL`` high in all."""
    step = WIDE / len(weeks)
    thick = min(30.0, step * 0.8 / len(series))
    most = max(1, *(week[key] for week in weeks for key, _ in series))
    floor, room = top + PANEL - 24, PANEL - 46
    for number, week in enumerate(weeks):
        left = number * step + (step - thick * len(series)) / 2
        for place, (key, colour) in enumerate(series):
            tall = room * week[key] / most
            canvas.box(left + place * thick, floor - tall, thick - 2, tall, colour)
            middle = left + place * thick + thick / 2 - 1
            canvas.text(middle, floor - tall - 5, str(week[key]), size=SIZE - 3, anchor="middle")
        canvas.text(number * step + step / 2, floor + 20, week["title"], size=SIZE - 2, anchor="middle", ink=SOFT_INK)
    canvas.box(0, floor, WIDE, 1, RULE)


def fitting(name: str) -> str:
    """``name`` cut to the room there is for it, with "…"."""
    most = (NAME - 12) * 2 // SIZE
    if width(name) <= most:
        return name
    while width(name) > most - 2:
        name = name[:-1]
    return f"{name}…"


class _Canvas:
    """An SVG that boxes and texts are put on; the tree escapes what is written."""

    def __init__(self, height: int) -> None:
        self._root = ET.Element(
            "svg",
            {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"-12 -6 {WIDE + 24} {height + 12}",
             "width": str(WIDE + 24), "height": str(height + 12), "font-family": "Noto Sans SC"},
        )  # fmt: skip
        # The ground is white where the mail is shown dark, or the letters would be lost.
        self._element("rect", x=-12, y=-6, width=WIDE + 24, height=height + 12, fill="#ffffff")

    def box(self, left: float, top: float, wide: float, tall: float, colour: str) -> None:
        """A filled rectangle."""
        if wide > 0 and tall > 0:
            self._element("rect", x=left, y=top, width=wide, height=tall, fill=colour)

    def text(
        self, left: float, base: float, words: str, *, size: int = SIZE - 2, anchor: str = "start", ink: str = INK
    ) -> None:
        """A line of text whose letters stand on ``base``."""
        element = self._element("text", x=left, y=base, fill=ink)
        element.set("font-size", str(size))
        element.set("text-anchor", anchor)
        element.text = drawable(words)

    def legend(self, entries: Sequence[tuple[str, str]]) -> None:
        """What the colours mean, at the right of the title."""
        for number, (word, colour) in enumerate(reversed(entries), start=1):
            left = WIDE - number * 62
            self.box(left, 12, 13, 13, colour)
            self.text(left + 18, 24, word, ink=SOFT_INK)

    def svg(self) -> str:
        """The drawing as text."""
        return ET.tostring(self._root, encoding="unicode")

    def _element(self, name: str, **values: float | str) -> ET.Element:
        written = {key: value if isinstance(value, str) else f"{value:.1f}" for key, value in values.items()}
        return ET.SubElement(self._root, name, written)


@cache
def _fonts() -> list[str]:
    return [str(path) for path in font_files() if "Serif" not in path.name]


@lru_cache(maxsize=8)
def _png(svg: str) -> bytes:
    from resvg_py import svg_to_bytes

    return bytes(
        svg_to_bytes(
            svg_string=svg, width=SCALE * (WIDE + 24), font_files=_fonts(), skip_system_fonts=True,
            font_family="Noto Sans SC", sans_serif_family="Noto Sans SC",
        )
    )  # fmt: skip
