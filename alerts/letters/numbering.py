"""The reference (文号) of a letter: one series a pattern, counted anew each year, without gaps. Pure."""

from dataclasses import dataclass

SAMPLE_NUMBER = "×"
SAMPLE_MARK = "（样张）"
BRACKETS = str.maketrans("[]()（）［］【】", "〔〕〔〕〔〕〔〕〔〕")


@dataclass(frozen=True, slots=True)
class Series:
    """Letters numbered together: those of one ``pattern``, such as "怀政务督〔{year}〕{number}号".

    ``first``: the number that the very first letter of the series gets; every later year begins with 1.
    """

    pattern: str
    first: int = 1

    def reference(self, year: int, number: int) -> str:
        """怀政务督〔2026〕12号."""
        return self.pattern.format(year=year, number=number)

    def sample(self, year: int) -> str:
        """怀政务督〔2026〕×号（样张）: of a letter that takes no number."""
        return self.pattern.format(year=year, number=SAMPLE_NUMBER) + SAMPLE_MARK

    def next(self, last: int | None, *, begun: bool) -> int:
        """The number after ``last`` of the year (None: there is none yet); ``begun``: the series has letters at all."""
        if last is not None:
            return last + 1
        return 1 if begun else self.first


def same_reference(one: str, other: str) -> bool:
    """Whether two references are one, whatever brackets and spaces they are typed with."""
    return _plain(one) == _plain(other)


def _plain(reference: str) -> str:
    return "".join(reference.split()).translate(BRACKETS)
