// Titles and labels: where each format looks for them, in one order. Knows nothing of parsing.
import type { Json } from "../core/json.ts";

/** The first usable one of the author's title, the first heading, the title in hidden properties, and the file's name. */
export function titleOf(source: string, text: string, authored?: Json, property?: string): string {
  const own = typeof authored === "string" ? oneLine(authored) : "";
  return own || firstHeading(text) || oneLine(property ?? "") || nameOf(source);
}

/** Access labels: a list of strings, or one string. Anything else is no label. */
export function groupsOf(declared: Json | undefined): readonly string[] {
  if (typeof declared === "string" && declared !== "") return [declared];
  return Array.isArray(declared) ? declared.filter((label) => typeof label === "string") : [];
}

function firstHeading(text: string): string {
  const match = /^ {0,3}#{1,6}[ \t]+(\S.*)$/m.exec(text.slice(0, 4_000));
  return oneLine((match?.[1] ?? "").replace(/[ \t]#+$/, "").replace(/[*`]+|!?\[([^\][]*)\]\([^()]*\)/g, "$1"));
}

/** `docs/travel-policy.pdf` is called "travel-policy". */
function nameOf(source: string): string {
  const name = source.split(/[\\/]/).at(-1) ?? source;
  return name.replace(/(?<=.)\.[^.]+$/, "");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
