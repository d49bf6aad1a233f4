"""A source by its declaration: which class reads it, with which settings."""

from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Protocol, Self

from config.secrets import reread
from config.sources import Source as Settings
from monitor.mapping import mapper_of
from monitor.sources import Page, Position


class Reader(Protocol):
    """What every source that is polled can do; closed at the end of a ``with``. Reading raises SourceError."""

    def begin_round(self) -> None:
        """Starts the time budget of a round."""

    def pages(self, table: str, start: Position) -> Iterator[Page]:
        """The pages of a standard table after ``start``."""

    def one(self, table: str, start: Position) -> Page:
        """The first row after ``start``."""

    def sample(self, table: str, most: int) -> Page:
        """The first ``most`` rows of a table, and nothing else."""

    def close(self) -> None:
        """Closes what is kept open."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_source(settings: Settings, tables: Mapping[str, str], wait: Callable[[float], object]) -> Reader:
    """A source of kind http or database, ready to be read; nothing is connected yet.

    ``tables``: standard table → its name at the source. ``wait`` waits for seconds between two attempts.
    """
    return _database(settings, tables, wait) if settings.kind == "database" else _http(settings, tables, wait)


def _http(settings: Settings, tables: Mapping[str, str], wait: Callable[[float], object]) -> Reader:
    from monitor.sources.http import HttpSource

    return HttpSource(
        name=settings.name,
        base_url=settings.base_url,
        token=settings.token.get_secret_value() if settings.token else None,
        renew=lambda: reread(settings.token_file),
        tables=tables,
        paging=settings.paging,
        mapper=mapper_of(settings),
        page_size=settings.page_size,
        timeout_seconds=settings.timeout_seconds,
        attempts=settings.attempts,
        budget_seconds=settings.budget_seconds,
        wait=wait,
    )


def _database(settings: Settings, tables: Mapping[str, str], wait: Callable[[float], object]) -> Reader:
    from monitor.sources.database import DatabaseSource

    return DatabaseSource(
        name=settings.name,
        url=settings.url,
        password=settings.password.get_secret_value() if settings.password else None,
        renew=lambda: reread(settings.password_file),
        schema=settings.db_schema,
        tables=tables,
        mapper=mapper_of(settings),
        page_size=settings.page_size,
        overlap_minutes=settings.overlap_minutes,
        timeout_seconds=settings.timeout_seconds,
        attempts=settings.attempts,
        budget_seconds=settings.budget_seconds,
        wait=wait,
    )
