"""Synthetic cases on disk: files with many cases each, or a folder for each case."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from reasoner.errors import Problem, UsageError
from reasoner.output import make_folder, write_whole
from reasoner.rdf import Quad, parse, trig
from reasoner.synthetic.breaking import broken
from reasoner.synthetic.chart import SENTENCES_A_PAGE
from reasoner.synthetic.compose import compose
from reasoner.synthetic.files import ENDINGS, Shard, shard
from reasoner.synthetic.lines import DAY, said_of
from reasoner.terms import BASE, DCTERMS, RDFS, XSD
from reasoner.vocabulary import namespaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from reasoner.ontology import Ontology
    from reasoner.synthetic.model import Made, Paper, Stock
    from reasoner.synthetic.words import Words

Making: TypeAlias = "tuple[int, Sequence[Stock], Words, float]"
"""What cases are made from: the seed, the editions' pieces, the words, and the share that is broken."""


class Place(NamedTuple):
    """Where files of many cases stand, how they are called before their ending, and of what kind they are."""

    folder: Path
    name: str
    kind: str


class ShardWriter:
    """Appends cases to the shard of their edition; all shards stand whole at the end, or none."""

    def __init__(self, place: Place, stocks: Sequence[Stock], words: Words) -> None:
        self.place, self.stocks, self.words = place, stocks, words
        self.open: dict[int, tuple[Path, Shard]] = {}

    def add(self, made: Made) -> None:
        """Append a case."""
        which = made.chosen.stock
        if which not in self.open:
            path = self._path(self.stocks[which])
            make_folder(path.parent)
            self.open[which] = path, shard(temporary(path), self.place.kind, self.words.notice)
        self.open[which][1].add(made.name, broken(made, made.quads, prefixed=False))

    def close(self) -> None:
        """Put every shard in its place."""
        for _, file in self.open.values():
            file.close()
        for path, _ in self.open.values():
            temporary(path).replace(path)
        self.open.clear()

    def discard(self) -> None:
        """Leave nothing half written, not even a file that was only about to be opened."""
        for _, file in self.open.values():
            file.drop()
        for stock in self.stocks:
            temporary(self._path(stock)).unlink(missing_ok=True)

    def _path(self, stock: Stock) -> Path:
        return self.place.folder / stock.folder / f"{self.place.name}{ENDINGS[self.place.kind]}"


def temporary(path: Path) -> Path:
    """Where a file stands until it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}")


def write_shard(place: Place, numbers: Iterable[int], making: Making) -> Counter[int]:
    """Write the cases of these numbers, one file for each edition; how many each has.

    Raises `UsageError` where the disk is full.
    """
    seed, stocks, words, rate = making
    writer = ShardWriter(place, stocks, words)
    counts: Counter[int] = Counter()
    try:
        for number in numbers:
            made = compose(number, seed, stocks, words, rate)
            counts[made.chosen.stock] += 1
            writer.add(made)
        writer.close()
    except OSError as error:
        writer.discard()
        said = f"The cases cannot be written: {error.strerror or error}."
        raise UsageError(
            Problem("cannot-write", str(place.folder), None, said, "Make room, or name another folder.")
        ) from None
    except BaseException:
        writer.discard()
        raise
    return counts


def write_folders(folder: Path, numbers: Iterable[int], ontology: Ontology, making: Making) -> Counter[int]:
    """Write the cases of these numbers, a folder for each; how many each edition has."""
    seed, stocks, words, rate = making
    counts: Counter[int] = Counter()
    for number in numbers:
        made = compose(number, seed, stocks, words, rate)
        counts[made.chosen.stock] += 1
        _write_folder(folder / stocks[made.chosen.stock].folder / made.name, made, words, ontology)
    return counts


def _write_folder(folder: Path, made: Made, words: Words, ontology: Ontology) -> None:
    make_folder(folder / "documents")
    for paper in made.papers:
        write_whole(folder / "documents" / f"{paper.name}.md", document(paper, words, ontology))
    write_whole(folder / "case.trig", case_trig(made, words, ontology))


def case_trig(made: Made, words: Words, ontology: Ontology) -> str:
    """A case in TriG, with a comment that says what it is."""
    text = _trig(parse(made.quads.encode(), ".nq"), made.name, ontology)
    return f"# {words.notice}\n" + broken(made, text, prefixed=True)


def _trig(quads: Iterable[Quad], name: str, ontology: Ontology) -> str:
    ours = {n.removeprefix(BASE).rstrip("#"): n for n in sorted(namespaces(ontology)) if n.startswith(BASE)}
    used: Mapping[str, str] = {"case": f"{BASE}cases/{name}/", "dcterms": DCTERMS.prefix, "rdfs": RDFS.prefix}
    return trig(quads, {**used, "xsd": XSD.prefix, **{p: n for p, n in ours.items() if p.isidentifier()}})


def document(paper: Paper, words: Words, ontology: Ontology) -> str:
    """The text of a chart document, which holds every quote of it."""
    kind, said = words.documents[paper.kind], words.said
    heading = said["heading"].replace("{label}", capital(paper.label)).replace("{date}", said_of(paper.day, DAY))
    author = said["author"].replace("{role}", ontology.label(kind.role))
    lines = [heading, "", words.notice, author, paper.opening, *_pages(paper.sentences, said["page"])]
    return "\n".join(lines) + "\n"


def _pages(sentences: Sequence[str], divider: str) -> Iterator[str]:
    for number, sentence in enumerate(sentences):
        if number and number % SENTENCES_A_PAGE == 0:
            yield from ("", divider.replace("{page}", str(number // SENTENCES_A_PAGE + 1)), "")
        yield sentence


def capital(words: str) -> str:
    """The words with a capital first letter."""
    return words[:1].upper() + words[1:]
