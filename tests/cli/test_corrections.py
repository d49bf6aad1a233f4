"""extend, correct, corrections, withdraw: on the ledger beside the platform's value, judged at once, never lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import desk_at
from tests.cli.office import NOW, Called, Desk, Rows, SmallPlatform, ordinary

WORDS = ("--by", "督办专员", "--why", "核对纸质材料", "--document", "怀政务〔2026〕5号")
EXTENSION = ("extend", "A-overdue", "--days", "10", "--on", "2026-03-09", *WORDS)
ACCEPTED = ("correct", "A-overdue", "accepted=2026-03-05", *WORDS)


def entry_of(desk: Desk, item: str, now: str = NOW) -> dict[str, Any]:
    """The item's entry of the ledger."""
    found = desk.call("ledger", "--all", "--format", "json", now=now).json
    return next(one for one in found if one["item"] == item)


def done(called: Called) -> Called:
    """The call, which must have been good."""
    assert (called.code, called.err) == (0, "")
    return called


def item_rows(desk: Desk) -> list[str]:
    """What the database holds of items."""
    return [line for line in desk.dump() if line.startswith('INSERT INTO "item"')]


class TestExtend:
    def test_it_moves_the_due_date_at_once(self, office: Desk) -> None:
        called = done(office.call(*EXTENSION))
        assert "到期日    2026-03-10 → 2026-03-24" in called.out
        assert "已登记 #1" in called.out
        found = entry_of(office, "A-overdue")
        assert (found["limit"], found["due"], found["light"]) == (15, "2026-03-24", "yellow")
        assert "2026-03-24" in next(row for row in item_rows(office) if "A-overdue" in row)

    def test_it_is_judged_again_by_the_next_round_lest_one_under_way_stores_what_was(self, office: Desk) -> None:
        done(office.call(*EXTENSION))
        assert any(line.startswith('INSERT INTO "dirty"') and "A-overdue" in line for line in office.dump())

    def test_it_stands_in_the_ledger_with_who_and_why(self, office: Desk) -> None:
        done(office.call(*EXTENSION))
        [told] = entry_of(office, "A-overdue")["corrections"]
        assert (told["field"], told["by"], told["document"]) == ("extension", "督办专员", "怀政务〔2026〕5号")
        assert "2026-03-24#" in office.call("ledger").out
        assert "延长期限 10 天（2026-03-09 批准），见更正 #1" in office.call("ledger", "--format", "csv").out

    def test_one_approved_too_late_is_refused_and_kept_by_force(self, office: Desk) -> None:
        late = ("extend", "A-overdue", "--days", "5", *WORDS)
        called = office.call(*late)
        assert (called.code, called.out) == (2, "")
        assert called.is_told
        assert "没有登记：期限 2026-03-10 已届满" in called.err
        forced = done(office.call(*late, "--force"))
        assert "注意" in forced.out
        assert "强制记录" in office.call("corrections").out

    def test_more_than_the_law_allows_is_refused(self, office: Desk) -> None:
        done(office.call(*EXTENSION))
        called = office.call(*EXTENSION)
        assert called.code == 2
        assert "共 20 天" in called.err


