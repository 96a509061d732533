"""The end of a batch in words: the summary as a table or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reasoner.batch.disagree import CODE
from reasoner.status import Outcome
from reasoner.tables import table

if TYPE_CHECKING:
    from reasoner.batch.journal import Verified
    from reasoner.batch.runner import Summary

UNJUDGED = "not judged"

def summary_text(summary: Summary) -> str:
    """How many cases had which outcome under which edition, and which problems."""
    rows = [(e, outcome, f"{n:,}") for e, found in summary.outcomes.items() for outcome, n in found.items()]
    rows += [(UNJUDGED, code, f"{n:,}") for code, n in summary.problems.items() if code != CODE]
    title = f"{_count(summary.cases, 'case')}, {summary.judged:,} judged; {_speed(summary)}"
    return table(("Edition", "Outcome", "Cases"), rows, title) + _verified_text(summary)


def _verified_text(summary: Summary) -> str:
    if summary.verified is None:
        return f"Not verified: {summary.unverified}\n"
    number = sum(stratum.cases for stratum in summary.verified)
    rows = [
        (edition or UNJUDGED, outcome or "\N{EN DASH}", f"{cases:,}", f"{disagreeing:,}")
        for edition, outcome, cases, disagreeing in summary.verified
    ]
    title = f"{_count(number, 'case')} verified on the reference engine; {_count(summary.disagreeing, 'disagreement')}"
    said = table(("Edition", "Outcome", "Verified", "Disagreements"), rows, title)
    if not summary.disagreeing:
        return "\n" + said
    return f"\n{said}What the engines disagree on is marked {Outcome.ADJUDICATE.value}; problems tells what ({CODE}).\n"


def summary_json(summary: Summary) -> str:
    """The same for programs."""
    told = {
        "cases": summary.cases, "judged": summary.judged, "not_judged": summary.cases - summary.judged,
        "unreadable_files": summary.unread_files, "outcomes": summary.outcomes, "problems": summary.problems,
        "cases_in_this_run": summary.cases_now, "seconds": round(summary.seconds, 3),
        "cases_per_second": round(_rate(summary), 1),
        "not_verified": summary.unverified or None,
        "verified": None if summary.verified is None else [_stratum(one) for one in summary.verified],
        "disagreements": summary.disagreeing,
    }  # fmt: skip
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _stratum(one: Verified) -> dict[str, str | int | None]:
    return {**one._asdict(), "edition": one.edition or None, "outcome": one.outcome or None}


def _rate(summary: Summary) -> float:
    return summary.cases_now / summary.seconds if summary.seconds else 0.0


def _speed(summary: Summary) -> str:
    if not summary.cases_now:
        return "nothing was left to do"
    earlier = summary.cases - summary.cases_now
    done = f"{summary.cases_now:,} of them now, " if earlier else ""
    return f"{done}{summary.seconds:,.1f} s, {_rate(summary):,.0f} a second"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
