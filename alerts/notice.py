"""A notice: one step of the ladder, owed for one case. Its key is built here and nowhere else."""

from dataclasses import dataclass
from datetime import date

from config.policy import Step


def notice_key(item: str, clock: str, due: date, step: str, repeat: int = 0) -> str:
    """The key under which "already sent" is remembered.

    It carries the due date, so a changed due date arms every step again (but see ``alerts.notices.carry_over``).
    """
    return f"{item}|{clock}|{due.isoformat()}|{step}" + (f"#{repeat}" if repeat else "")


def due_of(key: str) -> date | None:
    """The due date that a key is about; None for one of another kind, or of a notice that is a thing of the past."""
    parts = key.split("|")
    try:
        return date.fromisoformat(parts[2]) if len(parts) == 4 else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Notice:
    """A step that a case has reached; ``repeat`` counts the repetitions of the last step (0 = the first time).

    ``answer_by``: the local date by which the unit is asked to answer; None where no answer is asked for.
    """

    item: str
    clock: str
    due: date
    step: Step
    repeat: int = 0
    answer_by: date | None = None

    @property
    def key(self) -> str:
        """The notice's key, unique for ever."""
        return notice_key(self.item, self.clock, self.due, self.step.name, self.repeat)