class TestCorrect:
    def test_the_platforms_value_is_kept_beside_it(self, office: Desk) -> None:
        done(office.call("correct", "E-nobody", "unit=区水务局", "limit=10", *WORDS))
        found = entry_of(office, "E-nobody")
        assert (found["unit"], found["limit"], found["due"]) == ("110116SWJ", 10, "2026-03-23")
        assert [one["platform"] for one in found["corrections"]] == ["某某部门", "5 working_day"]
        assert "审批单位按更正 #1 为 区水务局（平台为 某某部门）" in found["problems"]

    def test_an_item_finished_offline_is_closed_and_nobody_is_reminded(self, office: Desk) -> None:
        done(office.call("correct", "A-overdue", "closed=2026-03-09", *WORDS))
        assert entry_of(office, "A-overdue")["on_time"] is True
        done(office.call("plan"))
        assert not [line for line in office.dump() if line.startswith('INSERT INTO "notice"') and "A-overdue|p" in line]

    def test_a_later_record_takes_the_place_of_the_one_before(self, office: Desk) -> None:
        done(office.call(*ACCEPTED))
        called = done(office.call("correct", "A-overdue", "accepted=2026-03-06", *WORDS))
        assert "取代了 #1" in called.out
        assert [one["id"] for one in entry_of(office, "A-overdue")["corrections"]] == [2]
        assert "由更正 #2 取代" in office.call("corrections").out

    @pytest.mark.parametrize(
        ("call", "sentence"),
        [
            pytest.param(("correct", "A-overdu", "unit=区水务局"), "是否想写 A-overdue", id="a mistyped number"),
            pytest.param(("correct", "ZZZ", "unit=区水务局"), "没有办件“ZZZ”", id="an unknown item"),
            pytest.param(("correct", "A-overdue", "colour=red"), "不能识别", id="an unknown field"),
            pytest.param(("correct", "A-overdue", "closed=2026-03-21"), "还没有到", id="a close in the future"),
            pytest.param(("correct", "A-overdue", "unit=教育部"), "没有“教育部”这个单位", id="an unknown unit"),
            pytest.param(("extend", "ZZZ", "--days", "5"), "没有办件“ZZZ”", id="an extension of nothing"),
            pytest.param(("withdraw", "7"), "没有更正 #7", id="a record that does not exist"),
        ],
    )
    def test_what_cannot_be_is_told_in_a_sentence(self, office: Desk, call: tuple[str, ...], sentence: str) -> None:
        before = office.dump()
        called = office.call(*call, *WORDS)
        assert (called.code, called.out) == (2, "")
        assert called.is_told
        assert sentence in called.err
        assert office.dump() == before

    def test_a_word_that_is_missing_is_named(self, office: Desk) -> None:
        called = office.call("correct", "A-overdue", "accepted=2026-03-05", "--why", "核对")
        assert (called.code, called.is_told) == (2, True)
        assert "--by" in called.err


@pytest.mark.parametrize("call", [EXTENSION, ACCEPTED], ids=["extend", "correct"])
def test_a_dry_run_shows_before_and_after_and_keeps_nothing(office: Desk, call: tuple[str, ...]) -> None:
    before = office.dump()
    called = done(office.call(*call, "--dry-run"))
    assert "试算（什么也没有保存）" in called.out
    assert "→" in called.out
    assert office.dump() == before


def test_json_is_alone_and_has_both_states(office: Desk) -> None:
    called = done(office.call(*EXTENSION, "--format", "json"))
    assert called.json["ids"] == [1]
    assert (called.json["before"]["due"], called.json["after"]["due"]) == ("2026-03-10", "2026-03-24")
    listed = done(office.call("corrections", "A-overdue", "--format", "json")).json
    assert [(one["item"], one["state"]) for one in listed] == [("A-overdue", "in_force")]


def test_a_record_withdrawn_gives_the_item_as_it_was(office: Desk) -> None:
    done(office.call("plan"))
    before, rows = entry_of(office, "A-overdue"), item_rows(office)
    done(office.call(*EXTENSION))
    done(office.call("correct", "A-overdue", "accepted=2026-03-05", "unit=区发展改革委", *WORDS))
    for number in ("2", "1", "3"):
        done(office.call("withdraw", number, "--by", "督办专员", "--why", "记错了"))
    assert entry_of(office, "A-overdue") == before
    done(office.call("plan"))
    assert item_rows(office) == rows
    called = office.call("withdraw", "2", "--by", "督办专员", "--why", "再撤一次")
    assert called.code == 2
    assert "已由 督办专员 撤销（记错了）" in called.err
    listed = office.call("corrections").out
    assert "有效" not in listed
    assert "已撤销 3 条" in listed


def test_each_step_is_on_record_with_who_and_why(office: Desk) -> None:
    done(office.call(*ACCEPTED))
    done(office.call("withdraw", "1", "--by", "王科", "--why", "记错了"))
    changes = [line for line in office.dump() if line.startswith('INSERT INTO "change"') and "A-overdue" in line]
    told = "".join(changes)
    assert (
        "'人工更正 受理日期','2026-03-03','2026-03-05','人工更正 #1：督办专员，核对纸质材料（怀政务〔2026〕5号）'"
        in told
    )
    assert "'人工更正 受理日期','2026-03-05','2026-03-03','撤销更正 #1：王科，记错了'" in told
    assert "'due','2026-03-10','2026-03-12','人工更正 #1'" in told
    assert "'due','2026-03-12','2026-03-10','撤销更正 #1'" in told


