"""Python's collector of cycles, out of the way of a step that makes hundreds of thousands of objects and no cycle."""

import gc
from contextlib import ContextDecorator
from threading import Lock
from typing import ClassVar, Self


class paused(ContextDecorator):  # noqa: N801 - used as contextlib's own are
    """While it lasts, in any thread, nothing looks for cycles; what is referred to no more is freed all the same.

    For steps over all rows of a table, of some seconds: to walk over what they hold, again and again, took a seventh
    of an import. What other threads leave in cycles meanwhile waits until the last of these steps ends.
    """

    _lock: ClassVar = Lock()
    _lasting: ClassVar[int] = 0

    def __enter__(self) -> Self:
        with self._lock:
            paused._lasting += 1
            gc.disable()
        return self

    def __exit__(self, *error: object) -> None:
        with self._lock:
            paused._lasting -= 1
            if not paused._lasting:
                gc.freeze()  # with what follows: all there is now is old, and is not walked over at once
                gc.unfreeze()
                gc.enable()
