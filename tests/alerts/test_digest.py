"""One mail per unit and audience, the worst first."""

from dataclasses import replace

import pytest

from alerts.case import Case
from alerts.digest import Digest, Line, counts, gather, why
from config.policy import Role
from tests.alerts.office import FORESTRY, WATER, case, line, moment, notice

NOW = moment("2026-11-19 09:00")


def decided(of: Case, step: str, repeat: int = 0) -> tuple[Case, object]:
    """A case with the notice it is owed."""
    return of, notice(of, step, repeat)


def item(number: int, beyond: int = 1, **changes: object) -> Case:
    """Another item of the same unit."""
    return case(beyond, item=f"HRM1-{number:04d}", **changes)


def gathered(*pairs: tuple[Case, object]) -> dict[tuple[str | None, str], Digest]:
    """The digests by unit and audience."""
    digests = gather(pairs)  # type: ignore[arg-type]
    found = {(digest.unit, digest.audience.value): digest for digest in digests}
    assert len(found) == len(digests)
    return found


def test_a_unit_gets_one_mail_for_each_of_its_audiences_however_many_items_there_are() -> None:
    found = gathered(*(decided(item(n), "promised-yellow") for n in range(35)), decided(item(99, -1), "promised-in-1"))
    assert {audience: len(digest.lines) for (_, audience), digest in found.items()} == {
        "section_head": 35,
        "deputy_leader": 35,
        "handler": 1,
    }


def test_units_do_not_see_each_other() -> None:
    theirs = item(2, unit=FORESTRY.id, unit_name=FORESTRY.name)
    found = gathered(decided(item(1), "promised-red"), decided(theirs, "promised-red"))
    assert {key: [each.case.item for each in digest.lines] for key, digest in found.items()} == {
        (WATER.id, "principal"): ["HRM1-0001"],
        (FORESTRY.id, "principal"): ["HRM1-0002"],
    }
    assert found[FORESTRY.id, "principal"].unit_name == "区园林绿化局"


def test_copies_are_on_the_mail_of_the_highest_role_alone() -> None:
    found = gathered(decided(item(1), "promised-yellow"))
    assert found[WATER.id, "deputy_leader"].cc == (Role.SUPERVISOR,)
    assert found[WATER.id, "section_head"].cc == ()


def test_a_reminder_has_no_copies() -> None:
    assert {digest.cc for digest in gathered(decided(item(1, 0), "promised-today")).values()} == {()}


def test_items_of_no_known_unit_are_one_mail_to_the_supervisor_without_copies() -> None:
    strangers = [item(n, unit=None, unit_name="某部门") for n in range(3)]
    found = gathered(*(decided(each, "promised-yellow") for each in strangers))
    only = found.pop((None, "supervisor"))
    assert not found
    assert (only.unit_name, only.cc, len(only.lines)) == ("未匹配单位", (), 3)


def test_the_worst_level_comes_first_then_the_longest_overdue_then_the_item_number() -> None:
    pairs = [
        decided(item(5, 1), "promised-yellow"),
        decided(item(3, 4), "promised-yellow"),
        decided(item(4, 4), "promised-yellow"),
        decided(item(2, 0), "promised-today"),
        decided(item(1, 0), "acceptance-today"),
    ]
    [digest] = [found for (_, audience), found in gathered(*pairs).items() if audience == "section_head"]
    assert [each.case.item[-1] for each in digest.lines] == ["3", "4", "5", "1", "2"]
    assert digest.level == "yellow_card"


def test_the_order_of_the_cases_changes_nothing() -> None:
    pairs = [decided(item(n, 1 + n % 7), "promised-yellow" if n % 2 else "promised-red") for n in range(12)]
    assert gather(pairs) == gather(reversed(pairs))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([], (0, 0), id="no lines"),
        pytest.param([line(item(1)), line(item(2))], (2, 0), id="two late items"),
        pytest.param([line(item(1)), line(item(1, clock="acceptance"))], (1, 0), id="two clocks of one item"),
        pytest.param([line(item(1)), line(item(1, -1))], (1, 0), id="an item late by one clock and near by another"),
        pytest.param([line(item(1)), line(item(2, 0))], (1, 1), id="due today is near, not late"),
        pytest.param([line(item(1, 0, unit_of_limit="hour", state="overdue"))], (1, 0), id="late by less than an hour"),
    ],
)
def test_items_are_counted_once_as_their_worst(lines: list[Line], expected: tuple[int, int]) -> None:
    assert counts(lines) == expected


def test_the_key_of_a_round_is_the_same_each_time_it_is_asked() -> None:
    first, again = (gathered(decided(item(1), "promised-red"))[WATER.id, "principal"].key(NOW) for _ in range(2))
    assert first == again


def test_unit_audience_and_moment_make_different_keys() -> None:
    def key(of: Case, step: str, now: str, audience: str) -> str:
        return gathered(decided(of, step))[of.unit, audience].key(moment(now))

    stranger = item(1, unit=None)
    keys = [
        key(item(1), "promised-yellow", "2026-11-19 09:00", "section_head"),
        key(item(1), "promised-yellow", "2026-11-19 09:00", "deputy_leader"),
        key(item(1), "promised-yellow", "2026-11-19 09:10", "section_head"),
        key(item(1, unit=FORESTRY.id), "promised-yellow", "2026-11-19 09:00", "section_head"),
        key(stranger, "promised-yellow", "2026-11-19 09:00", "supervisor"),
    ]
    assert len(set(keys)) == len(keys)


def test_other_lines_at_the_same_moment_are_another_mail() -> None:
    """Else a second plan at one moment, by hand under a moved clock, would lose what it decided."""
    one, other = (gathered(decided(item(n), "promised-red"))[WATER.id, "principal"] for n in (1, 2))
    assert one.key(NOW) != other.key(NOW)


@pytest.mark.parametrize(
    ("of", "step", "repeat", "words"),
    [
        pytest.param(case(-3), "promised-in-3", 0, "已到“距审批时限届满 3 个工作日”提醒节点", id="before the date"),
        pytest.param(case(0), "promised-today", 0, "今日为审批时限最后一日", id="on the date"),
        pytest.param(case(1), "promised-yellow", 0, "已到“超过审批时限 1 个工作日”督办节点", id="after the date"),
        pytest.param(
            case(15), "promised-red", 2, "已到“超过审批时限 15 个工作日”督办节点（第 3 次）", id="a repetition"
        ),
        pytest.param(
            case(2, past_statutory=True), "promised-red", 0, "已超过法定办理时限", id="past the statutory limit"
        ),
        pytest.param(
            case(1, clock="acceptance"),
            "acceptance-deemed",
            0,
            "未在期限内作出受理答复，依《行政许可法》第三十二条自收到材料之日起视为受理",
            id="no answer to an application",
        ),
        pytest.param(
            case(1, clock="delivery"), "delivery-yellow", 0, "已到“超过决定时限 1 个工作日”督办节点", id="no document"
        ),
    ],
)
def test_each_line_says_why_it_is_there(of: Case, step: str, repeat: int, words: str) -> None:
    assert why(of, notice(of, step, repeat)) == words


def test_a_line_survives_being_kept_as_json() -> None:
    for of in (case(1), case(-2, due=None, start=None), replace(case(3), statutory_due=case(3).due)):
        kept = Line(of, "key", "promised-yellow", "yellow_card", "因为")
        assert Line.from_json(kept.to_json()) == kept
