"""The letters that go with a 督办 mail, made when it is about to leave.

mail judged again | its lines of a level | letters of the round that state them
                  | else facts | documents | number and letter stored, in one transaction
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from alerts import outbox
from alerts.again import Refresh, Told, judge_again
from alerts.hours import Workdays, local
from alerts.letters import register
from alerts.letters.facts import Letterhead, answer_by, gathered, keys_of
from alerts.letters.forms import documents
from alerts.letters.numbering import Series
from alerts.letters.register import Issued
from alerts.operator import tell_operator
from alerts.outbox import Claimed
from alerts.render import Attachment
from alerts.rules import ANSWER, Ladder
from config.policy import UNIT_ROLES, Policy
from config.units import UnitDirectory

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
TRIES = 20
"""So often another process may take the number first; each time it got on."""
Attach = Callable[[Claimed, Mapping[str, Any]], tuple[Attachment, ...]]
"""A mail and its payload as it goes out → what goes with it."""
Payload = Mapping[str, Any]
Transaction = Callable[[], AbstractContextManager[Connection]]


class NotStoredError(Exception):
    """A letter could not be put into the register, so it got no number: its mail has to wait."""


def nothing(_mail: Claimed, _payload: Payload) -> tuple[Attachment, ...]:
    """For rounds without letters."""
    return ()


@dataclass(frozen=True, slots=True)
class Desk:
    """Where letters are made in a delivery round.

    ``leaves``: mails really leave. Only then a letter takes a number and is kept; else it is a sample.
    ``template``: the office's own DOCX template.
    """

    read: Transaction
    write: Transaction
    refresh: Refresh
    policy: Policy
    units: UnitDirectory
    workdays: Workdays
    domain: str
    now: datetime
    leaves: bool
    template: Path | None = None

    @property
    def series(self) -> Series:
        """The series that letters are numbered in."""
        return Series(self.policy.letters.pattern, self.policy.letters.first_number)

    def attached(self, mail: Claimed, payload: Payload) -> tuple[Attachment, ...]:
        """The letters of a digest to a unit's own people, DOCX and PDF of each: every line of a level that has letters
        stands in exactly one letter of the round, which all mails of the round that carry the line bring along.

        A letter that cannot be set does not hold back the mail: the operator is told. Raises NotStoredError.
        """
        if not self.policy.letters.enabled or mail.kind != "digest" or not mail.unit or mail.audience not in UNIT_ROLES:
            return ()
        found: list[Issued] = []
        for level in self.policy.letters.levels:
            keys = {line["key"] for line in payload["lines"] if line["level"] == level}
            found += self._of_level(mail, payload, level, keys) if keys else ()
        return tuple(
            Attachment(f"{one.name}.{ending}", mime_type, content, title=f"《{one.facts['kind']}》{one.reference}")
            for one in found
            for ending, mime_type, content in (("pdf", PDF, one.pdf), ("docx", DOCX, one.docx))
        )

    def _of_level(self, mail: Claimed, payload: Payload, level: str, keys: Collection[str]) -> list[Issued]:
        """The letters that state the lines ``keys``; the one that is missing is made and numbered.

        1. The number to come is read, and the letter set under it without holding anybody up.
        2. In one write transaction: if nobody has issued a letter of the round or taken the number meanwhile, it is
           stored, and that is what gives the number. Else all is looked at again.
        """
        for _ in range(TRIES):
            with self._database(self.read) as connection:
                there = register.of_round(connection, mail, level)
                number = register.next_number(connection, self.series, local(self.now).year)
            stated = {key for one in there for key in keys_of(one.facts)}
            mine = [one for one in there if keys_of(one.facts) & set(keys)]
            if not set(keys) - stated:
                return mine
            made = self._made(mail, payload, level, stated, number)
            if made is None:
                return mine
            if not self.leaves or self._stored(mail, level, number, made, known=len(there)):
                return [*mine, made]
        raise NotStoredError(f"函件编号一再被其他进程取走，已试 {TRIES} 次")

    def _stored(self, mail: Claimed, level: str, number: int, made: Issued, *, known: int) -> bool:
        """Whether the letter got ``number``: not when others of the round are there by now, or the number is taken."""
        with self._database(self.write) as connection:
            if len(register.of_round(connection, mail, level)) != known:
                return False
            if register.next_number(connection, self.series, local(self.now).year) != number:
                return False
            register.store(connection, mail, self.series, number, made, self.now)
            return True

    @contextmanager
    def _database(self, transaction: Transaction) -> Iterator[Connection]:
        """A transaction of the register. Raises NotStoredError for whatever goes wrong in it."""
        try:
            with transaction() as connection:
                yield connection
        except Exception as error:
            raise NotStoredError(str(error)) from error

    def _made(
        self, mail: Claimed, payload: Payload, level: str, stated: Collection[str], number: int
    ) -> Issued | None:  # fmt: skip
        """The letter under ``number``, or a sample of it; None when it cannot be set, which the operator is told."""
        year = local(self.now).year
        name = register.file_name(year, number) if self.leaves else f"letter-sample-{level}"
        reference = self.series.reference(year, number) if self.leaves else self.series.sample(year)
        try:
            facts = self._facts(mail, payload, level, stated)
            made = documents(facts, reference, self.template)
        except NotStoredError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a letter must not hold back the 督办 itself
            which = f"致{payload['unit_name']}的{self.policy.letters.title_of(level)}"
            self._tell("函件没有生成", f"{which}无法生成（{type(error).__name__}：{error}），信件不带函件照发。")
            return None
        if made.fault:
            said = f"本局模板不能用（{made.fault}），函件改用自带模板。请运行 check-config 核对。"
            self._tell("函件模板不能用", said)
        return Issued(name, reference, facts, made.docx, made.pdf)

    def _tell(self, title: str, said: str) -> None:
        key = f"letters|{title}|{local(self.now).date()}"
        with self._database(self.write) as connection:
            tell_operator(connection, self.units, self.domain, key, title, [said], self.now)

    def _facts(self, mail: Claimed, payload: Payload, level: str, stated: Collection[str]) -> dict[str, Any]:
        """The facts of the lines of ``level`` that no letter of the round states yet: of this mail, then of the others
        to the unit, judged again as this one was."""
        lines = [line for line in payload["lines"] if line["level"] == level and line["key"] not in stated]
        with self._database(self.read) as connection:
            others = outbox.others_of_round(connection, mail)
        known = {*stated, *(line["key"] for line in lines)}
        lines += self._judged_again(mail, level, others, known)
        lines.sort(key=lambda line: (line["case"]["countdown"] or 0, line["case"]["item"]))
        states = ("sent", "unknown") if self.leaves else ("sent", "unknown", "kept")
        with self._database(self.read) as connection:
            earlier = register.sent_before(connection, [line["case"]["item"] for line in lines], mail, states)
        unit = self.units.get(mail.unit)
        head = Letterhead(
            kind=self.policy.letters.title_of(level),
            level=level,
            office=self.policy.letters.office,
            unit=mail.unit or "",
            unit_name=payload["unit_name"],
            addressee=unit.full_name if unit else payload["unit_name"],
            day=local(self.now).date(),
            data_as_of=payload["data_as_of"],
            answer_by=answer_by(lines),
        )
        return gathered(head, lines, earlier)

    def _judged_again(
        self, mail: Claimed, level: str, others: Sequence[Payload], known: Collection[str]
    ) -> list[dict[str, Any]]:
        """The lines of ``level`` in other mails of the round to the unit's own people that still hold, each once."""
        found: dict[str, Told] = {}
        for payload in others:
            if payload["unit"] == mail.unit and payload["audience"] in UNIT_ROLES:
                of_level = (line for line in payload["lines"] if line["level"] == level and line["key"] not in known)
                found |= {line["key"]: Told.of(line) for line in of_level}
        if not found:
            return []
        lines = found.values()
        cases = self.refresh({line.item for line in lines}, answers=any(line.clock == ANSWER for line in lines))
        ladder = Ladder.of_policy(self.policy)
        today = local(self.now).date()
        again = judge_again(list(found.values()), cases, mail.unit, today, ladder, self.workdays)
        return [line.to_json() for line in again.kept]
