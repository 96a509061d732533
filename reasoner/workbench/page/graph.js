// What is in the graph, asked of the store when somebody looks.

import { queryOf, rowsOf, shown } from "./asking.js";
import { element } from "./element.js";

export function showGraph(place, library, work) {
  for (const part of place.querySelectorAll("details[data-query]"))
    part.addEventListener("toggle", () => show(part, library, work), { once: true });
}

async function show(part, library, work) {
  const waiting = element("p", {}, "Asking …");
  part.append(waiting);
  try {
    const rows = await rowsOf(await queryOf(part.dataset.query));
    const words = "This store has no description of it.";
    waiting.replaceWith(rows.length ? table(rows, part, library, work) : element("p", {}, words));
  } catch (error) {
    waiting.replaceWith(element("pre", {}, error.message));
  }
}

// The first variable is the term, then come its name, what it holds where that is told, and a number.
function table(rows, part, library, work) {
  const body = rows.map((row) => {
    const [term, name, ...rest] = [row.kind ?? row.class ?? row.property, row.name, row.holds];
    const number = row.statements ?? row.things;
    return element("tr", {},
      element("td", {}, link(term, part, library, work),
        ...(name ? [element("span", {}, name.value)] : []),
        ...rest.filter(Boolean).map((said) => element("small", {}, said.value))),
      element("td", {}, number ? Number(number.value).toLocaleString("en") : "–"));
  });
  const counts = part.dataset.query === "classes" ? "things" : "statements";
  return element("table", {},
    element("thead", {}, element("tr", {}, element("th", {}, "term"), element("th", {}, counts))),
    element("tbody", {}, ...body));
}

function link(term, part, library, work) {
  const name = shown(term, library.prefixes);
  const opens = part.dataset.opens;
  if (!opens) return element("code", {}, name);
  return element("button", {
    type: "button",
    onclick: async () => work.open(name, await queryOf(opens, { term: term.value })),
  }, element("code", {}, name));
}
