"""Pages that a clinician can review: each edition said in words, on examples and as a picture, as static HTML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reasoner.author.deck import deck_path, read_deck
from reasoner.author.examples import judged_cases
from reasoner.author.page_proofs import proofs
from reasoner.author.page_values import EditionPage, force
from reasoner.author.picture import picture
from reasoner.data import shown
from reasoner.errors import KnowledgeBaseError, Problem, UsageError
from reasoner.guideline.edition_file import all_editions, read_edition, span
from reasoner.ontology import load_ontology
from reasoner.output import make_folder, write_whole
from reasoner.render.page import clean
from reasoner.terms import BASE, GUIDELINE, RDFS
from reasoner.validate import default_engine
from reasoner.writing.templating import fill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reasoner.guideline.edition import Edition
    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri

INDEX = "index.html"


class Version(NamedTuple):
    """An edition of a guideline in the row of its editions."""

    label: str
    in_force: str
    state: str
    link: str


def pages(paths: Sequence[Path], ontology: Ontology) -> Mapping[str, str]:
    """The pages of editions by relative name, and their index. The same files give the same bytes.

    Raises `KnowledgeBaseError` for an edition or deck that fails its checks, `UsageError` for one named twice.
    """
    editions = {path: read_edition(path, ontology) for path in paths}
    names = {path: page_name(edition) for path, edition in editions.items()}
    if len(set(names.values())) < len(paths):
        fix = "Name each edition once; a copy needs an IRI of its own."
        raise UsageError(Problem("same-edition", "the command line", None, "Two files hold the same edition.", fix))
    links = {editions[path].iri: name for path, name in names.items()}
    found = {names[path]: _edition_page(path, edition, links, ontology) for path, edition in editions.items()}
    return {INDEX: _index(list(editions.values()), links, ontology), **dict(sorted(found.items()))}


def write_pages(folder: Path, paths: Sequence[Path]) -> str:
    """Write the pages of editions, all packaged ones where none is named; the names of the files, a line each."""
    written = pages(paths or all_editions(), load_ontology())
    for name, content in written.items():
        make_folder((folder / name).parent)
        write_whole(folder / name, content)
    return "".join(f"{folder / name}\n" for name in written)


def page_name(edition: Edition) -> str:
    """The page's place, which mirrors the edition's."""
    parts = [part for part in edition.iri.removeprefix(BASE).split("/") if part not in {"", ".", ".."}]
    return "/".join(parts) + ".html"


def _edition_page(path: Path, edition: Edition, links: Mapping[Iri, str], ontology: Ontology) -> str:
    place = deck_path(path)
    deck = read_deck(place, edition) if place.is_file() else None
    cases, proven = judged_cases(edition, ontology, default_engine()), proofs(edition, ontology)
    said = EditionPage(edition, ontology, cases, deck, proven)
    entries, up = said.entries(), "../" * links[edition.iri].count("/")
    return clean(
        fill(
            "edition.html.j2", edition=edition, up=up, force=force(edition.in_force),
            issuer=edition.graph.text(edition.iri, GUIDELINE.issuer),
            verification=said.term(GUIDELINE[edition.source.verification]) if edition.source.verification else None,
            scope=said.terms(edition.scope), excludes=said.terms(edition.excludes),
            silent=said.terms(edition.silent_on),
            ladders=said.ladder_places(), policy=said.policy(), entries=entries,
            tree=said.branch(edition.logic) if edition.logic else None,
            picture=picture(edition.logic, edition, ontology) if edition.logic else "",
            labels={e.name: e.label for e in entries},
            deck=deck, deck_place=_shown(place), proofs=proven, versions=_versions(path, edition, links, up, ontology),
            glossary=said.glossary(), ontology_sha256=ontology.sha256,
        )
    )  # fmt: skip


def _shown(place: Path) -> str:
    """A deck's name as the project writes it."""
    return str(Path(*place.parts[place.parts.index("tests") :])) if "tests" in place.parts else place.name


def _versions(path: Path, edition: Edition, links: Mapping[Iri, str], up: str, ontology: Ontology) -> list[Version]:
    """The editions of the guideline from the earliest: those encoded beside this one, those known by their dates."""
    found = []
    for file in sorted({path, *path.parent.glob("*.ttl")}):
        try:
            other = read_edition(file, ontology)
        except KnowledgeBaseError:
            found.append((("", ""), Version(shown(file), "", "it does not pass its checks", "")))
            continue
        if other.guideline == edition.guideline:
            state = "this edition" if other.iri == edition.iri else "encoded"
            link = up + links[other.iri] if other.iri in links and other.iri != edition.iri else ""
            found.append((_order(other.in_force), Version(other.label, force(other.in_force), state, link)))
    for known in edition.graph.iris(edition.guideline, GUIDELINE.unencodedEdition):
        days, label = span(known, edition.graph), edition.graph.text(known, RDFS.label)
        found.append((_order(days), Version(label, force(days), "known by its dates; not encoded", "")))
    return [version for _, version in sorted(found)]


def _order(days: object) -> tuple[str, str]:
    first, last = getattr(days, "first", None), getattr(days, "last", None)
    return (str(first.first) if first else "", str(last.last) if last else "9")


def _index(editions: list[Edition], links: Mapping[Iri, str], ontology: Ontology) -> str:
    def row(edition: Edition) -> dict[str, object]:
        return {
            "link": links[edition.iri], "label": edition.label, "title": edition.title,
            "issuer": edition.graph.text(edition.iri, GUIDELINE.issuer), "force": force(edition.in_force),
            "scope": [ontology.label(kind) for kind in edition.scope], "criteria": len(edition.criteria),
            "cautions": len(edition.cautions), "omissions": len(edition.omissions),
            "verification": ontology.label(GUIDELINE[mark]) if (mark := edition.source.verification) else "",
        }  # fmt: skip

    return clean(fill("edition-index.html.j2", editions=[row(e) for e in sorted(editions, key=lambda e: links[e.iri])]))
