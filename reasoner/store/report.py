"""What a command did to a store, in words and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.cases import as_text

if TYPE_CHECKING:
    from reasoner.store.take import Change


def change_text(change: Change) -> str:
    """A few lines: how many cases were judged, kept, refused, removed and are there now."""
    told = [
        (change.judged, "judged"), (change.kept, "unchanged"), (change.refused, "refused"), (change.removed, "removed"),
    ]  # fmt: skip
    said = ", ".join(f"{number:,} {word}" for number, word in told if number) or "nothing to do"
    lines = [f"{said}; the store holds {change.cases:,} cases ({change.seconds:.1f} s)."]
    if change.refused:
        lines.append("Why cases were refused: reasoner query refused-cases")
    return "\n".join(lines) + "\n"


def change_json(change: Change) -> str:
    """The same as JSON."""
    names = ("judged", "kept", "refused", "removed", "cases", "seconds")
    numbers = {name: getattr(change, name) for name in names}
    return as_text({**numbers, "problems": dict(sorted(change.problems.items()))})
