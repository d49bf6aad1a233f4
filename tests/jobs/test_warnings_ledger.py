"""The ledger of warnings: one line a warning that went out, with what became of it; and the register of letters."""

from dataclasses import replace
from datetime import date
from typing import Any

from alerts.answers import Given, record
from alerts.letters.register import LETTER
from alerts.outbox import MAIL, Claimed
from alerts.tables import Hold
from config.policy import Letters
from monitor import letters_register
from monitor.app import App
from monitor.jobs.rounds import deliver_round
from monitor.warnings_ledger.gather import warnings
from monitor.warnings_ledger.rows import row
from tests.jobs.daemon_day import Day
from tests.ledger.platform import at

HOLD = Hold.__table__  # type: ignore[attr-defined]


def walked(day: Day, *texts: str) -> None:
    """A poll, a plan and a delivery at each moment; the mails are kept without samples of letters."""
    for text in texts:
        day.at(text).poll()
        day.plan()
        deliver_round(lettered(day.app, Letters(enabled=False)))


def lettered(app: App, letters: Letters) -> App:
    """The parts with other decisions about letters."""
    policy = app.config.policy.model_copy(update={"letters": letters})
    return replace(app, config=replace(app.config, policy=policy))


def sent(day: Day) -> None:
    """All that was kept as a file counts as sent, and has brought its letters."""
    desk = replace(day.app.letters_desk(day.clock.now), leaves=True)
    for mail in day.mails("digest"):
        if mail.state == "kept":
            claimed = Claimed(
                mail.id, mail.key, mail.message_id, mail.kind, mail.level, mail.unit, mail.audience, mail.recipients,
                mail.payload, 1, 0, mail.created_at,
            )  # fmt: skip
            replace(desk, now=mail.sent_at).attached(claimed, mail.payload)
            with day.app.transactions.write() as connection:
                connection.execute(MAIL.update().where(MAIL.c.id == mail.id).values(state="sent"))


def put(day: Day, table: Any, **values: Any) -> None:
    """A row of a table that other commands write."""
    with day.app.transactions.write() as connection:
        connection.execute(table.insert().values(**values))


def answered(day: Day, item: str, text: str, kind: Any, at_text: str) -> None:
    """An answer of the item's unit."""
    given = Given((item,), "110116SWJ", kind, text, "科室负责人", "command", at(at_text))
    with day.app.transactions.write() as connection:
        record(connection, given, at(at_text))


def told(day: Day) -> list[dict[str, Any]]:
    """The ledger of warnings, as rows."""
    return [row(*line) for line in warnings(day.app)]


def due_on_the_sixteenth(day: Day, item: str = "HRM1-1") -> None:
    """An item of ten days accepted on Monday, 2 November: due on Monday the 16th."""
    day.item(item, "2026-11-02 09:00:00", "2026-11-02 10:00:00")


def test_each_warning_is_one_line_whoever_got_it_the_gravest_first(day: Day) -> None:
    due_on_the_sixteenth(day)
    walked(day, "2026-11-11 09:05", "2026-11-13 09:05", "2026-11-16 09:05", "2026-11-17 09:05", "2026-11-23 09:05")
    sent(day)
    assert [(one["time"], one["kind"], one["level"], one["remaining"]) for one in told(day)] == [
        ("2026-11-23 09:05", "审批", "红牌", -5), ("2026-11-23 09:05", "答复", "黄牌", -1),
        ("2026-11-17 09:05", "审批", "黄牌", -1), ("2026-11-16 09:05", "审批", "催办", 0),
        ("2026-11-13 09:05", "审批", "催办", 1), ("2026-11-11 09:05", "审批", "催办", 3),
    ]  # fmt: skip
    yellow = told(day)[2]
    assert (yellow["to"], yellow["reference"]) == (["分管领导", "科室负责人"], "怀政务督〔2026〕1号")
    assert yellow["reason"] == "已到“超过审批时限 1 个工作日”督办节点"


def test_a_line_follows_what_becomes_of_its_item(day: Day) -> None:
    due_on_the_sixteenth(day)
    walked(day, "2026-11-17 09:05")
    sent(day)
    assert (told(day)[0]["state"], told(day)[0]["answer_by"]) == ("待答复", "2026-11-20")
    answered(day, "HRM1-1", "设计单位正在修改图纸", "explanation", "2026-11-18 15:00")
    [line] = told(day.at("2026-11-18 16:00"))
    assert (line["state"], line["handled_on"], line["handled_by"]) == ("已答复", "2026-11-18", "科室负责人")
    assert "设计单位正在修改图纸" in line["remark"]
    day.event("HRM1-1", 11, "2026-11-19 10:00:00")
    day.at("2026-11-19 11:00").poll()
    [line] = told(day)
    assert (line["state"], line["handled_on"]) == ("已办结", "2026-11-19")


