// One answer: its words as they come, then its numbered citations, its sources, what it took, and room for feedback.
import { make } from "./elements.js";
import { feedbackView } from "./feedback-view.js";
import { openSource } from "./source-view.js";

export function answerView(name) {
  const said = make("p", { className: "said", set: { "aria-busy": "true" } });
  const view = make("article", { className: "answer", set: { "aria-label": `Answer of ${name}` } }, [
    make("h3", {}, [name]),
    said,
  ]);
  return {
    element: view,
    write(text) {
      said.textContent = text;
    },
    finish(answer) {
      said.setAttribute("aria-busy", "false");
      const cited = numbered(answer.citations);
      said.replaceChildren(...withCitations(answer.text, cited));
      if (cited.length > 0)
        view.append(make("ol", { className: "sources", set: { "aria-label": "Sources" } }, cited.map(sourceItem)));
      view.append(make("p", { className: "facts" }, [factsOf(answer.facts)]), feedbackView(answer.id));
    },
    fail(message) {
      said.setAttribute("aria-busy", "false");
      view.append(make("p", { className: "failed" }, [message]));
    },
  };
}

/** In the order in which they stand in the answer. */
function numbered(citations) {
  return [...citations].sort((a, b) => a.to - b.to).map((citation, place) => ({ ...citation, number: place + 1 }));
}

/** The server's own marker after a quote, `[3]`, makes way for the number that opens it. */
const marker = /^\s*\[\d+(?:, ?\d+)*\]/;

export function withCitations(text, cited) {
  const parts = [];
  let place = 0;
  for (const citation of cited) {
    const isMarker = /^\[\d+\]$/.test(text.slice(citation.from, citation.to));
    // A citation of the answer as a whole, or one within another's words, is put where the text has come to.
    const stop = Math.max(place, isMarker ? citation.from : citation.to);
    parts.push(text.slice(place, stop), citeButton(citation));
    place = Math.max(stop, isMarker ? citation.to : stop + (marker.exec(text.slice(stop))?.[0].length ?? 0));
  }
  parts.push(text.slice(place));
  return together(parts.filter((part) => part !== ""));
}

/** Numbers that follow each other stay on one line. */
function together(parts) {
  const groups = [];
  for (const part of parts) {
    const last = groups.at(-1);
    if (typeof part === "string") groups.push(part);
    else if (typeof last === "object") last.append(part);
    else groups.push(make("span", { className: "cites" }, [part]));
  }
  return groups;
}

function citeButton(citation) {
  const { number, file, page } = citation;
  const where = page === undefined ? file : `${file}, page ${page}`;
  const button = make(
    "button",
    { type: "button", className: "cite", title: where, set: { "aria-label": `Source ${number}: ${where}` } },
    [String(number)],
  );
  button.addEventListener("click", () => openSource(citation));
  return button;
}

function sourceItem(citation) {
  const { number, file, page, quote } = citation;
  const button = make("button", { type: "button" }, [
    make("span", { className: "number" }, [String(number)]),
    make("span", { className: "file" }, [page === undefined ? file : `${file}, page ${page}`]),
    make("span", { className: "quote" }, [quote]),
  ]);
  button.addEventListener("click", () => openSource(citation));
  return make("li", {}, [button, ...original(citation)]);
}

/** Where the document itself has an address on the web. */
function original({ url, document_id: id }) {
  const isOwn = url.includes(`/v1/documents/${encodeURIComponent(id)}`);
  if (isOwn || !/^https?:\/\//i.test(url)) return [];
  return [make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ["the original"])];
}

function factsOf({ approach, outcome, confidence, cost_usd: costUsd, cached, ms, notes = [] }) {
  const facts = [
    approach,
    outcome === "declined" ? "did not find it" : undefined,
    confidence === undefined ? undefined : `${Math.round(confidence * 100)}% sure`,
    cached ? "from memory" : `${ms.total < 1000 ? `${Math.round(ms.total)} ms` : `${(ms.total / 1000).toFixed(1)} s`}`,
    costOf(costUsd),
    ...notes,
  ];
  return facts.filter((fact) => fact !== undefined).join(" · ");
}

function costOf(usd) {
  if (usd === null) return "cost unknown";
  if (usd === 0) return undefined;
  return usd < 0.0001 ? "under $0.0001" : `$${usd.toFixed(4)}`;
}
