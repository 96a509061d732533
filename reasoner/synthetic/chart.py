"""The chart documents of a synthetic case, and the findings in them with page and quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.synthetic.lines import DAY, paper_lines, part_lines, said_of
from reasoner.synthetic.model import Paper
from reasoner.synthetic.variants import quoted
from reasoner.terms import CORE, RDFS, XSD, A

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reasoner.synthetic.draft import Draft
    from reasoner.synthetic.model import Variant

SENTENCES_A_PAGE = 4


class Chart:
    """Writes the documents of one case."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.papers: dict[tuple[int, int | None], Paper] = {}
        self.lines: list[str] = []
        self.after = draft.random.random() < draft.words.rates["after-decision"]
        """Whether a note is yet to be written after the decision."""

    def listed(self) -> list[str]:
        """The statements that list the documents."""
        kinds, case = self.draft.words.documents, self.draft.case
        return [
            line
            for paper in self.papers.values()
            for line in paper_lines(kinds[paper.kind], case, paper.name, paper.label, paper.day)
        ]

    def finding(
        self, variant: Variant, sites: Sequence[str], precision: int = DAY, *, disagrees: bool = False,
        late: bool = False,
    ) -> str:  # fmt: skip
        """Write a finding into a document that can hold it; its name."""
        paper = self._paper(variant, disagrees=disagrees, late=late)
        where = self._where(sites)
        extra = self._study(variant)
        first = ""
        names = [self.draft.fresh(part.stem) for part in variant.parts]
        frames = self.draft.words.documents[paper.kind].frames
        for part, name in zip(variant.parts, names, strict=True):
            self.lines += part_lines(
                part, self.draft.case, (name, paper.name, names), sites, self.draft.base, precision
            )
            if part.phrase:
                told = [said_of(self.draft.base + days, precision) for _, days in part.dates]
                said = self.draft.random.choice(frames).replace("{said}", part.phrase.format(where, *told))
                self.lines += self._quote(name, paper, said, extra)
            first = first or name
        return first

    def _quote(self, name: str, paper: Paper, said: str, extra: str) -> list[str]:
        paper.sentences.append(said)
        page = (len(paper.sentences) - 1) // SENTENCES_A_PAGE + 1
        subject, graph = f"<{self.draft.case}{name}> ", f" <{self.draft.case}{paper.name}> .\n"
        quote = quoted(said)
        lines = [f'{subject}<{CORE.page}> "{page}"^^<{XSD.integer}>{graph}', f"{subject}<{CORE.quote}> {quote}{graph}"]
        return [*lines, f"{subject}<{CORE.concerns}> <{self.draft.case}{extra}>{graph}"] if extra else lines

    def _where(self, sites: Sequence[str]) -> str:
        if not sites:
            return ""
        names = [self.draft.stock.sites[site][0] for site in sites]
        listed: str = self.draft.words.said["and"].join(names)
        where: str = self.draft.words.said["where"].replace("{sites}", listed)
        return where

    def _paper(self, variant: Variant, *, disagrees: bool, late: bool) -> Paper:
        """The document for a finding: of its kind, and of its day where it reports a study."""
        kind = variant.second if disagrees else variant.document
        seen = max((d for p in variant.parts for _, d in p.dates), default=None)
        random, told = self.draft.random, self.draft.words.documents[kind]
        key: tuple[int, int | None]
        if late:
            day = self.draft.stock.as_of + random.randint(*self.draft.words.counts["late"])
            key = (kind, day)
        elif told.days is None:
            day = -random.choice(self.draft.words.observed) if seen is None else min(seen, self.draft.stock.as_of)
            key = (kind, seen)
        else:
            day = -random.randint(*told.days)
            if self.after:
                self.after, day = False, random.randint(self.draft.decided + 1, self.draft.stock.as_of)
            key = (kind, None)
        paper = self.papers.get(key)
        if paper is None:
            label, opening = random.choice(told.labels), random.choice(told.opening)
            paper = Paper(self.draft.fresh(told.name), kind, label, self.draft.base + day, opening, [])
            self.papers[key] = paper
        elif seen is not None and not late and told.days is not None and self.draft.base + seen > paper.day:
            paper = self.papers[key] = paper._replace(day=self.draft.base + min(seen, self.draft.stock.as_of))
        return paper

    def _study(self, variant: Variant) -> str:
        """The study that a finding is a reading of; both readers of one name the same."""
        told = self.draft.words.documents[variant.document]
        seen = max((d for p in variant.parts for _, d in p.dates), default=None)
        if told.study is None or seen is None:
            return ""
        name = f"{told.name}-study-{-seen}"
        if name not in self.draft.counts:
            self.draft.counts[name] = 1
            label = told.study_label.replace("{date}", said_of(self.draft.base + seen, DAY))
            self.draft.say(name, f"<{A}> <{told.study}>")
            self.draft.say(name, f"<{RDFS.label}> {quoted(label)}")
        return name
