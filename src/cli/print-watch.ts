// What `assay watch` and `assay serve --watch` say of a change, in one line.
import type { WatchEvent } from "../project/watch/watch.ts";

export function watchLine(event: WatchEvent): string {
  if (event.event === "failed") return `not in step yet: ${event.message}`;
  const { documents, chunks, failures, files, ms } = event;
  const { added, changed, removed } = documents;
  const names = [...files.added, ...files.changed, ...files.removed];
  const which = names.length === 0 ? "" : `: ${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}`;
  const broken = failures.map(({ source, message }) => `; not read ${source}: ${message}`).slice(0, 3);
  return `${added} added, ${changed} changed, ${removed} removed; ${chunks} chunks (${(ms / 1000).toFixed(1)} s)${which}${broken.join("")}`;
}
