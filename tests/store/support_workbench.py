"""A workbench in this process over a store of given statements, and requests that no library would send."""

from __future__ import annotations

import http.client
import io
import json
import stat
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from reasoner.rdf import DiskStore
from reasoner.store.place import next_generation
from reasoner.workbench.engines import Engines
from reasoner.workbench.material import material
from reasoner.workbench.program import program
from reasoner.workbench.server import listening
from reasoner.workbench.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
JSON = "application/sparql-results+json"
LINES = "".join(f'<https://x/a> <https://x/p> "{n}" <https://x/g> .\n' for n in range(300))
"""Three hundred statements."""
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A cross join, which takes hours over a few hundred statements."""


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def rows(self) -> list[dict[str, str]]:
        bindings = json.loads(self.text)["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in bindings]


class Served(NamedTuple):
    """A workbench that listens."""

    port: int
    engines: Engines

    def send(self, method: str, target: str, body: bytes | str | None = None, **headers: str) -> Reply:
        """Any request; a name of a header is written with _ for -."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, body, named)
            response = connection.getresponse()
            return Reply(response.status, dict(response.getheaders()), response.read().decode())
        finally:
            connection.close()

    def ask(self, query: str, accept: str = JSON) -> Reply:
        """A query in the body of a POST."""
        return self.send("POST", "/sparql", query.encode(), Content_Type=QUERY, Accept=accept)

    def ways(self, query: str) -> dict[str, Reply]:
        """The same query in the three ways of the protocol."""
        form = urlencode({"query": query})
        return {
            "get": self.send("GET", f"/sparql?{form}"),
            "form": self.send("POST", "/sparql", form, Content_Type=FORM),
            "direct": self.ask(query),
        }


def stored(root: Path, lines: str) -> Path:
    """A store whose next generation holds these N-Quads."""
    with next_generation(root) as made:
        DiskStore(made.quads, read_only=False).load(io.BytesIO(lines.encode()))
        (made.path / "info.json").write_text("{}")
    return root


@contextmanager
def served(root: Path, seconds: float = 30, memory: int = 1 << 30, engine: Path | None = None) -> Iterator[Served]:
    """A workbench on a free port, which is gone when the block ends."""
    engines = Engines(root, engine or program(), seconds, memory)
    workbench = Workbench(engines, material(root.name, seconds), "127.0.0.1")
    with engines, listening(workbench, ("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield Served(int(server.server_address[1]), engines)
        server.shutdown()
        thread.join()


def impostor(folder: Path, answer: str, said: str = "") -> Path:
    """A program in the engine's place: it answers every request with these bytes and says something on its stderr."""
    file = folder / "impostor"
    file.write_text(
        f"#!{sys.executable}\n"
        "import socketserver, sys\n"
        "class Answer(socketserver.BaseRequestHandler):\n"
        "    def handle(self):\n"
        "        if not self.request.recv(65536): return\n"
        f"        sys.stderr.write({said!r}); sys.stderr.flush()\n"
        f"        self.request.sendall({answer.encode()!r})\n"
        "host, port = sys.argv[-1].split(':')\n"
        "socketserver.ThreadingTCPServer((host, int(port)), Answer).serve_forever()\n"
    )
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file
