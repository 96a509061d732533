"""What sending a store did, in words and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.cases import as_text
from reasoner.render.page import clean

if TYPE_CHECKING:
    from reasoner.store.push.check import Others
    from reasoner.store.push.run import Pushed

NOT_LOOKED = "What else it holds was not looked at; --query-endpoint looks.\n"


def push_text(done: Pushed) -> str:
    """One line: what is on the server now, what of it was sent, and what was deleted."""
    others = done.sent + done.kept - done.cases
    told = [(done.sent, "sent"), (done.kept, "there already")]
    said = [f"{number:,} {word}" for number, word in told if number]
    said += [f"{_graphs(done.deleted)} deleted that left the store"] if done.deleted else []
    cases = f"{done.cases:,} {'case' if done.cases == 1 else 'cases'}"
    return f"The server holds {cases} and {_graphs(others)} beside: {', '.join(said)} ({done.seconds:.1f} s).\n"


def others_text(found: Others | None) -> str:
    """A few lines: what else counts in every answer of the server."""
    if found is None:
        return NOT_LOOKED
    if not found.number:
        return "It holds no other graph.\n"
    if found.deleted:
        return f"Deleted {_graphs(found.deleted)} that {_is(found.deleted)} not of the store.\n"
    lines = [
        f"It holds {_graphs(found.number)} that {_is(found.number)} not of the store and counted in every answer:",
        *(f"  {clean(name)}" for name in found.shown),
        *(["  ..."] if found.number > len(found.shown) else []),
        "To delete what is not of the store: --exactly.",
    ]
    return "\n".join(lines) + "\n"


def _graphs(number: int) -> str:
    return f"{number:,} {'graph' if number == 1 else 'graphs'}"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def push_json(done: Pushed, found: Others | None) -> str:
    """Both as JSON."""
    return as_text({
        "cases": done.cases, "sent": done.sent, "kept": done.kept, "deleted": done.deleted, "seconds": done.seconds,
        "other_graphs": None if found is None else found.number,
        "other_graphs_deleted": None if found is None else found.deleted,
    })  # fmt: skip
