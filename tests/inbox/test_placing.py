"""Where messages are put: on record once, answers at their items, the rest told or left."""

from datetime import date

import pytest
from sqlalchemy import select

from alerts.inbox.mailbox import Listed, Position
from alerts.inbox.received import RECEIVED
from alerts.tables import Letter
from config.units import UnitDirectory
from monitor.ledger.database import reading, writing
from tests.alerts.delivery import NOW
from tests.alerts.letters import naughty_strings
from tests.alerts.office import (
    OFFICE,
    WATER,
    moment,
    operator_mail,
    put,
    unit,
)  # fmt: skip
from tests.inbox.desk import LATER, Office, Pile, sent
from tests.inbox.messages import (
    HEAD,
    OURS,
    foxmail,
    out_of_office,
    outlook,
    plain,
    qq,
    spam,
    with_files,
)  # fmt: skip


def answered(office: Office) -> list[tuple[str, str, str]]:
    """Item, kind and text of every answer."""
    return [(one.item, one.kind, one.text) for one in office.answers]


def test_a_reply_is_an_explanation_of_every_item_of_the_mail(office: Office) -> None:
    office.look(foxmail())
    items = [(one.item, one.kind) for one in office.answers]
    assert items == [("HRM1-2760925", "explanation"), ("HRM1-2", "explanation")]
    first = office.answers[0]
    assert (first.unit, first.by, first.via, first.mail_key) == (WATER.id, HEAD, "mail", "one")
    assert (first.at, first.recorded_at) == (moment("2026-11-19 10:30"), LATER)
    [kept] = office.received
    assert (kept.kind, kept.mail_key, kept.id) == ("answer", "one", first.received_id)
    assert office.told == []


def test_a_reply_that_names_items_is_about_these_alone(office: Office) -> None:
    office.look(outlook())
    assert [one.item for one in office.answers] == ["HRM1-2760925"]


def test_a_reply_that_names_an_item_of_another_mail_is_about_that_one(office: Office) -> None:
    office.look(plain("HRM1-77 已补正。"))
    assert [one.item for one in office.answers] == ["HRM1-77"]


def test_a_name_within_a_longer_one_is_no_name(office: Office) -> None:
    office.look(plain("HRM1-22 和 XHRM1-2 都不归我们。"))
    assert [one.item for one in office.answers] == ["HRM1-2760925", "HRM1-2"], "no item was named, so all are meant"


def test_a_word_of_receipt_is_a_receipt(office: Office) -> None:
    office.look(plain(f"收到。\n\n张三\n\n{'-' * 18} 原始邮件 {'-' * 18}\n发件人: x"))
    assert answered(office) == [("HRM1-2760925", "receipt", "收到。\n\n张三"), ("HRM1-2", "receipt", "收到。\n\n张三")]


def test_a_word_of_receipt_with_a_file_is_an_explanation(office: Office) -> None:
    office.look(with_files("收到", ("说明.docx", b"PK")))
    assert [one.kind for one in office.answers] == ["explanation"] * 2


def test_without_a_reference_the_subject_shows_which_mail_is_answered(office: Office) -> None:
    office.look(qq())
    assert [(one.item, one.mail_key) for one in office.answers] == [("HRM1-2760925", "one"), ("HRM1-2", "one")]


def test_without_reference_and_subject_the_items_that_are_named_or_else_quoted(office: Office) -> None:
    office.look(
        plain("HRM1-2 已办结，请核对。", subject="情况说明", answers=None),
        plain("已办结。\n> 办件编号：HRM1-2760925", subject="说明", answers=None, message_id="<b@swj.example>"),
    )
    assert [one.item for one in office.answers] == ["HRM1-2", "HRM1-2760925"]


def test_the_reference_of_a_letter_shows_which_mail_is_answered(office: Office) -> None:
    table = Letter.__table__  # type: ignore[attr-defined]
    with writing(office.engine) as connection:
        values = {"series": "督", "year": 2026, "number": 12, "kind": "notice", "level": "red_card", "made_at": NOW}
        reference = "怀政服督〔2026〕12号"
        connection.execute(
            table.insert().values(
                reference=reference, unit=WATER.id, mail_key="one", facts={}, docx=b"", pdf=b"", **values
            )
        )
    office.look(plain("对怀政服督[2026] 12号的答复：已整改。", subject="关于督办的答复", answers=None))
    assert [one.item for one in office.answers] == ["HRM1-2760925", "HRM1-2"]


