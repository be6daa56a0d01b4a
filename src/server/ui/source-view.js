// The document behind a citation, opened at the words that were quoted.
import { byId, make } from "./elements.js";
import { readDocument } from "./wire.js";

/** Of a long document, so many characters before and after the quote are shown. */
const around = 60_000;

export async function openSource(citation) {
  const { document_id: id, file, page, title, start, end } = citation;
  byId("source-title").textContent = title;
  byId("source-place").textContent = page === undefined ? file : `${file}, page ${page}`;
  const view = byId("source-text");
  view.replaceChildren("…");
  byId("source").showModal();
  try {
    const { text } = await readDocument(id);
    const from = Math.max(0, start - around);
    const to = Math.min(text.length, end + around);
    const mark = make("mark", { set: { tabindex: "-1" } }, [text.slice(start, end)]);
    const before = `${from > 0 ? "… " : ""}${text.slice(from, start)}`;
    view.replaceChildren(before, mark, `${text.slice(end, to)}${to < text.length ? " …" : ""}`);
    mark.scrollIntoView({ block: "center" });
    mark.focus({ preventScroll: true });
  } catch (error) {
    view.replaceChildren(make("p", { className: "failed" }, [error.message]));
  }
}

export function wireSource() {
  byId("source-close").addEventListener("click", () => byId("source").close());
  byId("source").addEventListener("click", (event) => {
    // A click beside the page of the document falls on the dialog itself.
    if (event.target === byId("source")) byId("source").close();
  });
}
