"""answer, answers, hold, holds, lift: what a unit said and what the supervisor keeps quiet, by hand."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.cli.office import Called, Desk

SAID = ("--unit", "区水务局", "--text", "材料正在专家评审，预计 3 月 27 日办结")
PAPER = ("--by", "督办专员", "--why", "防汛应急，已请示分管领导")


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where folders for rehearsed mails are made."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))


def done(called: Called) -> Called:
    """The call, which must have been good."""
    assert (called.code, called.err) == (0, "")
    return called


def noticed(desk: Desk) -> str:
    """The notices on record, as the database holds them."""
    return "\n".join(line for line in desk.dump() if line.startswith('INSERT INTO "notice"'))


def texts(desk: Desk) -> str:
    """What the kept mails say."""
    mails = [message_from_bytes(kept, policy=default) for kept in desk.kept()]
    bodies = [body for mail in mails if (body := mail.get_body(("plain",))) is not None]
    return "\n".join(body.get_content() for body in bodies)


class TestAnswer:
    def test_it_is_on_record_and_explained_in_full(self, office: Desk) -> None:
        called = done(office.call("answer", "A-overdue", *SAID))
        assert "已登记　办件 A-overdue" in called.out
        explained = done(office.call("explain", "A-overdue")).out
        assert "情况说明　区水务局　人工登记" in explained
        assert "材料正在专家评审，预计 3 月 27 日办结" in explained

    @pytest.mark.parametrize("unit", ["110116SWJ", "区水务局", "怀柔区水务局"], ids=["by id", "by name", "in full"])
    def test_a_unit_is_told_by_any_of_its_names(self, office: Desk, unit: str) -> None:
        done(office.call("answer", "A-overdue", "--unit", unit, "--text", "已知悉", "--kind", "receipt"))
        [one] = office.call("answers", "--format", "json").json
        assert (one["item"], one["unit"], one["kind"], one["via"]) == ("A-overdue", "110116SWJ", "receipt", "command")

    def test_the_same_answer_twice_is_one(self, office: Desk) -> None:
        done(office.call("answer", "A-overdue", *SAID, "--at", "2026-03-19 15:00"))
        again = done(office.call("answer", "A-overdue", *SAID, "--at", "2026-03-19 15:00"))
        assert "没有重复登记" in again.out
        assert len(office.call("answers", "A-overdue", "--format", "json").json) == 1

    def test_a_dry_run_shows_what_it_would_do_and_keeps_nothing(self, office: Desk) -> None:
        done(office.call("plan"))
        before = office.dump()
        called = done(office.call("answer", "A-overdue", *SAID, "--dry-run"))
        assert "什么也没有保存" in called.out
        assert office.dump() == before

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            pytest.param(("A-overdu", *SAID), "是否想写 A-overdue", id="an item that the ledger does not hold"),
            pytest.param(("A-overdue", "--unit", "水务局x", "--text", "x"), "没有“水务局x”这个单位", id="no such unit"),
            pytest.param(("A-overdue", "--unit", "区水务局", "--text", " "), "--text 是空的", id="nothing said"),
            pytest.param((*("A-overdue", *SAID), "--at", "2026-03-21"), "还没有到", id="an answer of tomorrow"),
            pytest.param(
                ("A-overdue", "--unit", "区水务局", "--text", "请联系 13912345678"), "手机号", id="somebody's telephone"
            ),
            pytest.param(("H-other-unit", *SAID), "审批单位是区发展改革委", id="an item of another unit"),
        ],
    )
    def test_what_cannot_be_recorded_is_refused_in_a_sentence(
        self, office: Desk, arguments: tuple[str, ...], words: str
    ) -> None:
        called = office.call("answer", *arguments)
        assert (called.code, called.out) == (2, "")
        assert called.is_told
        assert words in called.err
        assert office.call("answers", "--format", "json").json == []

    def test_by_force_another_units_answer_is_kept_but_ends_nothing(self, office: Desk) -> None:
        done(office.call("plan"))
        called = done(office.call("answer", "H-other-unit", *SAID, "--force", "--format", "json"))
        assert called.json["written"] == 1
        assert "answered" not in {one["reason"] for one in called.json["prospects"]}

    def test_the_answers_of_one_unit_are_listed(self, office: Desk) -> None:
        done(office.call("answer", "A-overdue", *SAID))
        done(office.call("answer", "H-other-unit", "--unit", "区发展改革委", "--text", "会签中"))
        assert "会签中" in office.call("answers").out
        assert "A-overdue" not in office.call("answers", "--unit", "区发展改革委").out


class TestHold:
    def test_nothing_is_mailed_about_a_held_item_and_the_day_after_it_is(self, office: Desk) -> None:
        done(office.call("hold", "A-overdue", "--until", "2026-03-23", *PAPER))
        done(office.call("plan"))
        assert "督办专员已登记暂停督促" in office.call("explain", "A-overdue").out
        assert "A-overdue" not in noticed(office)
        done(office.call("plan", now="2026-03-23 10:00"))
        assert "A-overdue" not in noticed(office)
        done(office.call("poll", now="2026-03-24 09:00"))
        done(office.call("plan", now="2026-03-24 09:05"))
        assert "A-overdue|promised|2026-03-10|promised-red" in noticed(office)

    def test_a_unit_is_held_by_any_of_its_names(self, office: Desk) -> None:
        done(office.call("hold", "怀柔区水务局", "--until", "2026-03-31", *PAPER))
        [one] = office.call("holds", "--format", "json").json
        assert (one["scope"], one["target"], one["state"]) == ("unit", "110116SWJ", "active")
        done(office.call("plan"))
        assert "A-overdue" not in noticed(office)
        assert "E-nobody" in noticed(office)

    def test_what_was_lifted_is_judged_by_the_next_round(self, office: Desk) -> None:
        done(office.call("hold", "区水务局", "--until", "2026-03-31", *PAPER))
        done(office.call("plan"))
        done(office.call("lift", "1", "--by", "督办专员", "--why", "应急结束"))
        assert "已解除 1 条" in office.call("holds").out
        done(office.call("plan", now="2026-03-20 11:00"))
        assert "A-overdue|promised|2026-03-10|promised-red" in noticed(office)

    def test_what_waits_to_leave_is_dropped(self, office: Desk) -> None:
        done(office.call("plan"))
        done(office.call("hold", "A-overdue", "--until", "2026-03-23", *PAPER))
        done(office.call("deliver"))
        assert "A-overdue" not in texts(office)
        assert "B-due-soon" in texts(office)

    @pytest.mark.parametrize(
        ("target", "until", "words"),
        [
            pytest.param("A-overdue", "2026-03-19", "已经过去", id="a date that has passed"),
            pytest.param("A-overdue", "2026-12-31", "max_workdays", id="longer than the policy allows"),
            pytest.param("A-overdue", "下周", "不是日期", id="no date at all"),
            pytest.param("A-overdu", "2026-03-23", "是否想写 A-overdue", id="neither item nor unit"),
        ],
    )
    def test_what_cannot_be_held_is_refused_in_a_sentence(
        self, office: Desk, target: str, until: str, words: str
    ) -> None:
        called = office.call("hold", target, "--until", until, *PAPER)
        assert (called.code, called.out) == (2, "")
        assert called.is_told
        assert words in called.err
        assert office.call("holds", "--format", "json").json == []

    def test_a_dry_run_keeps_nothing(self, office: Desk) -> None:
        before = office.dump()
        assert (
            "什么也没有保存" in done(office.call("hold", "A-overdue", "--until", "2026-03-23", *PAPER, "--dry-run")).out
        )
        assert office.dump() == before

    @pytest.mark.parametrize("number", ["1", "7"], ids=["lifted already", "never made"])
    def test_only_what_holds_can_be_lifted(self, office: Desk, number: str) -> None:
        done(office.call("hold", "A-overdue", "--until", "2026-03-23", *PAPER))
        done(office.call("lift", "1", *PAPER))
        called = office.call("lift", number, *PAPER)
        assert called.code == 2
        assert called.is_told
