"""The tutorial runs as it stands, and its answers and pictures are those that it shows.

REASONER_WRITE_PICTURES=1 writes the notebook with its answers, and the pictures of docs/, anew.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import nbformat
import pytest
from nbclient import NotebookClient
from support import ROOT

if TYPE_CHECKING:
    from nbformat import NotebookNode

DOCS = ROOT / "docs"
TUTORIAL = DOCS / "tutorial.ipynb"
PLOTS = ("criteria-by-status.svg", "outcomes-by-edition.svg")
WRITE = os.environ.get("REASONER_WRITE_PICTURES") == "1"
SVG = "{http://www.w3.org/2000/svg}"


def words(svg: str) -> list[str]:
    return ["".join(text.itertext()).strip() for text in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - made here


def shown(notebook: NotebookNode) -> list[tuple[str, Any]]:
    """What the cells give, but for the bytes of pictures, which are compared as files."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = {form: text for form, text in output.get("data", {}).items() if form != "image/png"}
            found.append((cell.id, data or output.get("text")))
    return found


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[NotebookNode, Path]:
    """The tutorial after it has run, and the folder in which it ran."""
    place, notebook = tmp_path_factory.mktemp("tutorial"), nbformat.read(TUTORIAL, as_version=4)
    mine = {f"{name}DIR": str(place / name.lower()) for name in ("IPYTHON", "MPLCONFIG", "JUPYTER_RUNTIME_")}
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**mine, "PATH": tools, "PYTHONPATH": str(ROOT), "COLUMNS": "120"}.items():
            patch.setenv(name, value)
        here = {"metadata": {"path": str(place)}}
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources=here, record_timing=False).execute()
    notebook.metadata.language_info = {"name": "python"}
    if WRITE:
        nbformat.write(notebook, TUTORIAL)
        for plot in PLOTS:
            shutil.copy(place / plot, DOCS / plot)
    return notebook, place


def test_the_tutorial_shows_the_answers_that_it_gets(ran: tuple[NotebookNode, Path]) -> None:
    kept = nbformat.read(TUTORIAL, as_version=4)
    assert shown(ran[0]) == shown(kept), "see REASONER_WRITE_PICTURES in tests/store/test_notebook.py"
    nbformat.validate(kept)
    pictures = [cell.id for cell in kept.cells for out in cell.get("outputs", []) if "image/png" in out.get("data", {})]
    assert pictures == ["status", "outcome-plot"]


@pytest.mark.parametrize("plot", PLOTS)
def test_the_pictures_in_docs_are_those_that_the_tutorial_draws(ran: tuple[NotebookNode, Path], plot: str) -> None:
    drawn, kept = (ran[1] / plot).read_text(), (DOCS / plot).read_text()
    assert drawn == kept, "see REASONER_WRITE_PICTURES in tests/store/test_notebook.py"


@pytest.mark.parametrize(
    ("plot", "told"),
    [
        ("criteria-by-status.svg", {"cases", "criterion", "met", "not met", "not documented", "conflicting"}),
        ("outcomes-by-edition.svg", {"cases", "edition", "medically necessary", "not medically necessary"}),
    ],
)
def test_a_plot_names_its_axes_and_its_colours(plot: str, told: set[str]) -> None:
    assert told <= set(words((DOCS / plot).read_text()))


def test_the_tutorial_needs_nothing_but_what_its_first_cell_says_to_install() -> None:
    text = "\n".join(cell.source for cell in nbformat.read(TUTORIAL, as_version=4).cells if cell.cell_type == "code")
    imported = {line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import", "from"))}
    assert imported <= {"reasoner", "pandas", "matplotlib", *sys.stdlib_module_names}
