// Finds personal data and secrets in a text: disjoint spans, in order. Knows no example.
import { detectors, type SensitiveKind } from "./detectors.ts";

export type SensitiveSpan = {
  readonly kind: SensitiveKind;
  readonly isGrave: boolean;
  /** UTF-16 offsets; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly value: string;
};

/** No detector finds anything in a text without digits, `@` or a key's dashes. */
const mayHold = /[\d@]|-----BEGIN/;

/** A character that no pattern takes. */
const cover = "\u0000";

export function sensitiveSpans(text: string): readonly SensitiveSpan[] {
  if (!mayHold.test(text)) return [];
  const found: SensitiveSpan[] = [];
  // What is found is covered, so that nothing else is proposed in it or across it.
  let open = text;
  for (const { kind, isGrave, hint, pattern, lengthOf } of detectors) {
    if (!hint.test(text)) continue;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(open); match; match = pattern.exec(open)) {
      const start = match.index;
      const end = start + (lengthOf ? lengthOf(match[0]) : match[0].length);
      // What was proposed from here may begin a little later.
      pattern.lastIndex = Math.max(end, start + 1);
      if (end === start) continue;
      found.push({ kind, isGrave, start, end, value: text.slice(start, end) });
      open = open.slice(0, start) + cover.repeat(end - start) + open.slice(end);
    }
  }
  return found.sort((a, b) => a.start - b.start);
}
