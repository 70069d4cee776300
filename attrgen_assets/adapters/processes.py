"""Processes that share work, and end with the one that started them."""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread


def physical_memory() -> int | None:
    """Bytes of memory that the machine has; None where the system does not say.

    >>> (physical_memory() or 2**30) >= 2**30
    True
    """
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError):  # neither is known outside Unix
        return None


def process_pool(workers: int) -> ProcessPoolExecutor:
    """A pool of new processes (a fork would copy threads in the middle of their work).

    When this process is killed, they end: those of the standard library would wait for work for ever.

    >>> with process_pool(1) as pool:
    ...     pool.submit(len, "red").result()
    3
    """
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent.join,), daemon=True).start()


def _end_after(wait: Callable[[], object]) -> None:
    wait()
    os._exit(1)
