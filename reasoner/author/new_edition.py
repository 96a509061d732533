"""A new guideline: an edition that lints, a deck with rows to fill, a first case; written all or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from os.path import lexists
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reasoner.author.new_files import AS_STATED, SECTION, Options, deck_text, edition_text
from reasoner.data import folder
from reasoner.errors import InputRefusedError, Problem, UsageError
from reasoner.load import load_stream
from reasoner.ontology import load_ontology
from reasoner.terms import local_name
from reasoner.vocabulary import prefixed
from reasoner.writing.case_new import new_case, term
from reasoner.writing.example import example, kinds_of_finding, level_properties, procedures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the dialogue, in the order asked: the option that it fills, its words and its default answer."""

    option: str
    words: str
    default: str
    required: bool


def questions(ontology: Ontology) -> tuple[Question, ...]:
    """What a dialogue asks for; where an answer is left empty the default is taken."""
    suggested = example(ontology)
    procedure, kind = ontology.label(suggested.procedure), ontology.label(suggested.kind)
    levels = [local_name(level) for level in suggested.levels or ()] or ["", ""]
    return (
        Question("authority", "Who issued it, as a folder's name (small letters, digits, hyphens)", "", required=True),
        Question("guideline", "Its name, as a folder's name", "", required=True),
        Question("edition", f"The day it took force (2019-01-08), or {AS_STATED}", AS_STATED, required=True),
        Question("title", "The title under which it is cited", "", required=True),
        Question("issuer", "The issuer in words; else the authority's name", "", required=False),
        Question("source", "The publication that was read, with its address; else the title", "", required=False),
        Question("locator", "The section that the first criterion comes from", SECTION, required=False),
        Question("procedure", "The procedure it is about", procedure, required=True),
        Question("finding", "The kind of finding its first criterion looks for", kind, required=False),
        Question("in_force_from", f"The first day in force, where it is named {AS_STATED}", "", required=False),
        Question("in_force_until", "The last day in force, where it ended", "", required=False),
        Question("requested_on", "The day of the first case's request; else the first in force", "", required=False),
        Question("from_level", "The upper level of that request", levels[0], required=False),
        Question("to_level", "The lower level of that request", levels[1], required=False),
    )


def check_answer(option: str, before: Mapping[str, str], answer: str, ontology: Ontology) -> None:
    """Whether an answer can be taken after those given before it. Raises `UsageError` for one that cannot."""
    said = " ".join(answer.split())
    _check_braces(option, said)
    match option:
        case "authority" | "guideline":
            _check_name(option, said)
        case "edition" if said != AS_STATED:
            _day(said)
        case "requested_on" if said:
            _day(said)
        case "in_force_from" | "in_force_until":
            _days(Options(**{**{f.name: before.get(f.name, "") for f in fields(Options)}, option: said}))
        case "procedure":
            _check_procedure(term(said, ontology), ontology)
        case "finding" if said:
            _check_finding(term(said, ontology), ontology)
        case "from_level" | "to_level" if said:
            term(said, ontology)


def scaffold(options: Options, ontology: Ontology) -> Mapping[str, str]:
    """The files of a new guideline by name below the project's folder; the edition lints and its rows pass.

    Raises `UsageError` for an option that does not fit.
    """
    given = Options(**{f.name: " ".join(str(getattr(options, f.name)).split()) for f in fields(Options)})
    for option in fields(Options):
        _check_braces(option.name, getattr(given, option.name))
    _check_names(given)
    first, last = _days(given)
    procedure = term(given.procedure, ontology)
    kind = _kind(given, procedure, ontology)
    levels = _levels(given, procedure, ontology)
    case_files = new_case(given.case, procedure, *levels, given.requested_on or first, None, ontology)
    place = f"{given.authority}/{given.guideline}/{given.edition}"
    edition = edition_text(given, (first, last), procedure, kind, ontology)
    deck = deck_text(given, load_stream(case_files["case.trig"].encode()), kind, levels, ontology)
    return {
        f"shapes/{place}.ttl": edition, f"tests/criteria/{place}.toml": deck,
        **{f"cases/{given.case}/{name}": text for name, text in case_files.items()},
    }  # fmt: skip


def write_scaffold(root: Path, files: Mapping[str, str]) -> str:
    """Write a new guideline below a folder, all or nothing; the names of the files, a line each.

    Raises `InputRefusedError` where one of its folders stands already, and where none can be written.
    """
    folders = sorted({_folder_of(name) for name in files})
    for name in folders:
        if lexists(root / name):
            fix = "Choose another name; a further edition of a guideline is a copy of its last file under a new day."
            raise InputRefusedError(Problem("folder-exists", str(root / name), None, "This is there already.", fix))
    moved: list[Path] = []
    try:
        root.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".new-", dir=root) as temporary:
            _write(Path(temporary), files)
            for name in folders:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (Path(temporary) / name).rename(root / name)
                moved.append(root / name)
    except OSError as error:
        for place in moved:
            rmtree(place, ignore_errors=True)
        problem = f"The guideline cannot be written: {error.strerror or type(error).__name__}."
        raise InputRefusedError(Problem("not-written", str(root), None, problem, "Check the folder.")) from None
    return "".join(f"{root / name}\n" for name in files)


