"""What staff put on record beside the platform's own value. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """One record in force: ``field`` and ``value`` as in the ledger's table, who approved it, why, and when (UTC).

    ``was``: the platform's value when it was recorded, as text; None if it had none.
    """

    id: int
    field: str
    value: str
    was: str | None
    why: str
    by: str
    document: str | None
    at: datetime
