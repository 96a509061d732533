// The questions of the library: each with its sentence, and a form where it takes parameters.

import { queryOf, rowsOf, shown } from "./asking.js";
import { element } from "./element.js";

export function showQuestions(list, library, work) {
  const entries = library.questions.map((question) => entry(question, library, work));
  list.append(...entries.map((each) => each.item));
  return {
    filter(text) {
      const words = text.toLowerCase().split(/\s+/);
      for (const { item, question } of entries) {
        const said = `${question.name} ${question.asks}`.toLowerCase();
        item.hidden = !words.every((word) => said.includes(word));
      }
    },
    choose: (question) => entries.find((each) => each.question === question).choose(),
  };
}

function entry(question, library, work) {
  const asks = question.parameters.length > 0;
  const button = element("button", { type: "button", "aria-expanded": asks ? "false" : null, onclick: choose },
    element("span", {}, question.asks), element("code", {}, question.name));
  const item = element("li", { "data-name": question.name }, button);
  let form = null;

  function choose() {
    if (!asks) return ask(question, {}, work).catch((error) => work.complain(question.name, error));
    if (!form) item.append((form = formOf(question, library, work)));
    else form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("input").focus();
  }
  return { item, question, choose };
}

async function ask(question, values, work) {
  await work.open(question.name, await queryOf(question.name, values));
}

function formOf(question, library, work) {
  const wrong = element("output", { role: "alert" });
  const form = element("form", { onsubmit: send, novalidate: true },
    ...question.parameters.flatMap((parameter) => field(question, parameter, library)),
    element("button", { type: "submit" }, "Ask"), wrong);

  async function send(event) {
    event.preventDefault();
    wrong.value = "";
    const values = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    try {
      await ask(question, values, work);
    } catch (error) {
      wrong.value = error.message.split("\n").slice(1).join(" ").trim() || error.message;
    }
  }
  return form;
}

function field(question, parameter, library) {
  const id = `${question.name}-${parameter.name}`;
  const values = element("datalist", { id: `${id}-values` });
  const input = element("input", {
    id, name: parameter.name, value: parameter.default, placeholder: parameter.default ? null : parameter.type,
    list: values.id, autocomplete: "off", spellcheck: "false", required: parameter.default === null,
  });
  if (parameter.name in library.values) fill(values, library.values[parameter.name], library.prefixes);
  return [element("label", { for: id }, parameter.says || parameter.name), input, values];
}

async function fill(values, query, prefixes) {
  const rows = await rowsOf(query).catch(() => []); // without them there is still the field
  values.append(...rows.map((row) => element("option", { value: shown(row.value, prefixes) }, row.says?.value ?? "")));
}
