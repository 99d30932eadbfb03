"""The collector of cycles asks more rarely while a whole table is in hand.

A table of thousands of rows is hundreds of thousands of objects, hardly one of them in a cycle: they go as soon as
nobody refers to them. Python's collector walks over those that stay all the same, again and again, as more are made: a
third of the time of an import. It is not stopped, since a step may wait for a lock and other threads of the server
make cycles meanwhile.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

RARELY: Final = (100_000, 20, 100)  # objects made between two looks at the young, and so on to the old


class _Inside:
    """How many threads are inside, and how often was looked before the first of them."""

    def __init__(self) -> None:
        self.lock, self.threads, self.before = Lock(), 0, gc.get_threshold()

    def enter(self) -> None:
        with self.lock:
            if not self.threads:
                self.before = gc.get_threshold()
                gc.set_threshold(*RARELY)
            self.threads += 1

    def leave(self) -> None:
        with self.lock:
            self.threads -= 1
            if not self.threads:
                gc.set_threshold(*self.before)


_inside = _Inside()


@contextmanager
def collected_rarely() -> Iterator[None]:
    """What stands inside, also as a decorator; the collector is as before when the last thread is through."""
    _inside.enter()
    try:
        yield
    finally:
        _inside.leave()
