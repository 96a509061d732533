"""What changed between two editions, in the words of their author, and what that changes for cases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.author.diff_words import changes
from reasoner.cases import read_case
from reasoner.errors import ReasonerError
from reasoner.guideline.edition_file import read_edition
from reasoner.judge import decide, judge, prepare
from reasoner.ontology import load_ontology
from reasoner.tables import table
from reasoner.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reasoner.author.diff_change import Change
    from reasoner.determine import Determination
    from reasoner.guideline.edition import Edition
    from reasoner.judge import Prepared
    from reasoner.ontology import Ontology
    from reasoner.validate import Engine

ABSENT = "not in this edition"


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One criterion, group or caution that a request answers otherwise, and the changes that it comes from."""

    request: str
    name: str
    before: str
    after: str
    why: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What becomes of one case under the old and under the new edition."""

    case: str
    before: str
    after: str
    statuses: tuple[StatusChange, ...]
    problems: tuple[str, ...]
    """Why the case could not be judged by one edition or both."""

    @property
    def changed(self) -> bool:
        """Whether its outcome or any status is another."""
        return self.before != self.after or bool(self.statuses)


def diff(old: Edition, new: Edition) -> tuple[Change, ...]:
    """Every difference between two editions, in the order of the new one; none where they mean and say the same."""
    return changes(old, new, load_ontology())


def case_change(
    argument: str, old: tuple[str, Edition], new: tuple[str, Edition], told: Sequence[Change], engine: Engine
) -> CaseChange:
    """A case determined by both editions, each given with its path; whatever goes wrong with it is told."""
    ontology = load_ontology()
    try:
        prepared = prepare(read_case(argument), ontology, engine)
    except ReasonerError as error:
        return CaseChange(argument, "refused", "refused", (), tuple(map(str, error.problems)))
    (before, problems), (after, more) = (_determined(prepared, path, ontology, engine) for path, _ in (old, new))
    found: list[StatusChange] = []
    if before and after:
        found = list(_status_changes(_answers(before, old[1]), _answers(after, new[1]), told, new[1]))
    return CaseChange(
        prepared.case.name, _outcome(before), _outcome(after), tuple(found), tuple(dict.fromkeys((*problems, *more)))
    )


def _determined(
    prepared: Prepared, path: str, ontology: Ontology, engine: Engine
) -> tuple[Determination | None, tuple[str, ...]]:  # fmt: skip
    try:
        return decide(judge(prepared, ontology, engine, path)), ()
    except ReasonerError as error:
        return None, tuple(map(str, error.problems))


def _outcome(found: Determination | None) -> str:
    if found is None:
        return "refused"
    return f"{found.outcome} ({found.reason})" if found.reason else str(found.outcome)


def _answers(found: Determination, edition: Edition) -> Mapping[tuple[str, str], str]:
    """Every answer of a determination, by request and by the name of the criterion, group or caution."""
    answers: dict[tuple[str, str], str] = {}
    for verdict in dict.fromkeys((found.whole, *found.parts)):
        request = local_name(verdict.request.iri)
        answers |= {(request, local_name(c)): str(a.status) for c, a in verdict.answers.items()}
        answers |= {(request, local_name(g)): str(s) for g, s in verdict.groups.items() if g in edition.groups}
        answers |= {(request, local_name(c.caution)): "raised" if c.raised else "not raised" for c in verdict.cautions}
    return answers


def _status_changes(
    before: Mapping[tuple[str, str], str], after: Mapping[tuple[str, str], str], told: Sequence[Change], new: Edition
) -> Iterable[StatusChange]:  # fmt: skip
    renamed = {c.old: c.new for c in told if c.kind == "renamed"}
    moved = {(request, renamed.get(name, name)): status for (request, name), status in before.items()}
    names = [*after, *(key for key in moved if key not in after)]
    differ = {key[1] for key in names if moved.get(key) != after.get(key)}
    for request, name in names:
        was, now = moved.get((request, name), ABSENT), after.get((request, name), ABSENT)
        if was != now:
            yield StatusChange(request, name, was, now, _why(name, differ, told, new))


def _why(name: str, differ: set[str], told: Sequence[Change], new: Edition) -> tuple[Change, ...]:
    """The changes of a criterion itself; of a group, also of what stands in it and answers or counts otherwise."""
    nodes = list(new.logic.below()) if new.logic else []
    inside = next(([local_name(n.iri) for n in root.below()] for root in nodes if local_name(root.iri) == name), [name])
    return tuple(c for c in told if c.decides and _explains(c, name, inside, differ))


def _explains(change: Change, name: str, inside: Sequence[str], differ: set[str]) -> bool:
    if change.subject in inside and (
        change.subject == name or change.subject in differ or change.kind in ("logic", "requirement")
    ):
        return True
    return any(change.concerns(group) for group in inside)


def diff_report(old_path: str, new_path: str, cases: Sequence[str], engine: Engine, *, as_json: bool) -> str:
    """What changed from one edition file to another and, for each case given, what that changes, as tables or JSON."""
    ontology = load_ontology()
    old, new = (read_edition(Path(path), ontology) for path in (old_path, new_path))
    told = diff(old, new)
    judged = [case_change(case, (old_path, old), (new_path, new), told, engine) for case in cases]
    return _as_json(old, new, told, judged, cases) if as_json else _as_text(old, new, told, judged, cases)


def _as_text(
    old: Edition, new: Edition, told: Sequence[Change], judged: Sequence[CaseChange], cases: Sequence[str]
) -> str:
    parts = [f"From {old.label} ({old.file})\nto   {new.label} ({new.file})\n"]
    if told:
        rows = [(c.label, c.what, c.old, c.new) for c in told]
        parts.append(table(("of", "what changed", "from", "to"), rows))
    else:
        parts.append("Nothing changed.\n")
    if cases:
        parts.append(
            table(
                ("case", "outcome before", "outcome after"),
                [(c.case, c.before, c.after if c.after != c.before else "the same") for c in judged],
            )
        )
        rows = [
            (c.case, f"{s.name} ({s.request})", f"{s.before} -> {s.after}", "; ".join(w.words for w in s.why))
            for c in judged for s in c.statuses
        ]  # fmt: skip
        parts.append(table(("case", "answer", "change", "because"), rows) if rows else "No answer changes.\n")
        parts += ["\n".join(f"{c.case}: {problem}" for problem in c.problems) + "\n" for c in judged if c.problems]
    return "\n".join(parts)


def _as_json(
    old: Edition, new: Edition, told: Sequence[Change], judged: Sequence[CaseChange], cases: Sequence[str]
) -> str:
    found: dict[str, object] = {
        "old": {"edition": old.label, "file": old.file, "sha256": old.sha256},
        "new": {"edition": new.label, "file": new.file, "sha256": new.sha256},
        "changes": [c.json() for c in told],
    }
    if cases:
        found["cases"] = [{**_case(c), "answers": [_answer(s) for s in c.statuses]} for c in judged]
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _case(found: CaseChange) -> dict[str, object]:
    return {
        "case": found.case,
        "before": found.before,
        "after": found.after,
        "changed": found.changed,
        "problems": list(found.problems),
    }


def _answer(found: StatusChange) -> dict[str, object]:
    return {
        "request": found.request,
        "name": found.name,
        "before": found.before,
        "after": found.after,
        "because": [change.words for change in found.why],
    }
