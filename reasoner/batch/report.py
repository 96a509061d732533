"""The end of a batch in words: the summary as a table or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reasoner.tables import table

if TYPE_CHECKING:
    from reasoner.batch.runner import Summary


def summary_text(summary: Summary) -> str:
    """How many cases had which outcome under which edition, and which problems."""
    rows = [(e, outcome, f"{n:,}") for e, found in summary.outcomes.items() for outcome, n in found.items()]
    rows += [("not judged", code, f"{n:,}") for code, n in summary.problems.items()]
    title = f"{_count(summary.cases, 'case')}, {summary.judged:,} judged; {_speed(summary)}"
    return table(("Edition", "Outcome", "Cases"), rows, title)


def summary_json(summary: Summary) -> str:
    """The same for programs."""
    told = {
        "cases": summary.cases, "judged": summary.judged, "not_judged": summary.cases - summary.judged,
        "unreadable_files": summary.unread_files, "outcomes": summary.outcomes, "problems": summary.problems,
        "cases_in_this_run": summary.cases_now, "seconds": round(summary.seconds, 3),
        "cases_per_second": round(_rate(summary), 1),
    }  # fmt: skip
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


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
