"""Where the stores of the embedded engines lie: made once for a state of the library, in place all at once or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["opened_view"]

_DAY = 86_400.0


@contextmanager
def opened_view(cache: Path, engine: str, stamp: str, make: Callable[[Path], None]) -> Iterator[Path]:
    """The folder of an engine's store for one state of the library; `make(folder)` fills it where it is not there yet.

    cache: the folder that holds the views; made where it is missing.  stamp: all that the content depends on.
    The store is made in a folder beside its place and then renamed, so that a killed run leaves nothing that looks
    complete, and of two processes that make it at once one wins and both go on with the same content.
    Where nothing can be written, the store is made for this one query in a temporary folder.
    """
    place = cache / f"{engine}-{hashlib.sha256(stamp.encode()).hexdigest()[:16]}"
    if place.is_dir() or _put_in_place(place, make):
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="kg-") as folder:
        make(Path(folder))
        yield Path(folder)


def _put_in_place(place: Path, make: Callable[[Path], None]) -> bool:
    """Make the store of a place and drop those it replaces; False where nothing can be written there."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f"{place.name}.", suffix=".part", dir=place.parent))
    except OSError:
        return False
    try:
        make(part)
        _rename(part, place)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _drop_old(place)
    return True


def _rename(part: Path, place: Path) -> None:
    try:
        os.rename(part, place)
    except OSError:
        if not place.is_dir():  # another process was first: its store is as good
            raise


def _drop_old(place: Path) -> None:
    """Remove the stores of earlier states, and what runs that were killed more than a day ago left behind."""
    engine = place.name.rpartition("-")[0]
    for other in place.parent.glob(f"{engine}-*"):
        if other == place:
            continue
        if other.suffix != ".part" or time.time() - other.stat().st_mtime > _DAY:
            shutil.rmtree(other, ignore_errors=True)
