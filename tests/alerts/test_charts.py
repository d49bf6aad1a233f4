"""The charts of a report: what they show, in a picture and in words."""

import re
from xml.etree import ElementTree as ET

import pytest

from alerts.report.charts import MOST_UNITS, NAME, Chart, charts, fitting
from alerts.report.sheets import width
from tests.alerts.report_payload import LONGEST, payload

SVG = "{http://www.w3.org/2000/svg}"


def drawn(name: str, **changes: object) -> Chart:
    [chart] = [chart for chart in charts(payload(12, **changes)) if chart.name == name]
    return chart


def texts(chart: Chart) -> list[str]:
    return [element.text or "" for element in ET.fromstring(chart.svg).iter(f"{SVG}text")]  # noqa: S314 - our own


def test_every_unit_with_overdue_items_has_a_bar_with_its_number() -> None:
    whole = payload(12)
    late = [unit for unit in whole["units"] if unit["overdue"]]
    said = texts(drawn("units"))
    for unit in late:
        place = said.index(unit["name"])
        assert said[place + 1] == str(unit["overdue"])
    assert len(said) == 3 + 2 * len(late)


def test_yellow_and_red_parts_of_a_bar_are_as_long_as_their_numbers() -> None:
    unit = payload(1)["units"][0] | {"overdue": 4, "yellow_cards": 1, "red_cards": 3}
    [chart] = charts({**payload(1), "units": [unit], "trend": []})
    boxes = [element.attrib for element in ET.fromstring(chart.svg).iter(f"{SVG}rect")]  # noqa: S314 - our own
    yellow, red = (float(box["width"]) for box in boxes[-2:])
    assert red == pytest.approx(3 * yellow, abs=0.2)


def test_every_week_has_its_numbers() -> None:
    whole = payload(12)
    said = texts(drawn("weeks"))
    for week in whole["trend"]:
        assert said.count(week["title"]) == 2
        for key in ("received", "finished", "overdue"):
            assert str(week[key]) in said


def test_what_a_chart_shows_is_told_in_words() -> None:
    whole = payload(12)
    worst = whole["units"][0]
    words = f"{worst['name']} {worst['overdue']} 件（黄牌 {worst['yellow_cards']}、红牌 {worst['red_cards']}）"
    assert words in drawn("units").told
    last = whole["trend"][-1]
    assert f"第47周新收 {last['received']}、办结 {last['finished']}、期末逾期 {last['overdue']}" in drawn("weeks").told


def test_with_nothing_overdue_there_is_no_chart_of_units() -> None:
    assert [chart.name for chart in charts(payload(0))] == ["weeks"]


def test_a_report_without_figures_has_no_charts() -> None:
    assert charts(payload(0, trend=[])) == []


@pytest.mark.parametrize("name", [LONGEST["unit"], "W" * 60, "区水务局", "𠮷" * 30])
def test_a_name_is_cut_to_the_room_there_is(name: str) -> None:
    assert width(fitting(name)) * 8 <= NAME
    assert fitting(name).rstrip("…") == name[: len(fitting(name).rstrip("…"))]


def test_more_units_than_a_reader_can_take_in_are_not_drawn() -> None:
    units = [{**payload(1)["units"][0], "name": f"第{number}局", "overdue": 1} for number in range(40)]
    [chart] = charts({**payload(1), "units": units, "trend": []})
    assert len(re.findall("第[0-9]+局", " ".join(texts(chart)))) == MOST_UNITS


def test_a_character_that_no_font_has_becomes_a_lost_type_and_a_rare_one_stays() -> None:
    whole = payload(1)
    unit = {**whole["units"][0], "name": "区𠮷局\U0001f600", "overdue": 1}
    [chart] = charts({**whole, "units": [unit], "trend": []})
    assert "区𠮷局〓" in texts(chart)


def test_a_chart_is_a_picture_and_the_same_every_time() -> None:
    chart = drawn("units")
    assert chart.png().startswith(b"\x89PNG")
    assert chart.png() == Chart(chart.name, chart.svg + " ", chart.told).png()
