"""Cases and their determinations in named graphs on disk, to be asked with SPARQL (docs/store.md).

import reasoner.store

with reasoner.store.open("scratch/store") as store:
    frame = store.query("outcomes").frame()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from reasoner.store.python.handle import Handle


def open(folder: str | os.PathLike[str], *, limit_seconds: float = 60.0) -> Handle:  # noqa: A001 - as one opens a file
    """The store in a folder as it is now, to be asked and not to be changed. Raises `UsageError` where there is none.

    A store that is built anew meanwhile is not seen until it is opened again.
    """
    from reasoner.store.python.handle import Handle  # noqa: PLC0415 - whoever only builds needs nothing of this

    return Handle(folder, limit_seconds)
