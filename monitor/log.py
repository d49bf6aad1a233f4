"""The log: one line an event on standard error, for people (console) or for machines (json)."""

import logging
import sys
from typing import Any

import structlog

from alerts.hours import local
from monitor.clock import wall_clock


def _beijing_time(_logger: Any, _method: str, record: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The moment of a record with its offset, in the time that everything else is written in."""
    record["timestamp"] = local(wall_clock()).isoformat(timespec="milliseconds")
    return record


QUIET = ("httpx", "httpcore", "apscheduler", "alembic", "asyncio", "stamina")


def configure(form: str = "console", level: str = "info") -> None:
    """Sends our own and the libraries' records through one formatter. ``form``: console or json."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _beijing_time,
    ]
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        )
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *([structlog.processors.format_exc_info] if form == "json" else []),
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
