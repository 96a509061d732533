"""The command ``reasoner``, also as ``python -m reasoner``."""

from __future__ import annotations

import atexit
import gc

SELDOM = 100_000
"""New objects between two searches for garbage; one case makes fewer."""


def main() -> None:
    """Run the command line.

    Python looks for garbage in circles seldom, and not at all on the way out: a command leaves little of it, and one
    case takes a fifth less time so. Settled before the rest is loaded, which is a third of what a short command does.
    """
    gc.set_threshold(SELDOM)
    atexit.register(gc.freeze)
    from reasoner.cli import main as command_line  # noqa: PLC0415 - see above

    command_line()


if __name__ == "__main__":
    main()
