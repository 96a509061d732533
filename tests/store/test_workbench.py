"""The page in a real Chromium that reaches no other host: what it shows, what it asks, and what it never does."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright
from support import Listener, listening, reasoner
from support_workbench import ENDLESS, JSON, LINES, served, stored

from reasoner.data import folder
from reasoner.store.library import library
from reasoner.workbench.material import FILES, PAGE, material

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page
    from support_workbench import Served

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ALONE = ("--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")
NO = {"value": ""}
WIDE, NARROW = (1200, 800), (390, 844)
SCRIPT = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'
FORMULA = '=HYPERLINK("https://evil.example")'
HOSTILE = (
    f"<https://x/thing> <https://x/says> {json.dumps(SCRIPT)} <https://x/g> .\n"
    f"<https://x/other> <https://x/says> {json.dumps(FORMULA)} <https://x/g> .\n"
    '<https://x/other> <https://x/owes> "-5"^^<http://www.w3.org/2001/XMLSchema#integer> <https://x/g> .\n'
    "<https://x/thing> <https://x/seen> <https://evil.example/%3Cscript%3E> <https://x/g> .\n"
)


# ---------------------------------------------------------------- What the page is made of


def test_the_editor_is_the_one_that_is_recorded() -> None:
    record = (PAGE / "yasgui/README.md").read_text()
    recorded = dict(re.findall(r"^\| (yasgui\.\S+) \| \w{64} \| (\w{64}) \|$", record, re.MULTILINE))
    assert recorded == {
        name: hashlib.sha256((PAGE / "yasgui" / name).read_bytes()).hexdigest()
        for name in ("yasgui.min.js", "yasgui.min.css")
    }


def test_no_stranger_is_named_in_what_the_page_loads() -> None:
    hosts = set()
    for name, _ in FILES.values():
        hosts |= set(re.findall(r"https?://([\w.-]+)", (PAGE / name).read_text()))
    allowed = {
        "www.w3.org", "purl.org", "creativecommons.org",  # names of things
        "docs.triply.cc", "enable-cors.org", "developer.mozilla.org", "datatables.net",  # help, which is not shown
        "dbpedia.org", "query.wikidata.org",  # what it would ask if it were not told
        "fontawesome.com",  # a licence
    }  # fmt: skip
    assert hosts <= allowed


def test_everything_that_the_page_asks_for_by_name_is_there() -> None:
    named = set(re.findall(r'(?:src|href)="([\w.]+)"', (PAGE / "index.html").read_text()))
    for script in PAGE.glob("*.js"):
        named |= set(re.findall(r'from "\./([\w.]+)"', script.read_text()))
    assert {f"/{name}" for name in named} | {"/"} == FILES.keys()


@pytest.fixture(scope="module")
def workbench(store: Path) -> Iterator[Served]:
    """The packaged cases."""
    with served(store) as found:
        yield found


def test_every_question_of_the_page_has_an_answer_in_the_packaged_store(workbench: Served) -> None:
    asked = material("store", 1)
    own = folder("ontology") / "workbench"
    terms = {"describe": "thing=determination:NotMet", "things": "term=core:Finding", "uses": "term=core:presence"}
    queries = [asked.query(path.stem, [terms[path.stem]] if path.stem in terms else []) for path in own.glob("*.rq")]
    queries += [path.read_text() for path in (own / "values").glob("*.rq")]
    assert len(queries) > 10
    for query in queries:
        reply = workbench.ask(query, f"{JSON}, text/turtle")
        assert reply.status == 200, query
        assert (len(reply.rows) if reply.headers["Content-Type"] == JSON else len(reply.text)) > 0, query


def test_values_are_suggested_for_parameters_that_there_are() -> None:
    asked = material("store", 1)
    parameters = {parameter.name for found in asked.questions.values() for parameter in found.parameters}
    assert {path.stem for path in (folder("ontology") / "workbench" / "values").glob("*.rq")} <= parameters


def test_every_question_of_the_library_that_needs_no_value_is_answered(workbench: Served) -> None:
    told = json.loads(workbench.send("GET", "/library.json").text)
    assert [question["name"] for question in told["questions"]] == list(library())
    assert {"core", "store", "g1"} <= told["prefixes"].keys()
    assert "" not in told["prefixes"]
    for question in told["questions"]:
        if all(parameter["default"] is not None for parameter in question["parameters"]):
            query = workbench.send("GET", f"/questions/{question['name']}")
            assert query.status == 200
            assert workbench.ask(query.text).status == 200, question["name"]


def test_a_value_stays_a_value_and_a_bad_one_is_refused(workbench: Served) -> None:
    sent = workbench.send("GET", "/questions/rationale?case=%22%20%7D%20DROP%20ALL%20%23")
    assert sent.status == 200
    assert r'"\" } DROP ALL #"' in sent.text
    assert workbench.ask(sent.text).rows == []
    for target in ("describe", "describe?thing=%3E", "describe?zork=1", "describe?thing=a&zork=1"):
        assert workbench.send("GET", f"/questions/{target}").status == 400
    assert workbench.send("GET", "/questions/zork").status == 404


def test_the_endpoint_describes_itself_when_nothing_is_asked(workbench: Served) -> None:
    reply = workbench.send("GET", "/sparql", Accept="text/turtle")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/turtle")
    assert "sparql-service-description#Service" in reply.text


# ---------------------------------------------------------------- In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=BROWSER, args=list(ALONE))
        yield started
        started.close()


@contextmanager
def page_of(
    found: Served, browser: Browser, size: tuple[int, int] = WIDE, at: str = "", *, policy: bool = True
) -> Iterator[Page]:
    """The page; when the block ends nothing may have been asked of others, complained of, or kept.

    Without its policy the browser would run all that becomes markup.
    """
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, bypass_csp=not policy)
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    address = f"http://127.0.0.1:{found.port}/"
    page.goto(address + at)
    page.wait_for_selector("#list li", state="attached")
    yield page
    assert page.evaluate("[localStorage.length, document.cookie, location.href.split('#')[0]]") == [0, "", address]
    assert page.evaluate("(() => { try { return sessionStorage.length } catch { return 'none' } })()") == "none"
    assert page.evaluate("indexedDB.databases()") == []
    assert len(context.pages) == 1
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert [words for words in wrong if "the server responded with a status of" not in words] == []
    context.close()


def rows(page: Page) -> list[list[str]]:
    """The table of the tab that is shown."""
    page.wait_for_selector(".tabPanel.active .yasr_results tbody td")
    return page.eval_on_selector_all(
        ".tabPanel.active .yasr_results tbody tr",
        "all => all.map(row => [...row.cells].map(cell => cell.innerText.trim()))",
    )


def problem(page: Page) -> str:
    return page.wait_for_selector(".tabPanel.active .problem").inner_text()


def type_query(page: Page, query: str) -> None:
    """Write a query in the place of the one that stands in the editor, and ask it, with keys alone."""
    page.focus(".tabPanel.active .CodeMirror textarea")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(query)
    page.keyboard.press("Control+Enter")


@pytest.mark.browser
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_question_is_chosen_asked_and_shown(
    workbench: Served, store: Path, browser: Browser, size: tuple[int, int]
) -> None:
    expected = json.loads(reasoner("query", "outcomes", "--store", store, "--format", "json").out)
    with page_of(workbench, browser, size) as page:
        if size == NARROW:
            page.click("#questions > summary")
        page.fill("#filter", "outcome edition why")
        page.click("li[data-name=outcomes] button")
        shown = rows(page)
        names = expected["head"]["vars"]
        assert shown == [[row.get(name, NO)["value"] for name in names] for row in expected["results"]["bindings"]]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
def test_a_question_with_a_value_is_asked_with_keys_alone(workbench: Served, browser: Browser) -> None:
    with page_of(workbench, browser) as page:
        page.focus("#filter")
        page.keyboard.type("rationale sentence derived")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#rationale-case-values option[value=v01-all-met]", state="attached")
        page.keyboard.press("Enter")
        assert "needs $case" in page.wait_for_selector("li[data-name=rationale] output:not(:empty)").inner_text()
        page.keyboard.type("v01-all-met")
        page.keyboard.press("Enter")
        assert len(rows(page)) > 5
        page.focus(".tabPanel.active .CodeMirror textarea")
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.CodeMirror-code, textarea')") is None


@pytest.mark.browser
def test_the_address_may_name_a_question(workbench: Served, browser: Browser) -> None:
    with page_of(workbench, browser, at="#procedures") as page:
        assert rows(page)


@pytest.mark.browser
def test_what_is_in_the_graph_is_told_and_leads_to_things(workbench: Served, browser: Browser) -> None:
    with page_of(workbench, browser) as page:
        page.click("#graph > summary")
        for part in ("graphs", "classes", "properties"):
            page.click(f"details[data-query={part}] > summary")
            page.wait_for_selector(f"details[data-query={part}] td")
        said = page.inner_text("details[data-query=graphs] table")
        assert "store:ValidationReport" in said
        assert re.search(r"core:ChartDocument\nchart document\n.*\n\t[\d,]+\n", said)
        page.click("details[data-query=classes] button:has-text('core:Finding')")
        assert rows(page)
        page.click("#prefixes > summary")
        assert "determination:" in page.inner_text("#prefixes dl")


@pytest.mark.browser
def test_a_thing_of_an_answer_is_described_and_not_looked_up_elsewhere(workbench: Served, browser: Browser) -> None:
    with page_of(workbench, browser) as page:
        type_query(page, "SELECT ?held { ?held dcterms:identifier 'v01-all-met' }")
        assert rows(page) == [["case:v01-all-met/"]]
        page.click(".tabPanel.active .yasr_results a")
        page.wait_for_selector(".tab.active :text('case:v01-all-met/')")
        assert ["dcterms:identifier", "v01-all-met"] in [row[2:] for row in rows(page)]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A store in which somebody wrote what a page or a spreadsheet might run; queries may take two seconds."""
    with served(stored(tmp_path_factory.mktemp("hostile") / "store", HOSTILE + LINES), seconds=2) as found:
        yield found


