// Personal data and secrets in examples, by kind, with the lines they stand on. Shows no value in full.
import type { Json } from "../../core/json.ts";
import type { SensitiveKind } from "./detectors.ts";
import type { DataLine } from "./read-rows.ts";
import { sensitiveSpans } from "./sensitive-spans.ts";

export type SensitiveFinding = {
  readonly kind: SensitiveKind;
  readonly isGrave: boolean;
  readonly count: number;
  readonly distinct: number;
  /** Lines that hold one, each once. */
  readonly lines: readonly number[];
  /** A few of them, all but their ends covered. */
  readonly samples: readonly string[];
};

const mostSamples = 3;

/** Looks at every text of a line, metadata included. Grave kinds first, then the most frequent. */
export function scanSensitive(lines: readonly DataLine[]): readonly SensitiveFinding[] {
  const found = new Map<SensitiveKind, { isGrave: boolean; values: string[]; lines: Set<number> }>();
  for (const { line, json } of lines) {
    for (const text of textsIn(json)) {
      for (const { kind, isGrave, value } of sensitiveSpans(text)) {
        const entry = found.get(kind) ?? { isGrave, values: [], lines: new Set() };
        entry.values.push(value);
        entry.lines.add(line);
        found.set(kind, entry);
      }
    }
  }
  return [...found]
    .map(([kind, { isGrave, values, lines: on }]) => {
      const distinct = [...new Set(values)];
      const samples = distinct.slice(0, mostSamples).map(covered);
      return { kind, isGrave, count: values.length, distinct: distinct.length, lines: [...on], samples };
    })
    .sort((a, b) => Number(b.isGrave) - Number(a.isGrave) || b.count - a.count);
}

function* textsIn(value: Json): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "number") yield String(value);
  else if (typeof value === "object" && value !== null)
    for (const member of Object.values(value)) yield* textsIn(member);
}

/** "an…om": enough to find it, too little to use it. */
function covered(value: string): string {
  const flat = value.replace(/\s+/g, " ");
  return flat.length < 8 ? "…" : `${flat.slice(0, 2)}…${flat.slice(-2)}`;
}