@pytest.mark.parametrize(
    ("raw", "words", "told"),
    [
        pytest.param(plain("已办结", sender="somebody@swj.example"), "不在区水务局的联系人中", True, id="a colleague"),
        pytest.param(plain("已办结", sender="handler@ylj.example"), "不在区水务局的联系人中", True, id="another unit"),
        pytest.param(plain("请尽快", sender="supervisor@zwfw.example"), "本局内部回信", False, id="the office itself"),
        pytest.param(spam(), "不属于任何单位的联系人", False, id="a stranger"),
        pytest.param(plain("你好", answers=None, subject="你好"), "看不出答复的是哪一件", True, id="nothing named"),
        pytest.param(plain("> 全是引文"), "回信没有正文", True, id="nothing written"),
        pytest.param(plain("HRM1-3 已办结", answers=None, subject="x"), "看不出", True, id="an item of another unit"),
        pytest.param(plain("x", Precedence="bulk"), "群发邮件", False, id="sent to many"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_on_record_and_told_where_a_person_must_look(
    office: Office, raw: bytes, words: str, told: bool
) -> None:
    office.look(raw)
    [kept] = office.received
    assert (office.answers, kept.kind) == ([], "other")
    assert words in kept.outcome
    assert office.told == ([("supervisor@zwfw.example", "收件箱有来信需要人工处理")] if told else [])


def test_a_reply_to_a_mail_to_nobodys_unit_is_left_to_the_supervisor(office: Office) -> None:
    put(office.engine, operator_mail("word"))
    with writing(office.engine) as connection:
        sent(connection, "word", "<word@zwfw.example>")
    office.look(plain("已处理", answers="<word@zwfw.example>", subject="回复: x"))
    assert (office.answers, len(office.told)) == ([], 2)


def test_our_own_mail_in_the_mailbox_is_nothing_new(office: Office) -> None:
    office.look(plain("督办", sender="monitor@zwfw.example", message_id=OURS, answers=None))
    assert [(one.kind, one.outcome) for one in office.received] == [("other", "本系统自己发出的信")]
    assert office.told == []


def test_the_reply_of_an_absent_person_is_no_answer_and_shows_at_its_mail(office: Office) -> None:
    office.look(out_of_office())
    assert [(one.kind, one.mail_key) for one in office.received] == [("out_of_office", "one")]
    assert (office.answers, office.told) == ([], [])


def test_the_address_counts_whatever_the_case_of_its_letters(office: Office) -> None:
    office.look(plain("收到", sender="Section_Head@SWJ.example"))
    assert len(office.answers) == 2


def test_an_address_of_two_units_answers_for_the_one_the_mail_went_to(office: Office) -> None:
    both = unit("110116ZZZ", "区某局", "swj.example", "section_head")
    office.units = UnitDirectory((both, WATER), OFFICE)
    office.look(foxmail())
    assert {one.unit for one in office.answers} == {WATER.id}


@pytest.mark.parametrize("date", ["Thu, 19 Nov 2020 10:30:00 +0800", "Thu, 19 Nov 2099 10:30:00 +0800", "yesterday"])
def test_a_clock_that_is_evidently_wrong_does_not_say_when_it_was_answered(office: Office, date: str) -> None:
    office.look(plain("收到", date=date))
    assert {one.at for one in office.answers} == {LATER}


def test_nothing_is_read_twice(office: Office) -> None:
    pile = Pile([foxmail(), plain("收到", message_id=None), foxmail()])
    office.look_into(pile)
    office.look_into(pile)
    office.position = None
    office.look_into(pile)
    pile.validity = 2
    office.look_into(pile)
    assert (len(office.received), len(office.answers)) == (2, 4)
    assert office.position == Position(2, 3)


def test_a_message_that_the_server_does_not_give_stops_none_and_is_read_later(office: Office) -> None:
    pile = Pile([plain("收到", message_id=f"<{n}@swj.example>") for n in range(3)], broken={2})
    looked = office.look_into(pile)
    assert (len(office.received), looked.problems, office.position) == (2, ["一封信读不出来"], Position(1, 1))
    pile.broken.clear()
    office.look_into(pile)
    assert (len(office.received), office.position, pile.read) == (3, Position(1, 3), [1, 3, 2])


def test_a_round_cut_short_between_two_messages_loses_and_doubles_none(office: Office) -> None:
    class KilledError(Exception):
        """The process is killed."""

    class Falling(Pile):
        def done(self, uid: int) -> None:
            if uid == 2 and not self.moved[1:]:
                self.moved.append(uid)
                raise KilledError

    pile = Falling([plain(f"说明之{n}", message_id=f"<{n}@swj.example>") for n in range(3)])
    with pytest.raises(KilledError):
        office.look_into(pile)
    office.look_into(pile)
    assert (len(office.received), len(office.answers)) == (3, 6)


def test_a_message_that_cannot_be_read_is_on_record_and_the_next_is_read(office: Office) -> None:
    depth = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000))

    class Deep(Pile):
        def listed(self, after: int, since: date | None) -> list[Listed]:
            return [Listed(1, "<deep@x.example>", "x@x.example", "深", 10), Listed(2, "<2@swj.example>", HEAD, "", 10)]

    looked = office.look_into(
        Deep([b"Message-ID: <deep@x.example>\n" + depth, plain("收到", message_id="<2@swj.example>")])
    )
    assert (looked.counts["answer"], [one.kind for one in office.received]) == (1, ["other", "answer"])
    assert "读不懂" in office.received[0].outcome


def test_a_message_too_large_is_not_fetched_but_told(office: Office) -> None:
    pile = Pile([with_files("见附件", ("图纸.dwg", b"0" * 200_000)), plain("收到")])
    office.look_into(pile, most_bytes=100_000)
    assert (pile.read, [one.kind for one in office.received]) == ([2], ["other", "answer"])
    assert "来信太大" in office.received[0].outcome
    assert len(office.told) == 1
    office.position = None
    office.look_into(pile, most_bytes=100_000)
    assert len(office.received) == 2


@pytest.mark.slow
def test_naughty_strings_are_stored(office: Office) -> None:
    strings = naughty_strings()
    if strings is None:
        pytest.skip("the list of naughty strings is not here")
    office.look(
        *(plain(f"说明：{text}", subject=text, message_id=f"<{n}@swj.example>") for n, text in enumerate(strings))
    )
    assert len(office.received) == len(strings)


def test_no_more_of_a_message_is_kept_than_sender_subject_and_the_answer(office: Office) -> None:
    office.look(spam())
    with reading(office.engine) as connection:
        [kept] = connection.execute(select(RECEIVED))
    assert set(kept._mapping) == {
        "id", "mailbox", "message_id", "sender", "subject", "kind", "at", "read_at", "mail_key", "outcome"
    }  # fmt: skip
    assert "发票" not in "".join(map(str, kept))
