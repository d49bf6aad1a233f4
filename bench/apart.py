"""Work in a process of its own: with a clean memory, and without what other work has left behind."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from monitor.collecting import collect_seldom


def apart(work: Callable[..., Any], *given: Any) -> Any:
    """``work(*given)`` in a fresh process; raises what it raises."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        return executor.submit(_as_the_program, work, *given).result()


def _as_the_program(work: Callable[..., Any], *given: Any) -> Any:
    collect_seldom()
    return work(*given)
