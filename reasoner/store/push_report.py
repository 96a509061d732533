"""What sending a store did, in words and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.cases import as_text
from reasoner.render.page import clean

if TYPE_CHECKING:
    from reasoner.store.push import Pushed
    from reasoner.store.push_check import Others

NOT_LOOKED = "What else the server holds was not looked at; --query-endpoint looks.\n"


def push_text(done: Pushed) -> str:
    """One line: what was sent and deleted."""
    told = [
        (done.sent, "sent"), (done.kept, "there already"), (done.deleted, "graphs deleted that have left the store"),
    ]  # fmt: skip
    said = ", ".join(f"{number:,} {word}" for number, word in told if number) or "nothing to do"
    whole = f"The server holds the {done.cases:,} cases of the store, its ontology and editions"
    return f"{whole}: {said} ({done.seconds:.1f} s).\n"


def others_text(found: Others | None) -> str:
    """A few lines: what else counts in every answer of the server."""
    if found is None:
        return NOT_LOOKED
    if not found.number:
        return "It holds no other graph.\n"
    if found.deleted:
        return f"{found.deleted:,} other graphs were deleted.\n"
    lines = [
        f"It holds {found.number:,} graphs that are not of the store and count in every answer:",
        *(f"  {clean(name)}" for name in found.shown),
        *(["  ..."] if found.number > len(found.shown) else []),
        "To delete them: --exactly.",
    ]
    return "\n".join(lines) + "\n"


def push_json(done: Pushed, found: Others | None) -> str:
    """Both as JSON."""
    return as_text({
        "cases": done.cases, "sent": done.sent, "kept": done.kept, "deleted": done.deleted, "seconds": done.seconds,
        "other_graphs": None if found is None else found.number,
        "other_graphs_deleted": None if found is None else found.deleted,
    })  # fmt: skip
