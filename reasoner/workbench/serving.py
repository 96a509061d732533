"""The workbench over a store, until somebody ends it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from reasoner.errors import UsageError
from reasoner.store.place import reading
from reasoner.workbench import fence
from reasoner.workbench.engines import Engines
from reasoner.workbench.material import material
from reasoner.workbench.program import program
from reasoner.workbench.refusal import RefusedError
from reasoner.workbench.server import listening
from reasoner.workbench.workbench import ENDPOINT, Workbench

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOOPBACK = ("127.", "::1")


class Started(NamedTuple):
    """A workbench that answers from now on."""

    address: str
    fenced: bool
    """Whether its engine has no network."""

    @property
    def words(self) -> str:
        """What whoever started it should know."""
        lines = [f"The page   {self.address}/", f"SPARQL     {self.address}{ENDPOINT}"]
        if not self.address.removeprefix("http://").strip("[").startswith(LOOPBACK):
            lines.append("Whoever reaches this address can read the store: there is no password.")
        if not self.fenced:
            lines.append("The engine cannot be cut off from the network here: only what queries may do holds it.")
        return "\n".join([*lines, "Ctrl-C ends it.", ""])


def serve(root: Path, where: tuple[str, int], seconds: float, say: Callable[[str], None]) -> None:
    """Answer until interrupted. Raises `UsageError` where there is no store, no engine, or the port is not free."""
    with suppress(KeyboardInterrupt), reading(root):
        engines = Engines(root, program(), seconds)
        workbench = Workbench(engines, material(root.resolve().name, seconds), where[0])
        with listening(workbench, where) as server:
            fenced = fence.enter()
            with engines:
                _try(engines)
                say(Started(server.address, fenced).words)
                server.serve_forever()


def _try(engines: Engines) -> None:
    """A store that cannot be read is told at once."""
    try:
        with engines.one():
            pass
    except RefusedError as error:
        raise UsageError(error.problem) from None
