"""How cost and memory grow, as a picture (SVG) that needs no library."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 860, 340
INK, FAINT, BLUE, RED = "#222222", "#d9d9d9", "#1f5fa8", "#b3402a"
FONT = 'font-family="Helvetica, Arial, sans-serif" font-size="12"'
LIMIT_MIB = 600e6 / (1 << 20)
MINUTE, HOUR = 60, 3600
BRIEF = {1e3: "1k", 1e4: "10k", 1e5: "100k", 1e6: "1M", 1e7: "10M"}


class Frame(NamedTuple):
    """A panel: where it stands, and the decades or values at its edges."""

    left: float
    width: float
    x: tuple[float, float]
    y: tuple[float, float]
    y_log: bool
    top: float = 52
    height: float = 226

    def at(self, x: float, y: float) -> tuple[float, float]:
        across = (log10(x) - log10(self.x[0])) / (log10(self.x[1]) - log10(self.x[0]))
        low, high = (log10(v) if self.y_log else v for v in self.y)
        up = ((log10(y) if self.y_log else y) - low) / (high - low)
        return self.left + across * self.width, self.top + self.height * (1 - up)


def plot(found: dict[str, Any]) -> str:
    """Time and memory against the number of cases; an empty text where growth was not measured."""
    if not found.get("growth"):
        return ""
    runs = sorted(found["growth"].values(), key=lambda run: run["cases"])
    cases = [run["cases"] for run in runs]
    span = 10.0 ** floor(log10(min(cases))), max(10.0 ** ceil(log10(max(cases))), 10 * min(cases))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {FONT} fill="{INK}">',
        "<title>CPU time and peak memory of a batch by number of cases</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_time(cases, [run["cpu_s"] for run in runs], span),
        *_memory(cases, runs, span),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _time(cases: Sequence[int], seconds: Sequence[float], span: tuple[float, float]) -> list[str]:
    low, high = 10.0 ** floor(log10(min(seconds))), 10.0 ** ceil(log10(max(seconds)))
    frame = Frame(66, 320, span, (low, high), y_log=True)
    ticks = [low * 10**n for n in range(round(log10(high / low)) + 1)]
    last = seconds[-1] / cases[-1]
    first = max(span[0], low / last)
    end = min(span[1], high / last)
    ideal = [(first, first * last), (end, end * last)]
    return [
        *_panel(frame, "CPU time of all processes", [(t, f"{t:,g} s") for t in ticks]),
        _line(frame, ideal, FAINT, dashed=True),
        _line(frame, list(zip(cases, seconds, strict=True)), BLUE),
        *_dots(frame, [(n, s, _duration(s)) for n, s in zip(cases, seconds, strict=True)], BLUE),
        _text(*_off(frame.at(span[1], low), -4, -8), "dashed: proportional to cases", "end"),
    ]


def _memory(cases: Sequence[int], runs: Sequence[dict[str, Any]], span: tuple[float, float]) -> list[str]:
    peaks = [run["peak_pss_mib"] for run in runs]
    frame = Frame(488, 320, span, (0, max(700, ceil(max(peaks) * 1.1 / 100) * 100)), y_log=False)
    ticks = [(t, f"{t} MiB") for t in range(0, int(frame.y[1]) + 1, 100)]
    workers = [(n, run["peak_worker_mib"]) for n, run in zip(cases, runs, strict=True)]
    return [
        *_panel(frame, "Peak memory: all processes (blue), a worker alone (grey)", ticks),
        _line(frame, [(span[0], LIMIT_MIB), (span[1], LIMIT_MIB)], RED, dashed=True),
        _text(*_off(frame.at(span[1], LIMIT_MIB), -4, -6), "wanted: under 600 MB", "end", RED),
        _line(frame, workers, "#888888"),
        *_dots(frame, [(n, m, "") for n, m in workers], "#888888"),
        _line(frame, list(zip(cases, peaks, strict=True)), BLUE),
        *_dots(frame, [(n, m, f"{m:,}") for n, m in zip(cases, peaks, strict=True)], BLUE),
    ]


def _panel(frame: Frame, title: str, ticks: Sequence[tuple[float, str]]) -> list[str]:
    bottom = frame.top + frame.height
    parts = [_text(frame.left, 26, title, "start", weight="bold")]
    for value, words in ticks:
        _, y = frame.at(frame.x[0], value)
        parts.append(f'<path d="M{frame.left:.1f} {y:.1f}h{frame.width}" stroke="{FAINT}"/>')
        parts.append(_text(frame.left - 8, y + 4, words, "end"))
    count = frame.x[0]
    while count <= frame.x[1] * 1.001:
        x, _ = frame.at(count, frame.y[1])
        parts.append(f'<path d="M{x:.1f} {bottom:.1f}v5" stroke="{INK}"/>')
        parts.append(_text(x, bottom + 20, BRIEF.get(count, f"{count:,.0f}"), "middle"))
        count *= 10
    parts.append(f'<path d="M{frame.left:.1f} {bottom:.1f}h{frame.width}" stroke="{INK}"/>')
    return [*parts, _text(frame.left + frame.width / 2, bottom + 42, "cases in one run", "middle")]


def _line(frame: Frame, points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> str:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in (frame.at(*point) for point in points))
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>'


def _dots(frame: Frame, points: Sequence[tuple[float, float, str]], colour: str) -> list[str]:
    parts = []
    for across, up, words in points:
        x, y = frame.at(across, up)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.4" fill="{colour}"/>')
        if words:
            edge = "start" if x < frame.left + 20 else "end" if x > frame.left + frame.width - 20 else "middle"
            parts.append(_text(x + 4 * (edge == "start"), y - 9, words, edge))
    return parts


def _off(point: tuple[float, float], across: float, down: float) -> tuple[float, float]:
    return point[0] + across, point[1] + down


def _text(x: float, y: float, words: str, anchor: str, colour: str = INK, weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}">'
        f"{escape(words)}</text>"
    )


def _duration(seconds: float) -> str:
    if seconds < MINUTE:
        return f"{seconds:g} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004
    return f"{seconds / MINUTE:.1f} min" if seconds < HOUR else f"{seconds / HOUR:.1f} h"
