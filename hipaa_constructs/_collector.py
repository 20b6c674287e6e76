"""Python's garbage collector, which goes through what is read again and again to find that none of it is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector out, while much is made that is no garbage yet."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            if not gc.get_freeze_count():
                # To the oldest generation with it: the youngest would be gone through at once, to find nothing.
                gc.freeze()
                gc.unfreeze()
            gc.enable()
