"""What a deck notices of the mutations of its edition, as a table or JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.author.deck_file import deck_path, read_deck
from reasoner.author.deck_report import deck_name
from reasoner.author.mutate import Fate, Trial, Tried, chosen_of, mutate
from reasoner.author.mutations import mutations
from reasoner.guideline.edition_file import read_edition
from reasoner.ontology import load_ontology
from reasoner.tables import table
from reasoner.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from reasoner.validate import Engine


def mutation_report(
    path: str,
    engine: Engine,
    *,
    seed: int = 0,
    limit: int | None = None,
    as_json: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[str, int]:
    """What the deck of the edition in a file notices, as a table or JSON, and how much there is to mend.

    To mend are survivors, rows that fail before any change, and reasons that belong to no survivor.
    """
    ontology, file = load_ontology(), Path(path)
    edition = read_edition(file, ontology)
    deck = replace(read_deck(deck_path(file), edition), file=deck_name(deck_path(file)))
    chosen = chosen_of(mutations(edition, ontology), seed, limit)
    trial = mutate(deck, ontology, engine, chosen, progress)
    return (_as_json(trial) if as_json else _as_text(trial)), trial.to_mend


def _as_text(trial: Trial) -> str:
    survived, equivalent = trial.of(Fate.SURVIVED), trial.of(Fate.EQUIVALENT)
    name, parts = Path(trial.file).name, [_summary(trial)]
    if survived:
        rows = [(f"{name}:{t.mutation.line}", t.mutation.kind, t.mutation.words) for t in survived]
        parts.append(table(("survived at", "kind", "change that no row notices"), rows))
        example = f'guideline:equivalentMutation "{survived[0].mutation.words}: <reason>"'
        parts.append(f"Write a row that tells the two apart, or say beside it why nothing can change:\n  {example}\n")
    if equivalent:
        rows = [(f"{name}:{t.mutation.line}", t.mutation.words, t.by) for t in equivalent]
        parts.append(table(("equivalent at", "change that changes no answer", "reason"), rows))
    if trial.stale:
        needless = [(f"{name}:{line}", words) for line, words in trial.stale]
        parts.append(table(("needless reason at", "change that is noticed or cannot be made"), needless))
    if trial.failing:
        parts.append(table(("row that fails before any change",), [(name,) for name in trial.failing]))
    return "\n".join(parts)


def _summary(trial: Trial) -> str:
    of = f" of {trial.possible}" if trial.possible != len(trial.tried) else ""
    counts = ", ".join(f"{len(trial.of(fate))} {fate}" for fate in Fate)
    return f"{trial.file}: {len(trial.tried)}{of} mutations against {trial.rows} rows of {trial.deck}: {counts}.\n"


def _as_json(trial: Trial) -> str:
    found = {
        "edition": trial.file,
        "deck": trial.deck,
        "rows": trial.rows,
        "possible": trial.possible,
        "counts": {str(fate): len(trial.of(fate)) for fate in Fate},
        "failing_rows": list(trial.failing),
        "needless_reasons": [{"line": line, "change": words} for line, words in trial.stale],
        "mutations": [{**_json(t), "file": trial.file} for t in trial.tried],
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _json(tried: Tried) -> dict[str, object]:
    made = tried.mutation
    return {
        "line": made.line,
        "kind": made.kind,
        "subject": local_name(made.subject),
        "change": made.words,
        "fate": str(tried.fate),
        "by": tried.by,
    }
