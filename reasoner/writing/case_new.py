"""The folder of a new case: valid as it stands, with what to fill in next said at its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from os.path import lexists
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reasoner.data import shown
from reasoner.errors import InputRefusedError, Problem, UsageError
from reasoner.intake.usage import case_kinds, individuals
from reasoner.ontology import load_ontology
from reasoner.ontology.find import find
from reasoner.places import between
from reasoner.terms import BASE, CORE, local_name
from reasoner.vocabulary import is_ours, prefixed
from reasoner.writing.example import example, level_properties, procedures
from reasoner.writing.templating import fill

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri

MAX_NEAR = 6
_MARK = "#: "
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


# ---------------------------------------------------------------- Names


def term(name: str, ontology: Ontology) -> Iri:
    """Give the term with this prefixed name, local name or label.

    Raises `UsageError` with the names that come near, or between which to choose.
    """
    wanted = " ".join(name.split())
    for names, key in ((_exact(ontology), wanted), (_folded(ontology), wanted.casefold())):
        found = sorted(names.get(key, ()))
        if len(found) == 1:
            return found[0]
        if found:
            problem = f'"{wanted}" names more than one term.'
            raise UsageError(_problem("ambiguous-term", problem, f"Write one of {_list(found)}."))
    near = _near(wanted, ontology)
    fix = f"Did you mean {_list(near)}?" if near else "Look it up in the guide to writing a case."
    raise UsageError(_problem("unknown-term", f'The ontology has no term "{wanted}".', fix))


@cache
def _exact(ontology: Ontology) -> Mapping[str, set[Iri]]:
    found: dict[str, set[Iri]] = {}
    for declared in ontology.declared:
        if is_ours(declared):
            for name in (declared, prefixed(declared, {}), local_name(declared)):
                found.setdefault(name, set()).add(declared)
    return found


@cache
def _folded(ontology: Ontology) -> Mapping[str, set[Iri]]:
    found: dict[str, set[Iri]] = {}
    for name, terms in _exact(ontology).items():
        found.setdefault(name.casefold(), set()).update(terms)
        for one in terms:
            found.setdefault(ontology.label(one).casefold(), set()).add(one)
    return found


def _near(name: str, ontology: Ontology) -> list[Iri]:
    """Give terms whose name, label or synonym holds the word, then those that are spelt like it."""
    names = _folded(ontology)
    spelt = get_close_matches(name.casefold(), sorted(names), n=MAX_NEAR, cutoff=0.6)
    near = [match.term for match in find(name, ontology)]
    near += [one for key in spelt for one in sorted(names[key])]
    return [one for one in dict.fromkeys(near) if is_ours(one)][:MAX_NEAR]


def _list(terms: Iterable[Iri]) -> str:
    return ", ".join(prefixed(term, {}) for term in terms)


def _problem(code: str, problem: str, fix: str) -> Problem:
    return Problem(code, "the command line", None, problem, fix)


# ---------------------------------------------------------------- The case


@dataclass(frozen=True, slots=True)
class _Options:
    name: str
    procedure: Iri
    levels: tuple[Iri | None, Iri | None]
    requested_on: str
    jurisdiction: Iri | None
    ontology: Ontology


def new_case(  # noqa: PLR0913, PLR0917 - one for each option of the command
    name: str, procedure: Iri, from_level: Iri | None, to_level: Iri | None, requested_on: str,
    jurisdiction: Iri | None, ontology: Ontology,
) -> Mapping[str, str]:  # fmt: skip
    """Give the files of a new case by relative path, valid as they stand.

    Raises `UsageError` for a name, procedure, level, day or jurisdiction that does not fit.
    """
    levels = (from_level, to_level)
    values = _values(_Options(name, procedure, levels, requested_on, jurisdiction, ontology))
    return {
        "case.trig": fill("case.trig.j2", complete=False, **values),
        "documents/progress-note.md": fill("progress-note.md.j2", **values),
    }


def example_case(ontology: Ontology) -> str:
    """Give a whole small case with nothing left to fill in, for the guide."""
    suggested = example(ontology)
    has_levels = level_properties(suggested.procedure, ontology)
    levels = suggested.levels if has_levels and suggested.levels else (None, None)
    values = _values(_Options("my-case", suggested.procedure, levels, "2024-11-04", None, ontology))
    return fill("case.trig.j2", complete=True, **values).replace(_MARK, "")


def _values(options: _Options) -> dict[str, object]:
    ontology = options.ontology
    _check(options)
    return {
        "name": options.name, "base": f"{BASE}cases/{options.name}/", "prefixes": _prefixes(ontology),
        "procedure": prefixed(options.procedure, {}), "levels": _levels(options),
        "jurisdiction": prefixed(options.jurisdiction, {}) if options.jurisdiction else "",
        "some_jurisdiction": _list(individuals(CORE.Jurisdiction, ontology)[:1]),
        **_dates(_day(options.requested_on)), **_finding(options),
    }  # fmt: skip


def _dates(requested: date) -> dict[str, object]:
    return {
        "requested": requested, "planned": requested + timedelta(28), "decided": requested + timedelta(8),
        "noted": requested - timedelta(14), "observed": requested.year - 2,
    }  # fmt: skip


def _finding(options: _Options) -> dict[str, object]:
    ontology, (first, last) = options.ontology, options.levels
    suggested = example(ontology, options.procedure)
    sites = between(first, last, ontology) if first and last else ()
    said = ontology.graph.text(suggested.kind, CORE.saidPresent) or ontology.label(suggested.kind)
    where = " at " * bool(sites) + " and ".join(ontology.clinical_name(site) for site in sites)
    return {
        "kind": prefixed(suggested.kind, {}), "revises": suggested.revises, "said": said,
        "sites": [prefixed(site, {}) for site in sites], "quote": f"{said[:1].upper()}{said[1:]}{where}.",
    }  # fmt: skip


def _check(options: _Options) -> None:
    ontology, fitting = options.ontology, procedures(options.ontology)
    if not _NAME.fullmatch(options.name):
        fix = "Use small letters, digits and hyphens, as in six-weeks-late; leave out names of persons."
        raise UsageError(_problem("bad-name", f'"{options.name}" cannot be the name of a case.', fix))
    if options.procedure not in fitting:
        problem = f"{prefixed(options.procedure, {})} is not a procedure that can be requested."
        fix = f"Name one of {_list(fitting)}; what a request revises is said with core:revises."
        raise UsageError(_problem("not-a-procedure", problem, fix))
    jurisdictions = individuals(CORE.Jurisdiction, ontology)
    if options.jurisdiction is not None and options.jurisdiction not in jurisdictions:
        problem = f"{prefixed(options.jurisdiction, {})} is not a jurisdiction."
        fix = f"Name one of {_list(jurisdictions)}, or none."
        raise UsageError(_problem("not-a-jurisdiction", problem, fix))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year < 1903 or day.isoformat() != text:  # noqa: PLR2004 - intake reads no year before 1900
        fix = "Write the day of the request as 2024-11-04."
        raise UsageError(_problem("not-a-day", f'"{text}" is not a day.', fix))
    return day


def _levels(options: _Options) -> list[tuple[str, str]]:
    ontology, (first, last) = options.ontology, options.levels
    used, called = level_properties(options.procedure, ontology), prefixed(options.procedure, {})
    if used is None:
        if first or last:
            problem = f"{called} is not performed from level to level."
            raise UsageError(_problem("no-levels", problem, "Leave the levels out."))
        return []
    if first is None or last is None:
        fix = f"Name the uppermost and the lowest one, among {_list(individuals(CORE.Level, ontology))}."
        problem = f"{called} is performed from one level to another."
        raise UsageError(_problem("levels-missing", problem, fix))
    if not between(first, last, ontology):
        problem = f"{prefixed(last, {})} is not a level below {prefixed(first, {})}."
        fix = "Name the uppermost level first and the lowest last."
        raise UsageError(_problem("levels-reversed", problem, fix))
    return [(prefixed(used[0], {}), prefixed(first, {})), (prefixed(used[1], {}), prefixed(last, {}))]


def _prefixes(ontology: Ontology) -> list[tuple[str, str]]:
    """Give the modules that the kinds of thing in a case come from."""
    used = {kind.partition("#")[0] + "#" for kind in case_kinds(ontology)}
    return sorted((local_name(namespace), namespace) for namespace in used)


def write_case(folder: Path, files: Mapping[str, str]) -> None:
    """Write a new folder, whole or not at all.

    Raises `InputRefusedError` where something of that name stands, and where none can be written.
    """
    if lexists(folder):
        fix = "Choose another name, or remove it first."
        raise InputRefusedError(Problem("folder-exists", shown(folder), None, "This is there already.", fix))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as temporary:
            new = Path(temporary) / folder.name
            _write(new, files)
            new.rename(folder)
    except OSError as error:
        problem = f"The folder cannot be written: {error.strerror or type(error).__name__}."
        fix = "Check its place and permissions."
        raise InputRefusedError(Problem("not-written", shown(folder), None, problem, fix)) from None


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def start(
    folder: Path,
    procedure: str | None,
    from_level: str | None,
    to_level: str | None,
    requested_on: str,
    jurisdiction: str | None,
) -> None:
    """Make the folder of a new case from names that a person gives; without a procedure it is an example."""
    ontology = load_ontology()
    suggested = example(ontology)
    levels = [term(level, ontology) if level else None for level in (from_level, to_level)]
    if procedure is None and not any(levels) and suggested.levels:
        levels = list(suggested.levels)
    place = term(jurisdiction, ontology) if jurisdiction else None
    chosen = term(procedure, ontology) if procedure else suggested.procedure
    write_case(folder, new_case(folder.name, chosen, levels[0], levels[1], requested_on, place, ontology))
