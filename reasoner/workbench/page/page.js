// The page: the questions of the library, what is in the graph, our prefixes, and an editor with the answers.

import { editor } from "./editor.js";
import { showGraph } from "./graph.js";
import { showQuestions } from "./questions.js";
import { element } from "./element.js";

const library = await (await fetch("library.json")).json();
const work = editor(document.getElementById("work"), library);

document.title = `${library.store} – Workbench`;
document.getElementById("about").textContent =
  `Store ${library.store}, read only. A query may take ${library.seconds} seconds.`;
for (const [prefix, namespace] of Object.entries(library.prefixes))
  document.querySelector("#prefixes dl").append(element("dt", {}, `${prefix}:`), element("dd", {}, namespace));
if (matchMedia("(max-width: 60rem)").matches) document.getElementById("questions").open = false;

const questions = showQuestions(document.getElementById("list"), library, work);
document.getElementById("filter").addEventListener("input", (event) => questions.filter(event.target.value));
showGraph(document.getElementById("graph"), library, work);

const named = library.questions.find((question) => `#${question.name}` === location.hash);
if (named) questions.choose(named);