def start_guideline(answers: Mapping[str, str], root: Path | None = None) -> str:
    """Make a new guideline from the answers to `questions`, below the project's folder where no other is named."""
    missing = [q.option for q in questions(load_ontology()) if q.required and not answers.get(q.option, "").strip()]
    if missing:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise _refused(
            "missing-option", f"Nothing is said of: {names}.", "Name each; without any option the command asks."
        )
    given = Options(**{f.name: answers.get(f.name, "") for f in fields(Options)})
    return write_scaffold(root or folder("shapes").parent, scaffold(given, load_ontology()))


def _folder_of(name: str) -> str:
    """The folder that must be new: of a case its own, of an edition or deck its guideline's."""
    parts = name.split("/")
    return "/".join(parts[: 2 if parts[0] == "cases" else -1])


def _write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def _check_names(given: Options) -> None:
    for option in ("authority", "guideline"):
        _check_name(option, getattr(given, option))
    if not given.title:
        raise _refused("no-title", "The guideline has no title.", "Name it with --title.")


def _check_braces(option: str, said: str) -> None:
    if set(said) & {"{", "}"}:
        name = option.replace("_", "-")
        fix = "A brace is the mark of a placeholder in a phrase: write a parenthesis."
        raise _refused("brace", f'"{said}" of --{name} has a brace.', fix)


def _check_name(option: str, name: str) -> None:
    if not _NAME.fullmatch(name) or name == "ladders":
        problem = f'"{name}" cannot be the name of a folder of guidelines.'
        raise _refused("bad-name", problem, f"Give --{option} small letters, digits and hyphens, as in low-back.")


def _days(given: Options) -> tuple[str, str]:
    """The first day in force, and the last; empty where it has not ended."""
    first = given.in_force_from or ("" if given.edition == AS_STATED else given.edition)
    if not first:
        fix = "Name it with --in-force-from, as 2014-01-01: an edition says from when it is in force."
        raise _refused("no-day", "The first day on which the edition was in force is not said.", fix)
    days = [date.fromisoformat(_day(text)) for text in (first, given.in_force_until) if text]
    if given.edition not in (AS_STATED, first):
        problem = f"The edition is named {given.edition} and in force from {first}."
        raise _refused("days-differ", problem, f"Name it by the day it took force, or {AS_STATED}.")
    if days != sorted(days):
        raise _refused("days-reversed", "The edition ends before it begins.", "Look at --in-force-until.")
    return first, given.in_force_until


def _day(text: str) -> str:
    try:
        right = date.fromisoformat(text).isoformat() == text
    except ValueError:
        right = False
    if not right:
        raise _refused(
            "not-a-day", f'"{text}" is not a day.', f"Write it as 2019-01-08; an edition may be {AS_STATED}."
        )
    return text


def _kind(given: Options, procedure: Iri, ontology: Ontology) -> Iri:
    if not given.finding:
        return example(ontology, procedure).kind if procedure in procedures(ontology) else kinds_of_finding(ontology)[0]
    kind = term(given.finding, ontology)
    _check_finding(kind, ontology)
    return kind


def _check_procedure(procedure: Iri, ontology: Ontology) -> None:
    if procedure not in procedures(ontology):
        problem = f"{prefixed(procedure, {})} is not a procedure that can be requested."
        fix = f"Name one of: {', '.join(map(ontology.label, procedures(ontology)))}."
        raise _refused("not-a-procedure", problem, fix)


def _check_finding(kind: Iri, ontology: Ontology) -> None:
    if kind not in kinds_of_finding(ontology):
        problem = f"{prefixed(kind, {})} is not a kind of finding that a case can state."
        raise _refused("not-a-finding", problem, "Name one of the guide to writing a case.")


def _levels(given: Options, procedure: Iri, ontology: Ontology) -> tuple[Iri | None, Iri | None]:
    if given.from_level or given.to_level:
        stated = [term(level, ontology) if level else None for level in (given.from_level, given.to_level)]
        return stated[0], stated[1]
    suggested = example(ontology).levels
    if suggested and procedure in procedures(ontology) and level_properties(procedure, ontology):
        return suggested
    return None, None


def _refused(code: str, problem: str, fix: str) -> UsageError:
    return UsageError(Problem(code, "the command line", None, problem, fix))
