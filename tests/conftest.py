"""What tests need beyond Python: without it they are deselected by name and counted, and never silently skipped.

With REASONER_NO_SKIP=1, as .ci/run sets it, a test that cannot run is a failure instead.
The Hypothesis profile "thorough", as .ci/thorough sets it, gives every property twenty times its examples.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

NO_SKIP = os.environ.get("REASONER_NO_SKIP") == "1"
THOROUGH = "thorough"
TIMES = 20

settings.register_profile(THOROUGH, settings(deadline=None))


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in a background; programs started here inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Need(NamedTuple):
    """What the tests of a marker need: its name, whether it is there, and how to get it."""

    name: str
    there: Callable[[], bool]
    remedy: str


def _java() -> bool:
    return shutil.which("java") is not None


def _browser() -> bool:
    return any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))


def _spark() -> bool:
    return _java() and importlib.util.find_spec("pyspark") is not None


NEEDS = {
    "java": Need("Java", _java, "install a JRE"),
    "browser": Need("a Chromium browser", _browser, "install chromium"),
    "spark": Need("Java and pyspark", _spark, "install a JRE and pip install pyspark"),
}
MISSING = pytest.StashKey[str]()
DESELECTED = pytest.StashKey[dict[str, list[str]]]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--hypothesis-profile") == THOROUGH:
        for item in items:
            _multiply(item)
    absent = [marker for marker, need in NEEDS.items() if not need.there()]
    found: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        marker = next((m for m in absent if item.get_closest_marker(m)), None)
        if marker:
            item.stash[MISSING] = marker
            found[marker].append(item)
    config.stash[DESELECTED] = {}
    if NO_SKIP or not found:
        return
    config.hook.pytest_deselected(items=[item for item in items if MISSING in item.stash])
    items[:] = [item for item in items if MISSING not in item.stash]
    config.stash[DESELECTED] = {marker: [item.nodeid for item in of_marker] for marker, of_marker in found.items()}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if marker := item.stash.get(MISSING, None):
        pytest.fail(f"needs {NEEDS[marker].name} (marker {marker}): {NEEDS[marker].remedy}", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped, which REASONER_NO_SKIP=1 forbids: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if NO_SKIP and report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped, which REASONER_NO_SKIP=1 forbids: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for marker, tests in config.stash.get(DESELECTED, {}).items():
        need = NEEDS[marker]
        number = "1 test that needs" if len(tests) == 1 else f"{len(tests)} tests that need"
        terminalreporter.write_line(f"deselected {number} {need.name} (marker {marker}): {need.remedy}")
        for name in sorted({test.partition("[")[0] for test in tests}):
            terminalreporter.write_line(f"    {name}")


def _multiply(item: pytest.Item) -> None:
    """Give a property twenty times its examples; Hypothesis has no public way to raise what a test set itself."""
    test = getattr(item, "obj", None)
    if getattr(test, "is_hypothesis_test", False):
        own = test._hypothesis_internal_use_settings  # noqa: SLF001
        raised = settings(own, max_examples=own.max_examples * TIMES)
        getattr(test, "__func__", test)._hypothesis_internal_use_settings = raised  # noqa: SLF001