def test_a_silence_over_the_item_or_its_unit_is_seen(day: Day) -> None:
    due_on_the_sixteenth(day)
    walked(day, "2026-11-17 09:05")
    silence = {"until": date(2026, 11, 30), "why": "等复函", "by": "督办专员", "at": day.clock.now}
    put(day, HOLD, scope="unit", target=told(day)[0]["unit_id"], **silence)
    [line] = told(day)
    assert (line["state"], line["handled_by"]) == ("暂停督促", "督办专员")
    assert told(day.at("2026-12-01 09:05"))[0]["state"] != "暂停督促"


def test_mails_kept_as_files_are_told_as_such_and_those_that_wait_are_no_warnings_yet(day: Day) -> None:
    due_on_the_sixteenth(day)
    day.at("2026-11-17 09:05").poll()
    day.plan()
    assert told(day) == []
    day.deliver()
    assert ["存为文件" in one["remark"] for one in told(day)] == [True]


def test_only_those_since_a_day_and_of_a_unit(day: Day) -> None:
    due_on_the_sixteenth(day)
    walked(day, "2026-11-16 09:05", "2026-11-17 09:05")
    unit = told(day)[0]["unit_id"]
    assert len(warnings(day.app, since=date(2026, 11, 17))) == 1
    assert len(warnings(day.app, unit=unit)) == 2
    assert warnings(day.app, unit="110116FGW") == []
    assert warnings(day.app, items=["HRM1-2"]) == []


def test_a_mail_that_took_in_lines_of_an_earlier_round_tells_them_once(day: Day) -> None:
    due_on_the_sixteenth(day)
    walked(day, "2026-11-17 09:05")
    head, leader = day.mails("digest")
    rounds = [leader.created_at.isoformat(), at("2026-11-17 10:00").isoformat()]
    later = {"created_at": at("2026-11-17 10:00"), "payload": {**leader.payload, "rounds": rounds}}
    with day.app.transactions.write() as connection:
        connection.execute(MAIL.update().where(MAIL.c.id == leader.id).values(later))
    [line] = told(day)
    assert len(line["to"]) == 2
    with day.app.transactions.write() as connection:
        connection.execute(MAIL.update().where(MAIL.c.id == leader.id).values(payload=head.payload))
    assert len(told(day)) == 2


def letters(day: Day) -> list[dict[str, Any]]:
    """The register."""
    return letters_register.letters(day.app)


def test_the_register_says_whether_a_letter_left_and_how_it_was_answered(day: Day) -> None:
    for item in ("HRM1-1", "HRM1-2"):
        due_on_the_sixteenth(day, item)
    walked(day, "2026-11-17 09:05")
    sent(day)
    [letter] = letters(day)
    assert (letter["sent"], letter["count"], letter["state"]) == ("已发出", 2, "待答复")
    answered(day, "HRM1-1", "", "receipt", "2026-11-17 10:00")
    assert letters(day)[0]["state"] == "已签收"
    answered(day, "HRM1-1", "正在办", "explanation", "2026-11-18 10:00")
    assert letters(day)[0]["state"] == "部分答复（1/2）"
    answered(day, "HRM1-2", "正在办", "explanation", "2026-11-19 10:00")
    [letter] = letters(day)
    assert (letter["state"], letter["answered_on"]) == ("已答复", "2026-11-19")


def test_a_letter_without_an_answer_is_unanswered_once_its_date_is_past(day: Day) -> None:
    due_on_the_sixteenth(day)
    walked(day, "2026-11-17 09:05")
    sent(day)
    assert [letters(day.at(f"2026-11-{number} 09:05"))[0]["state"] for number in (20, 21)] == ["待答复", "未答复"]


def test_a_letter_whose_mails_never_left_stays_in_the_register_as_void(day: Day) -> None:
    due_on_the_sixteenth(day)
    walked(day, "2026-11-17 09:05")
    sent(day)
    with day.app.transactions.write() as connection:
        connection.execute(MAIL.update().values(state="pending"))
    assert letters(day)[0]["sent"] == "待发出"
    with day.app.transactions.write() as connection:
        connection.execute(MAIL.update().values(state="dropped"))
    assert letters(day)[0]["sent"] == "未发出（作废）"


def test_a_red_letter_names_the_earlier_mails_and_letters(day: Day) -> None:
    due_on_the_sixteenth(day)
    walked(day, "2026-11-16 09:05", "2026-11-17 09:05")
    sent(day)
    walked(day, "2026-11-23 09:05")
    sent(day)
    [red] = [row.facts for row in day.rows(LETTER) if row.level == "red_card"]
    assert red["items"][0]["earlier"] == ["11月16日 催办", "11月17日 黄牌（怀政务督〔2026〕1号）"]


def test_letters_switched_off_leave_the_ledger_of_warnings_without_references(day: Day) -> None:
    due_on_the_sixteenth(day)
    day.app = lettered(day.app, Letters(enabled=False))
    walked(day, "2026-11-17 09:05")
    sent(day)
    assert [one["reference"] for one in told(day)] == [None]
    assert letters(day) == []