@pytest.mark.browser
def test_a_text_of_the_store_is_shown_and_never_run(hostile: Served, browser: Browser) -> None:
    with page_of(hostile, browser, policy=False) as page:
        type_query(page, "SELECT ?says { <https://x/thing> <https://x/says> ?says }")
        assert rows(page) == [[SCRIPT]]
        page.click(".select_response")
        page.wait_for_selector(".tabPanel.active .yasr_results .CodeMirror")
        type_query(page, f"ASK {{ ?s ?p {json.dumps(SCRIPT)} . {SCRIPT}")
        assert "error" not in problem(page)[:5]
        assert page.evaluate("window.ran") is None


@pytest.mark.browser
def test_a_table_is_saved_without_formulas_and_with_its_numbers(hostile: Served, browser: Browser) -> None:
    with page_of(hostile, browser) as page:
        type_query(page, "SELECT ?value { <https://x/other> ?p ?value } ORDER BY ?p")
        rows(page)
        with page.expect_download() as saved:
            page.click(".yasr_downloadIcon")
        content = saved.value.path().read_text()
        assert list(csv.reader(io.StringIO(content))) == [["value"], ["-5"], ["'" + FORMULA]]


@pytest.mark.browser
def test_a_link_to_anywhere_else_is_not_followed(hostile: Served, browser: Browser) -> None:
    with page_of(hostile, browser) as page:
        type_query(page, "SELECT ?seen { <https://x/thing> <https://x/seen> ?seen }")
        for button in ("left", "middle"):
            rows(page)
            page.click(".tabPanel.active .yasr_results a[href*='evil.example'] >> nth=0", button=button)  # type: ignore[arg-type]
            page.wait_for_selector(".tab.active :text('https://evil.example/%3Cscript%3E')")


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server that must not have been asked anything when the test ends."""
    with listening() as found:
        yield found
    assert found.asked == []


@pytest.mark.browser
def test_what_is_wrong_is_said_in_words(hostile: Served, browser: Browser, listener: Listener) -> None:
    with page_of(hostile, browser) as page:
        for query, words in (
            (f"SELECT * {{ SERVICE <{listener.address}> {{ ?s ?p ?o }} }}", "SERVICE, which asks another server"),
            ("SELECT * { ?s ?p }", "This is not SPARQL: something else is expected in column 19"),
            (ENDLESS, "took longer than 2 seconds"),
            ("DROP ALL", "The workbench only reads."),
        ):
            type_query(page, query)
            page.wait_for_selector(f".tabPanel.active .problem:has-text('{words}')")


@pytest.mark.browser
def test_a_query_is_stopped_by_its_button(workbench: Served, browser: Browser) -> None:
    with page_of(workbench, browser) as page:
        type_query(page, ENDLESS)
        page.click(".tabPanel.active .yasqe_queryButton.busy")
        assert problem(page) == "Stopped."
        type_query(page, "SELECT (1 AS ?one) {}")
        assert rows(page) == [["1"]]


@pytest.mark.browser
def test_terms_of_the_graph_are_completed(workbench: Served, browser: Browser) -> None:
    with page_of(workbench, browser) as page:
        page.focus(".tabPanel.active .CodeMirror textarea")
        page.keyboard.press("Control+A")
        page.keyboard.type("SELECT * { ?s a core:Find")
        page.keyboard.press("Control+Space")
        assert "core:Finding" in page.wait_for_selector(".CodeMirror-hints").inner_text().split()
