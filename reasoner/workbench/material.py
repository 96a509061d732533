"""What the page is made of: its files, the questions, our prefixes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reasoner.data import folder
from reasoner.store.library import library, query_prefixes
from reasoner.store.question import bound, question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reasoner.store.question import Question

PAGE = Path(__file__).parent / "page"
HTML, SCRIPT, STYLE, TEXT, JSON = (
    f"{kind}; charset=utf-8" for kind in ("text/html", "text/javascript", "text/css", "text/plain", "application/json")
)
SCRIPTS = ("page", "asking", "download", "editor", "element", "forget", "graph", "questions")
FILES = {
    "/": ("index.html", HTML),
    "/page.css": ("page.css", STYLE),
    "/yasgui.min.js": ("yasgui/yasgui.min.js", SCRIPT),
    "/yasgui.min.css": ("yasgui/yasgui.min.css", STYLE),
    "/licences.txt": ("yasgui/LICENSES.txt", TEXT),
    **{f"/{name}.js": (f"{name}.js", SCRIPT) for name in SCRIPTS},
}


class Material(NamedTuple):
    """All of it, read once."""

    files: Mapping[str, tuple[bytes, str]]
    """What is sent as it stands, by its path, each with its kind."""
    questions: Mapping[str, Question]
    """The library, and beside it what the page itself asks."""
    prefixes: Mapping[str, str]

    def query(self, name: str, given: Sequence[str]) -> str:
        """A question's query with its values (``name=value``). Raises `KeyError`, and `UsageError` for a bad value."""
        return bound(self.questions[name], given, self.prefixes)


def material(store: str, seconds: float) -> Material:
    """What a workbench over a store of this name needs."""
    prefixes = query_prefixes()
    own = folder("ontology") / "workbench"
    asked = _questions(library())
    values = _questions({path.stem: path for path in sorted((own / "values").glob("*.rq"))})
    told = {
        "store": store,
        "seconds": seconds,
        "prefixes": dict(sorted(prefixes.items())),
        "questions": [_shown(found) for found in asked.values()],
        "values": {name: found.text for name, found in values.items()},
    }
    files = {path: ((PAGE / name).read_bytes(), kind) for path, (name, kind) in FILES.items()}
    files["/library.json"] = (json.dumps(told, ensure_ascii=False).encode(), JSON)
    return Material(files, asked | _questions({path.stem: path for path in sorted(own.glob("*.rq"))}), prefixes)


def _questions(paths: Mapping[str, Path]) -> dict[str, Question]:
    return {name: question(name, path.read_text(encoding="utf-8")) for name, path in paths.items()}


def _shown(found: Question) -> dict[str, object]:
    parameters = [{"name": p.name, "type": p.type, "default": p.default, "says": p.says} for p in found.parameters]
    return {"name": found.name, "asks": found.asks, "parameters": parameters}
