// The editor and its answers: YASGUI, with nothing kept, nothing sent but queries to this workbench, and our terms.

import { queryOf, rowsOf, shown } from "./asking.js";
import { safeCsv } from "./download.js";
import { element } from "./element.js";

const START = `# Which cases are there, and what was determined of each? Ask with Ctrl-Enter.
SELECT ?case ?outcome WHERE {
  ?held dcterms:identifier ?case ; store:determination/determination:outcome/rdfs:label ?outcome .
} ORDER BY ?case LIMIT 100
`;

export function editor(place, library) {
  const { Yasgui } = window;
  prepare(Yasgui, library);
  const yasgui = new Yasgui(place, {
    autofocus: false,
    copyEndpointOnNewTab: false,
    persistenceId: null,
    populateFromUrl: false,
    requestConfig: { endpoint: new URL("sparql", location.href).href, acceptHeaderGraph: "text/turtle" },
    endpointCatalogueOptions: { getData: () => [], keys: [], renderItem: () => {} },
    yasqe: { value: START, persistenceId: null, consumeShareLink: null },
    yasr: { prefixes: library.prefixes, persistenceId: null },
  });
  const work = { open: (name, query) => open(yasgui, name, query), complain };
  place.addEventListener("click", (event) => follow(event, library, work), true);
  place.addEventListener("auxclick", (event) => follow(event, library, work), true);
  return work;
}

function prepare(Yasgui, library) {
  const { Tab, Yasqe, Yasr } = Yasgui;
  const defaults = Tab.getDefaults;
  Tab.getDefaults = (yasgui) => {
    const tab = defaults(yasgui);
    tab.yasr.settings.pluginsConfig = { table: { compact: true, isEllipsed: false } };
    return tab;
  };
  const table = Yasr.plugins.table;
  table.prototype.helpReference = undefined;
  table.prototype.download = function (name) {
    const results = this.yasr.results;
    return {
      getData: () => safeCsv(results), contentType: "text/csv", title: "Download as CSV",
      filename: `${name || "answer"}.csv`,
    };
  };
  Yasr.defaults.errorRenderers = [async (error) => problem(error.text)];
  // Those of YASGUI ask a server what fits what is typed; a list in the settings would be merged with theirs.
  Yasqe.defaults.autocompleters.splice(0, Infinity, "variables", "terms");
  for (const name of ["property", "class", "prefixes"]) delete Yasqe.Autocompleters[name];
  Yasqe.registerAutocompleter(completer(library));
}

// An error of the workbench: its code and place in the first line, then what is wrong and what mends it.
function problem(text = "") {
  const [first, ...lines] = text.trim().split("\n");
  const told = /^error\[([\w-]+)\]\s*(.*)$/.exec(first);
  if (told) return element("div", { class: "problem", role: "alert" },
    element("strong", {}, `${told[1]} · ${told[2]}`), ...lines.map((line) => element("p", {}, line.trim())));
  const words = /abort/i.test(first) ? "Stopped." : first || "The workbench does not answer. Is it still running?";
  return element("div", { class: "problem", role: "alert" }, element("p", {}, words));
}

function complain(name, error) {
  alert(`${name}: ${error.message}`);
}

// A query in a tab of its own, asked at once; a tab of that name is used again unless somebody has written in it.
const put = new Map();
async function open(yasgui, name, query) {
  const again = Object.values(yasgui._tabs).find((tab) => tab.getName() === name && put.get(tab.getId()) === text(tab));
  const tab = again ?? yasgui.addTab(true, { name: yasgui.createTabName(name), yasqe: { value: query } });
  if (again) {
    yasgui.selectTabId(tab.getId());
    tab.setQuery(query);
  }
  tab.getYasqe().collapsePrefixes(true);
  put.set(tab.getId(), text(tab));
  await tab.query().catch(() => {}); // what is wrong is shown where the answer would be
  if (matchMedia("(max-width: 60rem)").matches) document.getElementById("work").scrollIntoView();
}

function text(tab) {
  return tab.getYasqe()?.getValue();
}

// A link of an answer would tell another server what is looked at: what the store says of the thing is shown instead.
async function follow(event, library, work) {
  const link = event.target.closest?.("a[href]");
  if (!link || new URL(link.href).origin === location.origin) return;
  event.preventDefault();
  event.stopPropagation();
  const thing = link.getAttribute("href");
  const name = shown({ type: "uri", value: thing }, library.prefixes);
  await queryOf("describe", { thing }).then((query) => work.open(name, query), (error) => work.complain(name, error));
}

// The terms that occur in the store, by their prefixed names.
function completer(library) {
  let terms = null;
  return {
    name: "terms",
    bulk: false,
    autoShow: false,
    isValidCompletionPosition(yasqe) {
      const token = yasqe.getCompleteToken();
      return /^[a-z]\w*:?[\w-]*$/i.test(token.string) && !["comment", "string"].includes(token.type);
    },
    async get(_, token) {
      terms ??= Promise.all(["classes", "properties"].map(async (name) => rowsOf(await queryOf(name))));
      const names = (await terms).flat().map((row) => shown(row.class ?? row.property, library.prefixes));
      const typed = token.string.toLowerCase();
      const fits = names.filter((name) => name.toLowerCase().includes(typed));
      return [...new Set(fits)].sort((a, b) => !a.toLowerCase().startsWith(typed) - !b.toLowerCase().startsWith(typed));
    },
  };
}
