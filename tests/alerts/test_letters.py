"""Formal letters go with a 督办 that really leaves: one a unit, level and round, under numbers without gaps."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from alerts.case import Case
from alerts.deliver import deliver
from alerts.digest import Line
from alerts.letters.attach import Desk
from alerts.letters.register import LETTER
from alerts.mailer import Folder
from alerts.outbox import Outgoing
from alerts.render import Attachment
from config.policy import Letters, Policy
from config.settings import Delivery
from monitor.ledger.database import DatabaseError, reading
from tests.alerts.delivery import NOW, as_they_are, post, round_to
from tests.alerts.office import (
    DIRECTORY,
    DOMAIN,
    FORESTRY,
    POLICY,
    WORKDAYS,
    case,
    digest_mail,
    line,
    marked,
    moment,
    put,
    rows,
    states,
    writer,
)  # fmt: skip
from tests.alerts.relay import PUT_OFF, Relay, relay

LATE = case(1)
RED = case(6, item="HRM1-6")
YELLOW, RED_STEP = "promised-yellow", "promised-red"


def desk(engine: Engine, *cases: Case, policy: Policy = POLICY, **changes: Any) -> Desk:
    """A desk of a round in which mails leave, with cases as they are now."""
    plain = Desk(
        read=partial(reading, engine), write=writer(engine), refresh=as_they_are(*cases or (LATE,)), policy=policy,
        units=DIRECTORY, workdays=WORKDAYS, domain=DOMAIN, now=NOW, leaves=True,
    )  # fmt: skip
    return replace(plain, **changes)


async def sent(it: Relay, engine: Engine, *cases: Case, **changes: Any) -> Any:
    """One delivery round with letters."""
    known = cases or (LATE,)
    made = desk(engine, *known, **changes)
    return await round_to(it, engine, made.now, refresh=as_they_are(*known), letters=made.attached, policy=made.policy)


def mail(key: str, *lines: Line, audience: str = "section_head", **changes: Any) -> Outgoing:
    """A digest to one audience of the water authority."""
    to = (f"{audience}@swj.example",)
    return replace(digest_mail(key, *lines or (line(LATE),), to=to, audience=audience, **changes), audience=audience)


def letters(engine: Engine) -> list[Any]:
    """The register, in the order of its making."""
    with reading(engine) as connection:
        return list(connection.execute(select(LETTER).order_by(LETTER.c.id)))


def references(engine: Engine) -> list[str]:
    """The numbers given, in order."""
    return [row.reference for row in letters(engine)]


def attached(message: Any) -> dict[str, bytes]:
    """What a mail has attached, by file name."""
    return {str(part.get_filename()): part.get_payload(decode=True) for part in message.iter_attachments()}


def words(docx: bytes) -> str:
    """The text of a DOCX, without its marks."""
    import re

    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return re.sub(r"<[^>]+>", "", package.read("word/document.xml").decode("utf-8"))


async def test_a_yellow_card_brings_a_letter_as_pdf_and_docx_and_is_kept_in_the_register(engine: Engine) -> None:
    put(engine, mail("one"))
    async with relay() as it:
        await sent(it, engine)
    [letter], found = letters(engine), attached(it.mails[0].message)
    assert found == {"letter-2026-1.pdf": letter.pdf, "letter-2026-1.docx": letter.docx}
    assert (letter.reference, letter.kind, letter.level) == ("怀政务督〔2026〕1号", "督办通知单", "yellow_card")
    assert (letter.unit, letter.mail_key, letter.made_at) == ("110116SWJ", "one", NOW)
    assert letter.pdf.startswith(b"%PDF-")


async def test_the_mail_names_the_letters_that_go_with_it(engine: Engine) -> None:
    put(engine, mail("both", line(LATE), line(RED, RED_STEP)))
    async with relay() as it:
        await sent(it, engine, LATE, RED, policy=Policy(letters=Letters(levels=("yellow_card", "red_card"))))
    bodies = [mail.message.get_body(("plain",)).get_content() for mail in it.mails]
    [named] = [body for body in bodies if "随信附" in body]
    assert "随信附《督办通知单》怀政务督〔2026〕1号、《督办函》怀政务督〔2026〕2号，" in named
    pages = [mail.message.get_body(("html",)).get_content() for mail in it.mails]
    assert sum("《督办函》怀政务督〔2026〕2号" in page for page in pages) == 1


async def test_a_letter_states_the_facts_the_law_and_whom_it_is_from(engine: Engine) -> None:
    put(engine, mail("one"))
    async with relay() as it:
        await sent(it, engine)
    said = words(letters(engine)[0].docx)
    for wanted in (
        "北京市怀柔区政务服务管理局", "怀政务督〔2026〕1号", "北京市怀柔区水务局：", "贵单位有 1 件事项超过办理时限",
        "生产建设项目水土保持方案审批", "2201-110116-04-01-466702", "HRM1-2760925", "受理 2026年10月21日",
        "到期 2026年11月18日", "逾期 1 个工作日", "承诺时限", "第四十二条", "2026年11月19日",
    ):  # fmt: skip
        assert wanted in said
    assert "第四十四条" not in said


async def test_all_audiences_of_a_round_get_the_same_letter(engine: Engine) -> None:
    put(engine, mail("head"), mail("leader", audience="deputy_leader"))
    async with relay() as it:
        await sent(it, engine)
    one, other = (attached(each.message) for each in it.mails)
    assert one == other != {}
    assert references(engine) == ["怀政务督〔2026〕1号"]


async def test_a_letter_states_also_what_only_another_audience_of_the_unit_is_told(engine: Engine) -> None:
    more = case(1, item="HRM1-7")
    put(engine, mail("leader", audience="deputy_leader"), mail("head", line(LATE), line(more)))
    async with relay() as it:
        await sent(it, engine, LATE, more)
    [letter] = letters(engine)
    assert [item["item"] for item in letter.facts["items"]] == ["HRM1-2760925", "HRM1-7"]
    assert attached(it.mails[0].message) == attached(it.mails[1].message)


async def test_levels_units_and_rounds_have_letters_of_their_own(engine: Engine) -> None:
    both = mail("both", line(LATE), line(RED, RED_STEP), level="red_card")
    put(engine, both)
    trees = case(1, item="HRM1-8", unit=FORESTRY.id, unit_name=FORESTRY.name)
    theirs = replace(mail("trees", line(trees), unit=FORESTRY.id, unit_name=FORESTRY.name), unit=FORESTRY.id)
    put(engine, theirs)
    later = case(1, item="HRM1-9")
    async with relay() as it:
        await sent(it, engine, LATE, RED, trees)
        put(engine, mail("next", line(later)), at=moment("2026-11-19 09:10"))
        await sent(it, engine, later, now=moment("2026-11-19 09:10"))
    assert [(row.number, row.kind, row.unit, row.mail_key) for row in letters(engine)] == [
        (1, "督办通知单", "110116SWJ", "both"), (2, "督办函", "110116SWJ", "both"),
        (3, "督办通知单", "110116YLJ", "trees"), (4, "督办通知单", "110116SWJ", "next"),
    ]  # fmt: skip
    assert len(attached(it.mails[0].message)) == 4


@pytest.mark.parametrize("audience", ["supervisor", "bureau_leader"])
async def test_the_offices_own_people_get_no_letter(engine: Engine, audience: str) -> None:
    put(engine, mail("one", audience=audience))
    async with relay() as it:
        await sent(it, engine)
    assert (attached(it.mails[0].message), letters(engine)) == ({}, [])


async def test_a_reminder_brings_no_letter_and_neither_does_a_level_without(engine: Engine) -> None:
    near = case(0, item="HRM1-9")
    put(engine, mail("reminder", line(near, "promised-today"), level="reminder"), mail("yellow"))
    only_red = Policy(letters=Letters(levels=("red_card",)))
    async with relay() as it:
        await sent(it, engine, near, LATE, policy=only_red)
    assert ([attached(each.message) for each in it.mails], letters(engine)) == ([{}, {}], [])


async def test_letters_can_be_switched_off(engine: Engine) -> None:
    put(engine, mail("one"))
    async with relay() as it:
        await sent(it, engine, policy=Policy(letters=Letters(enabled=False)))
    assert (attached(it.mails[0].message), letters(engine)) == ({}, [])


async def test_mails_that_waited_and_left_as_one_bring_one_letter(engine: Engine) -> None:
    later = case(1, item="HRM1-9")
    put(engine, mail("first"))
    put(engine, mail("next", line(later)), at=moment("2026-11-19 09:10"))
    async with relay() as it:
        await sent(it, engine, LATE, later, now=moment("2026-11-19 09:10"))
    [letter], [one] = letters(engine), it.mails
    assert [item["item"] for item in letter.facts["items"]] == ["HRM1-2760925", "HRM1-9"]
    assert len(attached(one.message)) == 2


async def test_lines_taken_in_from_an_earlier_round_keep_the_letter_they_have(engine: Engine) -> None:
    put(engine, mail("leader", audience="deputy_leader"))
    async with relay() as it:
        await sent(it, engine)
        more = case(1, item="HRM1-7")
        rounds = [NOW.isoformat(), moment("2026-11-19 09:10").isoformat()]
        put(engine, mail("head", line(LATE), line(more), rounds=rounds), at=moment("2026-11-19 09:10"))
        await sent(it, engine, LATE, more, now=moment("2026-11-19 09:10"))
    assert [[item["item"] for item in row.facts["items"]] for row in letters(engine)] == [["HRM1-2760925"], ["HRM1-7"]]
    assert set(attached(it.mails[0].message)) < set(attached(it.mails[1].message))


async def test_a_mail_that_is_dropped_takes_no_number(engine: Engine) -> None:
    put(engine, mail("dropped"), mail("stays", line(RED, RED_STEP), level="red_card"))
    async with relay() as it:
        await sent(it, engine, replace(LATE, closed=True), RED)
    assert states(engine)["dropped"] == "dropped"
    assert [(row.number, row.mail_key) for row in letters(engine)] == [(1, "stays")]


async def test_a_line_that_fell_away_is_not_in_the_letter(engine: Engine) -> None:
    gone = case(1, item="HRM1-7")
    put(engine, mail("one", line(LATE), line(gone)))
    async with relay() as it:
        await sent(it, engine, LATE, replace(gone, closed=True))
    assert [item["item"] for item in letters(engine)[0].facts["items"]] == ["HRM1-2760925"]


async def test_while_delivery_is_off_a_sample_is_kept_and_no_number_taken(engine: Engine, tmp_path: Path) -> None:
    put(engine, mail("one"))
    made = desk(engine, leaves=False)
    await deliver(post(engine, Delivery(), letters=made.attached), [Folder(tmp_path / "kept")])
    [kept] = (tmp_path / "kept").glob("*.eml")
    from email import message_from_bytes, policy

    found = attached(message_from_bytes(kept.read_bytes(), policy=policy.default))
    assert set(found) == {"letter-sample-yellow_card.pdf", "letter-sample-yellow_card.docx"}
    assert "怀政务督〔2026〕×号（样张）" in words(found["letter-sample-yellow_card.docx"])
    assert letters(engine) == []


async def test_a_mail_sent_again_brings_the_same_letter_byte_for_byte(engine: Engine) -> None:
    put(engine, mail("one"))
    async with relay(on_data=[PUT_OFF]) as it:
        await sent(it, engine)
    first = letters(engine)
    async with relay() as it:
        await sent(it, engine, now=moment("2026-11-20 10:00"))
    assert letters(engine) == first
    assert attached(it.mails[0].message) == {"letter-2026-1.pdf": first[0].pdf, "letter-2026-1.docx": first[0].docx}


async def test_a_crash_after_the_number_was_given_gives_no_other(engine: Engine) -> None:
    put(engine, mail("one"), mail("two", line(RED, RED_STEP), level="red_card"))
    async with relay() as it:
        await sent(it, engine, LATE, RED)
    before = letters(engine)
    with writer(engine)() as connection:
        marked(connection, "one", state="sending", owner="dead", sent_at=None, lease_until=NOW)
    async with relay() as it:
        await sent(it, engine, LATE, RED, now=moment("2026-11-19 09:20"))
    assert len(it.mails) == 1
    assert letters(engine) == before


def test_the_same_facts_are_the_same_bytes(engine: Engine) -> None:
    from alerts.letters.facts import Letterhead, gathered
    from alerts.letters.forms import documents

    head = Letterhead("督办函", "red_card", "某局", "U", "区水务局", "北京市怀柔区水务局", NOW.date(), None, None)
    facts = gathered(head, [line(LATE).to_json()], {})
    one, other = (documents(facts, "〔2026〕1号", None) for _ in range(2))
    assert (one.docx, one.pdf) == (other.docx, other.pdf)


def claimed(engine: Engine, key: str) -> Any:
    """The mail as a delivery round has it in its hands."""
    from alerts.outbox import Claimed

    row = next(found for found in rows(engine) if found.key == key)
    return Claimed(
        row.id, row.key, row.message_id, row.kind, row.level, row.unit, row.audience, row.recipients, row.payload, 1, 0,
        row.created_at,
    )  # fmt: skip


class Interrupted:
    """Write transactions of a daemon that another one gets ahead of, each time before it writes."""

    def __init__(self, engine: Engine, ahead: Sequence[Any]) -> None:
        self.engine, self.ahead = engine, list(ahead)

    def __call__(self) -> Any:
        if self.ahead:
            self.ahead.pop(0)()
        return writer(self.engine)()


def names(found: Sequence[Attachment]) -> list[str]:
    """File names without the ending, each once."""
    return list(dict.fromkeys(one.name.rpartition(".")[0] for one in found))


def test_two_daemons_never_give_one_number_twice(engine: Engine) -> None:
    others = [mail(f"m{place}", line(case(1, item=f"HRM1-{place}"))) for place in range(4)]
    for place, each in enumerate(others):
        put(engine, each, at=moment(f"2026-11-19 09:0{place}"))
    mails = [claimed(engine, f"m{place}") for place in range(4)]
    other = desk(engine)
    ahead = [partial(other.attached, each, each.payload) for each in mails[:3]]
    late = desk(engine, write=Interrupted(engine, ahead))
    assert names(late.attached(mails[3], mails[3].payload)) == ["letter-2026-4"]
    assert [(row.number, row.mail_key) for row in letters(engine)] == [(n + 1, f"m{n}") for n in range(4)]


def test_a_letter_that_another_daemon_issued_meanwhile_is_taken_as_it_is(engine: Engine) -> None:
    put(engine, mail("head"), mail("leader", audience="deputy_leader"))
    head, leader = claimed(engine, "head"), claimed(engine, "leader")
    other = desk(engine)
    late = desk(engine, write=Interrupted(engine, [partial(other.attached, head, head.payload)]))
    found = late.attached(leader, leader.payload)
    [letter] = letters(engine)
    assert [one.content for one in found] == [letter.pdf, letter.docx]
    assert letter.mail_key == "head"


def test_each_year_counts_anew_and_only_the_first_letter_of_all_begins_later(engine: Engine) -> None:
    policy = Policy(letters=Letters(first_number=12))
    for place, text in enumerate(("2026-12-30 09:00", "2026-12-31 09:00", "2027-01-04 09:00")):
        put(engine, mail(f"m{place}"), at=moment(text))
        each = claimed(engine, f"m{place}")
        desk(engine, policy=policy, now=moment(text)).attached(each, each.payload)
    assert references(engine) == ["怀政务督〔2026〕12号", "怀政务督〔2026〕13号", "怀政务督〔2027〕1号"]


def test_another_pattern_is_another_series(engine: Engine) -> None:
    for place, pattern in enumerate(("甲〔{year}〕{number}号", "乙〔{year}〕{number}号", "甲〔{year}〕{number}号")):
        put(engine, mail(f"m{place}"), at=moment(f"2026-11-19 09:0{place}"))
        each = claimed(engine, f"m{place}")
        desk(engine, policy=Policy(letters=Letters(pattern=pattern))).attached(each, each.payload)
    assert references(engine) == ["甲〔2026〕1号", "乙〔2026〕1号", "甲〔2026〕2号"]


def test_a_template_of_the_office_that_cannot_be_used_is_passed_over_and_told(engine: Engine, tmp_path: Path) -> None:
    put(engine, mail("one"))
    (tmp_path / "own.docx").write_bytes(b"no document")
    each = claimed(engine, "one")
    found = desk(engine, template=tmp_path / "own.docx").attached(each, each.payload)
    assert "怀政务督〔2026〕1号" in words(found[1].content)
    assert [row.payload["title"] for row in rows(engine) if row.kind == "operator"] == ["函件模板不能用"]


async def test_a_mail_whose_letter_cannot_be_stored_waits_for_it(engine: Engine) -> None:
    def locked() -> Any:
        raise DatabaseError("台账数据库被别的程序占用")

    put(engine, mail("one"))
    async with relay() as it:
        await round_to(it, engine, letters=desk(engine, write=locked).attached)
        assert (it.mails, states(engine)["one"]) == ([], "pending")
        await sent(it, engine, now=moment("2026-11-19 09:20"))
    assert len(attached(it.mails[0].message)) == 2
    assert references(engine) == ["怀政务督〔2026〕1号"]


async def test_a_letter_that_cannot_be_set_does_not_hold_back_the_mail(engine: Engine) -> None:
    strange = replace(LATE, start=None)
    broken = line(strange).to_json() | {"level": "yellow_card"}
    put(engine, mail("one"))
    each = claimed(engine, "one")
    payload = {**each.payload, "lines": [broken], "data_as_of": "no moment"}
    assert desk(engine).attached(each, payload) == ()
    assert letters(engine) == []
    assert [row.payload["title"] for row in rows(engine) if row.kind == "operator"] == ["函件没有生成"]
