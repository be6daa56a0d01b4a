// The verdict in one line, the same words in the terminal, on the page and in Markdown. A choice that the test does not carry says so.
import type { Recommendation } from "../core/comparison.ts";

export type VerdictWords = {
  /** The words around the approach's name, which each report sets apart in its own way. */
  readonly before: string;
  readonly name: string;
  readonly after: string;
};

export function verdictWords({ approach, notToldApart = [] }: Recommendation): VerdictWords {
  if (approach === null) return { before: "No approach is recommended.", name: "", after: "" };
  if (notToldApart.length === 0) return { before: "Ship ", name: approach, after: "." };
  return { before: "Ship ", name: approach, after: ` for now: it is not told apart from ${listed(notToldApart)}.` };
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
