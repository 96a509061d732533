// Questions put to the workbench besides those of the editor.

// The query of a question, its parameters filled in. Throws with the reason where a value is none.
export async function queryOf(name, values = {}) {
  const answer = await fetch(`questions/${encodeURIComponent(name)}?${new URLSearchParams(values)}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}

// The rows of a SELECT, each a map from variable to term.
export async function rowsOf(query) {
  const answer = await fetch("sparql", {
    method: "POST",
    headers: { "Content-Type": "application/sparql-query", Accept: "application/sparql-results+json" },
    body: query,
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).results.bindings;
}

// A term as people read it: an IRI with its prefix, if there is one for it.
export function shown(term, prefixes) {
  if (term?.type !== "uri") return term?.value ?? "";
  const fits = Object.entries(prefixes).filter(([, namespace]) => term.value.startsWith(namespace));
  const [prefix, namespace] = fits.sort((a, b) => b[1].length - a[1].length)[0] ?? [];
  return namespace ? `${prefix}:${term.value.slice(namespace.length)}` : term.value;
}
