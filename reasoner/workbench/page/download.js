// A table of results as CSV in which no text is a formula to a spreadsheet. Numbers stay numbers.

const FORMULA = /^[=+\-@\t\r]/;
const STRING = "http://www.w3.org/2001/XMLSchema#string";

export function safeCsv(results) {
  const names = results.getVariables();
  const rows = (results.getBindings() ?? []).map((row) => names.map((name) => cell(row[name])));
  return [names, ...rows].map((cells) => cells.map(quoted).join(",") + "\r\n").join("");
}

function cell(term) {
  if (!term) return "";
  const text = !term.datatype || term.datatype === STRING;
  return text && term.type !== "uri" && FORMULA.test(term.value) ? `'${term.value}` : term.value;
}

function quoted(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
