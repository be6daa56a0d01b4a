// The revision after which answers learnt from docs/ are stale: what is edited, document by document.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Made, madeDocuments } from "./documents.ts";

type Edit = readonly [before: string, after: string];

const revisions = JSON.parse(readFileSync(join(import.meta.dirname, "changes.json"), "utf8")) as Readonly<
  Record<string, readonly Edit[]>
>;

/** The changed documents among the generated ones, with their Markdown edited. */
export function revisedDocuments(): readonly Made[] {
  return madeDocuments().flatMap((made) => {
    const edits = revisions[made.source];
    return edits ? [{ ...made, markdown: revised(made.markdown, edits, made.source) }] : [];
  });
}

/** The changed documents among those written by hand. */
export function revisedFiles(): readonly { readonly source: string; readonly text: string }[] {
  const generated = new Set(madeDocuments().map(({ source }) => source));
  return Object.entries(revisions)
    .filter(([source]) => !generated.has(source))
    .map(([source, edits]) => {
      const text = readFileSync(join(import.meta.dirname, "..", source), "utf8");
      return { source, text: revised(text, edits, source) };
    });
}

/** Throws where the text to be changed is absent or stands more than once. */
function revised(text: string, edits: readonly Edit[], source: string): string {
  return edits.reduce((current, [before, after]) => {
    const places = current.split(before).length - 1;
    if (places !== 1) throw new Error(`${source}: "${before}" stands ${places} times`);
    return current.replace(before, () => after);
  }, text);
}
