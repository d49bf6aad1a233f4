"""Two replays of one span side by side."""

from collections import Counter
from datetime import date

import pytest

from monitor.replay.compared import Compared
from monitor.replay.figures import Replayed, Sent
from monitor.replay.words import OTHER, compared_json, compared_sentences

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def sent(day: date, *items: str, unit: str = "区水务局", audience: str = "科室负责人") -> Sent:
    """A mail with a yellow card for each item."""
    lines = Counter({"yellow_card": len(items)})
    keys = frozenset(f"{item}|promised" for item in items)
    return Sent(day, "digest", unit, unit, "section_head", audience, lines, frozenset(items), keys, "yellow_card")


def replayed(*mails: Sent) -> Replayed:
    """A replay of two days that came to these mails."""
    return Replayed(MONDAY, TUESDAY, [MONDAY, TUESDAY], mails)


PRESENT = replayed(sent(MONDAY, "A", "B"), sent(TUESDAY, "C"))
FEWER = replayed(sent(MONDAY, "A"), sent(MONDAY, "D", unit="区园林绿化局"))


def test_each_thing_stands_beside_its_like_also_where_one_has_nothing() -> None:
    compared = Compared(PRESENT, FEWER)
    mails = {key: (both.present.mails, both.other.mails, both.more_mails) for key, both in compared.by_audience.items()}
    assert mails == {("区园林绿化局", "科室负责人"): (0, 1, 1), ("区水务局", "科室负责人"): (2, 1, -1)}
    lines = {day: (both.present.lines, both.other.lines, both.more_lines) for day, both in compared.by_day.items()}
    assert lines == {MONDAY: (2, 2, 0), TUESDAY: (1, 0, -1)}


def test_items_that_only_one_of_them_mails_about_are_told() -> None:
    compared = Compared(PRESENT, FEWER)
    assert (compared.only_present, compared.only_other) == ({"B", "C"}, {"D"})
    assert "只按现行配置会提醒的办件 2 件，只按对照配置会提醒的 1 件。" in compared_sentences(compared)[3]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        pytest.param(PRESENT, "信件一样多，条目一样多", id="the same"),
        pytest.param(FEWER, "信件一样多，条目减少 1 条", id="as many mails, fewer lines"),
        pytest.param(replayed(), "信件减少 2 封，条目减少 3 条", id="nothing"),
        pytest.param(
            replayed(*PRESENT.sent, sent(TUESDAY, "E")), "信件增加 1 封，条目增加 1 条", id="more of both"
        ),
    ],
)  # fmt: skip
def test_the_difference_is_a_sentence(other: Replayed, said: str) -> None:
    assert f"{OTHER}与现行配置相比：{said}" in compared_sentences(Compared(PRESENT, other))[3]


def test_json_has_both_whole_and_side_by_side() -> None:
    found = compared_json(Compared(PRESENT, FEWER))
    assert found["total"]["present"]["mails"] == found["present"]["total"]["mails"] == 2
    assert found["total"]["other"]["lines"] == found["other"]["total"]["lines"] == 2
    assert "按对照配置" in found["other"]["sentences"][0]
    assert [week["unit"] for week in found["weeks"]] == ["区园林绿化局", "区水务局"]


def test_one_unit_alone() -> None:
    compared = Compared(PRESENT, FEWER).of_unit("区水务局")
    assert [key for key, _ in compared.by_audience] == ["区水务局"]