def test_a_moved_due_date_arms_its_steps_again_and_an_old_one_is_not_told_twice(office: Desk) -> None:
    def steps() -> list[str]:
        notices = [line for line in office.dump() if line.startswith('INSERT INTO "notice"') and "A-overdue|" in line]
        return sorted(line.split("'")[1].partition("|promised|")[2] for line in notices if "|promised|" in line)

    done(office.call("plan"))
    first = steps()
    assert "2026-03-10|promised-red" in first
    done(office.call(*EXTENSION))
    done(office.call("plan", now="2026-03-23 10:00"))
    assert "2026-03-24|promised-in-1" in set(steps()) - set(first)
    done(office.call("withdraw", "1", "--by", "督办专员", "--why", "撤销", now="2026-03-23 10:30"))
    done(office.call("plan", now="2026-03-23 10:40"))
    assert [step for step in steps() if step == "2026-03-10|promised-red"] == ["2026-03-10|promised-red"]


def test_a_mail_says_what_its_line_rests_on(office: Desk) -> None:
    done(office.call(*ACCEPTED))
    done(office.call("plan"))
    [told] = [one for one in office.call("explain", "A-overdue", "--format", "json").json["mails"] if one["mails"]]
    assert "（受理日期按更正 #1 为 2026-03-05（平台为 2026-03-03））" in told["why"]


class TestThePlatformGoesOn:
    """What is on record outlives every poll, and a platform that says something else than before is told."""

    @pytest.fixture
    def rows(self) -> Rows:
        return ordinary()

    @pytest.fixture
    def live(self, rows: Rows, tmp_path: Path) -> Iterator[Desk]:
        with SmallPlatform(rows.tables) as platform:
            desk = desk_at(tmp_path / "etc", platform.base_url)
            done(desk.call("poll"))
            done(desk.call(*ACCEPTED))
            yield desk

    @staticmethod
    def says(rows: Rows, day: str) -> None:
        """The platform takes its acceptance back and says another."""
        for moment, valid in (("2026-03-03 09:00:00", 0), (f"{day} 09:00:00", 1)):
            rows.add("XMSPSXBLXXXXB", SPSXSLBM="A-overdue", BLZT=3, BLSJ=moment)
            rows.tables["XMSPSXBLXXXXB"][-1].update(SJYXBS=valid, GXSJ="2026-03-19 08:00:00")

    def test_reading_the_same_again_changes_nothing(self, live: Desk) -> None:
        before = entry_of(live, "A-overdue")
        done(live.call("poll"))
        assert entry_of(live, "A-overdue") == before

    def test_another_value_of_the_platform_is_a_data_problem(self, live: Desk, rows: Rows) -> None:
        self.says(rows, "2026-03-06")
        done(live.call("poll"))
        found = entry_of(live, "A-overdue")
        assert (found["accepted"], found["corrections"][0]["state"]) == ("2026-03-05", "changed")
        assert any("平台现为 2026-03-06（更正时为 2026-03-03）" in problem for problem in found["problems"])
        assert "须重新确认" in live.call("ledger").out
        assert "平台此后有变" in live.call("explain", "A-overdue").out
        assert any("'disagreement',NULL,'受理日期：平台现为 2026-03-06" in line for line in live.dump())

    def test_recording_it_once_more_confirms_it(self, live: Desk, rows: Rows) -> None:
        self.says(rows, "2026-03-06")
        done(live.call("poll"))
        assert "取代了 #1" in done(live.call(*ACCEPTED)).out
        assert entry_of(live, "A-overdue")["corrections"][0]["state"] == "in_force"

    def test_a_platform_that_comes_to_agree_is_told(self, live: Desk, rows: Rows) -> None:
        self.says(rows, "2026-03-05")
        done(live.call("poll"))
        assert entry_of(live, "A-overdue")["corrections"][0]["state"] == "agrees"
        assert "平台现已一致，可以撤销" in live.call("corrections").out
