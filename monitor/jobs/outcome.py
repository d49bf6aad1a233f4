"""What a round of a job came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round came to: good or not, a sentence (Chinese), counts for the log, and what failed.

    ``lines`` say it of each part: of each source, for a poll.
    """

    job: str
    good: bool
    sentence: str
    counts: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
