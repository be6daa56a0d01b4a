// What retrieval sees of a chunk: its text under the title and headings it stands below, which a bare slice would lose.
import type { Chunk } from "../core/documents.ts";

/** Title and headings, outermost first and each once. Empty where the chunk has neither. */
export function chunkContext(chunk: Pick<Chunk, "title" | "headingPath">): string {
  return [...new Set([chunk.title, ...chunk.headingPath].filter((part) => part !== ""))].join(" > ");
}

/** The text that is embedded and indexed; offsets never point into it. */
export function contextualText(chunk: Pick<Chunk, "title" | "headingPath" | "text">): string {
  const context = chunkContext(chunk);
  return context === "" ? chunk.text : `${context}\n${chunk.text}`;
}
