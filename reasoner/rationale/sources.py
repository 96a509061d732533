"""The sentences that an edition and its ladder give of themselves: alike in every case, and so made once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.rationale.words import Sentence, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.guideline.edition import Edition
    from reasoner.guideline.ladder import Ladder
    from reasoner.ontology import Ontology


@cache
def recommendations(edition: Edition, ontology: Ontology) -> tuple[Sentence, ...]:
    """What the edition recommends, in our words."""
    return tuple(
        sentence("Recommends", [item.iri, *item.encoded_by], ontology, phrase=item.phrase)
        for item in edition.recommendations
    )


@cache
def notes(ladder: Ladder | None, edition: Edition, ontology: Ontology) -> tuple[Sentence, ...]:
    """Modelling choices, open points and unverified facts of the ladder and the edition."""
    return tuple(_notes(ladder, edition, ontology))


def _notes(ladder: Ladder | None, edition: Edition, ontology: Ontology) -> Iterator[Sentence]:
    if ladder:
        yield sentence("LawCited", [ladder.iri], ontology, locator=ladder.locator)
    yield sentence(
        "SourceCited", [edition.iri], ontology,
        title=edition.title, locator=edition.source.locator, source=edition.source.title,
    )  # fmt: skip
    for source in [s for s in (ladder, edition) if s]:
        for note in source.notes:
            yield sentence("SourceNoted", [source.iri], ontology, source=source.label, note=note)
    for omission in edition.omissions:
        yield sentence(
            "LeftOut", [edition.iri, omission.iri], ontology,
            source=edition.label, locator=omission.locator, reason=omission.reason,
        )  # fmt: skip
