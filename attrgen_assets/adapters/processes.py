"""Processes that share work, and end with the one that started them."""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread


def process_pool(workers: int, prepare: Callable[..., object] | None = None, *arguments: object) -> ProcessPoolExecutor:
    """A pool of new processes (a fork would copy threads in the middle of their work).

    Each calls `prepare` with these arguments first. When this process is killed, they end: those of the standard
    library would wait for work for ever.

    >>> with process_pool(1) as pool:
    ...     pool.submit(len, "red").result()
    3
    """
    context = get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(prepare, arguments))


def _start(prepare: Callable[..., object] | None, arguments: tuple[object, ...]) -> None:
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent.join,), daemon=True).start()
    if prepare is not None:
        prepare(*arguments)


def _end_after(wait: Callable[[], object]) -> None:
    wait()
    os._exit(1)
