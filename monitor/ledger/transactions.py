"""How a round writes: really, a transaction at a time, or as a rehearsal of which nothing is kept.

Everything that writes asks for its transactions here, so a dry run is the same code on the same path.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from sqlalchemy import Connection, Engine

from monitor.ledger.database import reading, rehearsing, writing


class Transactions(Protocol):
    """Where connections come from."""

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction that is committed at its end."""

    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one consistent picture and changes nothing."""


class Real:
    """Every ``write`` is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction that is committed at its end. Raises DatabaseError."""
        return writing(self._engine)

    def read(self) -> AbstractContextManager[Connection]:
        """A consistent picture. Raises DatabaseError."""
        return reading(self._engine)


class Rehearsal:
    """All writes share one transaction that is rolled back at the end; each sees what the ones before it wrote."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The shared transaction."""
        yield self._connection

    read = write


@contextmanager
def rehearsal(engine: Engine) -> Iterator[Rehearsal]:
    """A rehearsal on ``engine``. Raises DatabaseError."""
    with rehearsing(engine) as connection:
        yield Rehearsal(connection)
