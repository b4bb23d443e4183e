"""Ctrl-C for engines that do not look out for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["interruptible"]

T = TypeVar("T")


def interruptible(call: Callable[[], T], stop: Callable[[], None] = lambda: None) -> T:
    """The value of `call()`, computed in a thread, so that Ctrl-C is heard meanwhile: then `stop()` ends the work.

    >>> interruptible(lambda: 1 + 1)
    2
    """
    values: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            values.append(call())
        except BaseException as error:
            errors.append(error)

    # A daemon: an engine that cannot be stopped does not keep the process alive.
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt:
        stop()
        raise
    if errors:
        raise errors[0]
    return values[0]
