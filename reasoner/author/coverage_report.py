"""The coverage of an edition as text, JSON or a page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.author.coverage import coverage
from reasoner.author.coverage_page import coverage_html, summary
from reasoner.author.deck_file import NOT_RAISED, RAISED, deck_path, read_deck
from reasoner.author.deck_report import deck_name
from reasoner.cases import read_case
from reasoner.errors import ReasonerError
from reasoner.guideline.edition_file import read_edition
from reasoner.ontology import load_ontology
from reasoner.status import Status
from reasoner.tables import Tracked, table
from reasoner.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reasoner.author.coverage import Coverage, Item
    from reasoner.load import Case
    from reasoner.validate import Engine

COLUMNS = tuple(str(s) for s in Status if s is not Status.NOT_EVALUATED)


def coverage_report(path: str, cases: Sequence[str], engine: Engine, form: str) -> str:
    """What the edition's deck and the cases named exercise, as ``text``, ``json`` or ``html``."""
    edition, where = read_edition(Path(path), load_ontology()), deck_path(Path(path))
    deck = read_deck(where, edition) if where.is_file() else None
    loaded, unread = _read(cases)
    watched = replace(deck, rows=Tracked(deck.rows, "Running the rows")) if deck else None
    found = coverage(edition, watched, Tracked(loaded, "Judging the cases"), engine)
    found = replace(found, deck=deck_name(where), refused=(*unread, *found.refused))
    return {"html": coverage_html, "json": _as_json}.get(form, _as_text)(found)


def _read(arguments: Sequence[str]) -> tuple[list[Case], list[tuple[str, str]]]:
    loaded: list[Case] = []
    unread: list[tuple[str, str]] = []
    for argument in arguments:
        try:
            loaded.append(read_case(argument))
        except ReasonerError as error:
            unread.append((argument, error.problems[0].problem))
    return loaded, unread


def _as_text(found: Coverage) -> str:
    edition = found.edition
    parts = [f"{edition.file}: {found.rows} rows of {found.deck}, {len(found.cases)} cases. {summary(found)}\n"]
    names = [local_name(iri) for iri in (*edition.criteria, *edition.groups)]
    rows = [(name, *_counts(found, name, COLUMNS)) for name in names]
    parts.append(table(("rows + cases", *COLUMNS), rows))
    if edition.cautions:
        raised = [(local_name(c), *_counts(found, local_name(c), (RAISED, NOT_RAISED))) for c in edition.cautions]
        parts.append(table(("caution", RAISED, NOT_RAISED), raised))
    if found.never:
        listed = [(f"{Path(edition.file).name}:{i.line}", i.subject, i.sort, i.which) for i in found.never]
        parts.append(table(("never exercised at", "of", "sort", "which"), listed))
    by_cases = [i for i in found.of("status") if i.cases and not i.rows]
    if by_cases:
        parts.append(table(("exercised by cases, by no row", "status"), [(i.subject, i.which) for i in by_cases]))
    parts += [f"{name} was not judged: {why}\n" for name, why in found.refused]
    return "\n".join(parts)


def _counts(found: Coverage, name: str, statuses: Iterable[str]) -> list[str]:
    items = {i.which: i for i in found.of("status", name)}
    return [_count(items.get(status)) for status in statuses]


def _count(item: Item | None) -> str:
    if item is None:
        return "-"
    return f"{len(item.rows)} + {len(item.cases)}" if item.exercised else "never"


def _as_json(found: Coverage) -> str:
    whole = {
        "edition": found.edition.file,
        "deck": found.deck,
        "rows": found.rows,
        "cases": list(found.cases),
        "not_judged": [{"case": name, "problem": why} for name, why in found.refused],
        "never": len(found.never),
        "items": [_item(i) for i in found.items],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _item(item: Item) -> dict[str, object]:
    return {
        "sort": item.sort,
        "of": item.subject,
        "which": item.which,
        "line": item.line,
        "rows": list(item.rows),
        "cases": list(item.cases),
    }
