"""Where a round's transactions come from, so that nothing below needs to know the engine."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine

from monitor.ledger.database import reading, writing


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
