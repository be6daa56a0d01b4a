// The words of a document as its author wrote them, for checking that a quoted answer really stands there.
// Generated formats are read from what they were made of, not through a parser that might itself be wrong.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { madeDocuments } from "./documents.ts";
import { revisedDocuments } from "./revisions.ts";
import { blocksOf } from "./writers/blocks.ts";
import { layOut, wordsOf, wordsOfBlocks } from "./writers/pdf-layout.ts";

const project: string = join(import.meta.dirname, "..");
const made: ReadonlyMap<string, string> = new Map(
  [...madeDocuments(), ...revisedDocuments().map((made) => ({ ...made, source: `changes/${made.source}` }))]
    .filter(({ format }) => format !== "html")
    .map(({ source, markdown }) => [source, markdown]),
);

/** Pages of a PDF in order, one entry for any other format; nothing where there is no such file. */
export function pagesOf(source: string): readonly string[] | undefined {
  if (!existsSync(join(project, source))) return undefined;
  const markdown = made.get(source);
  if (markdown && source.endsWith(".pdf")) return layOut(blocksOf(markdown)).map(wordsOf);
  if (markdown) return [wordsOfBlocks(blocksOf(markdown))];
  const text = readFileSync(join(project, source), "utf8");
  if (source.endsWith(".csv")) return [text.replaceAll(",", " ")];
  return [source.endsWith(".html") ? withoutTags(text) : text];
}

/** SQuAD's normalisation, and a space at both ends so that only whole words are found. */
export function normalised(text: string): string {
  const words = text
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~]/g, "")
    .replace(/\b(a|an|the)\b/g, " ")
    .split(/\s+/)
    .filter(Boolean);
  return ` ${words.join(" ")} `;
}

function withoutTags(html: string): string {
  return html
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
