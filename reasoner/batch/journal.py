"""What a run was made from and which of its parts are done: from this it goes on, or refuses to."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from reasoner import __version__
from reasoner.batch.disk import save, unfinished
from reasoner.data import PACKAGE, folder
from reasoner.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAME = "journal.json"
LIBRARIES = ("pyarrow", "pyoxigraph", "pyshifty", "pyshacl", "rdflib")
"""The libraries on which the bytes of an output can depend."""


@dataclass(slots=True)
class Part:
    """A part that is written: what it was read from, what is in it, and its files."""

    items: int
    """Cases and unreadable files up to its end, from the beginning of the run."""
    digest: str
    """A SHA-256 of everything that was read up to its end."""
    cases: int = 0
    judged: int = 0
    unread_files: int = 0
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)
    """Cases by edition, then by outcome."""
    problems: dict[str, int] = field(default_factory=dict)
    """Cases and files by the code of their problem."""
    files: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of each file."""
    marked: list[int] = field(default_factory=list)
    """The rows, from 0, of cases on which the engines disagree and that were marked for it."""


class Verified(NamedTuple):
    """How many cases of one edition and outcome were verified, and on how many of them the engines disagree."""

    edition: str
    """Its label; cases that were not judged have neither edition nor outcome."""
    outcome: str
    cases: int
    disagreeing: int


@dataclass(slots=True)
class Journal:
    """The journal of one output folder."""

    made_from: Mapping[str, Any]
    parts: list[Part] = field(default_factory=list)
    complete: bool = False
    verified: list[Verified] | None = None
    """What the verification found, when it is done."""

    @property
    def cases(self) -> int:
        return sum(part.cases for part in self.parts)

    def text(self) -> str:
        found = {
            "made_from": self.made_from,
            "made_from_sha256": hashlib.sha256(json.dumps(self.made_from, sort_keys=True).encode()).hexdigest(),
            "complete": self.complete,
            "verified": self.verified if self.verified is None else [v._asdict() for v in self.verified],
            "parts": [asdict(part) for part in self.parts],
        }
        return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def read_journal(out: Path) -> Journal | None:
    """The journal of a folder, or nothing. Raises `UsageError` for one that cannot be understood."""
    file = out / NAME
    if not file.exists():
        return None
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        parts, verified = [Part(**part) for part in found["parts"]], found.get("verified")
        by_stratum = verified if verified is None else [Verified(**one) for one in verified]
        return Journal(found["made_from"], parts, bool(found["complete"]), by_stratum)
    except (OSError, ValueError, KeyError, TypeError) as error:
        words = f"The journal of the run cannot be read: {type(error).__name__}."
        raise UsageError(Problem("bad-journal", str(file), None, words, "Give another folder with --out.")) from None


def write_journal(journal: Journal, out: Path) -> None:
    """Write the journal, whole or not at all."""
    file = out / NAME
    unfinished(file).write_text(journal.text(), encoding="utf-8")
    save(unfinished(file))
    unfinished(file).replace(file)
    save(out)


def refuse_other(journal: Journal, made_from: Mapping[str, Any], out: Path) -> None:
    """Raise `UsageError` where a run was made from something else than what is there now."""
    keys = dict.fromkeys((*journal.made_from, *made_from))
    differing = [key for key in keys if journal.made_from.get(key) != made_from.get(key)]
    if differing:
        said = "; ".join(f"{key} was {_short(journal.made_from.get(key))}, is {_short(made_from.get(key))}"
                         for key in differing)  # fmt: skip
        fix = "Give the same command on the same program, or begin anew with another --out."
        raise UsageError(Problem("other-run", str(out / NAME), None, f"The run was made otherwise: {said}.", fix))


def _short(value: object) -> str:
    text = "not said" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004


def made_from(options: Mapping[str, Any], guideline: str | None) -> dict[str, Any]:
    """The options, program, libraries and knowledge base by which a run can be told from another."""
    return {
        **options,
        "version": __version__,
        "program": digest(PACKAGE.rglob("*.py"), PACKAGE),
        "python": platform.python_version(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
        "ontology": digest(_files("ontology"), folder("ontology")),
        "shapes": digest(_files("shapes"), folder("shapes")),
        "guideline_file": _of_file(guideline),
    }


def _files(name: str) -> Iterable[Path]:
    return (path for path in folder(name).rglob("*") if path.suffix in {".ttl", ".trig", ".rq", ".toml"})


def _of_file(guideline: str | None) -> str | None:
    path = Path(guideline or "")
    return digest([path], path.parent) if path.is_file() else None


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def digest(files: Iterable[Path], under: Path) -> str:
    """A SHA-256 of the names and contents of files."""
    found = hashlib.sha256()
    for path in sorted(files):
        content = path.read_bytes()
        found.update(f"{path.relative_to(under).as_posix()}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()
