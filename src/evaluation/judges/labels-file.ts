// Parses the labels that people gave: claims against evidence, or pairs of answers. Reads no file.
import { z } from "zod";
import { type LineIssue, parseJsonLines } from "../json-lines.ts";

export type LabelledClaim = {
  readonly id: string;
  readonly claim: string;
  readonly evidence: readonly string[];
  readonly supported: boolean;
};

export type LabelledPair = {
  readonly id: string;
  readonly question: string;
  readonly first: string;
  readonly second: string;
  readonly reference?: string;
  readonly better: "first" | "second";
};

export type Labels = { readonly claims: readonly LabelledClaim[]; readonly pairs: readonly LabelledPair[] };

const id = z.union([z.string().min(1), z.number()]).transform(String);
const words = z.string().trim().min(1);

const claimLine = z.object({
  id,
  claim: words,
  evidence: z.union([z.string().transform((text) => [text]), z.array(z.string())]),
  supported: z.boolean(),
});

const pairLine = z.object({
  id,
  question: words,
  first: z.string(),
  second: z.string(),
  reference: words.optional(),
  better: z.enum(["first", "second"]),
});

const shape =
  'expected {"id", "claim", "evidence", "supported": true|false} or {"id", "question", "first", "second", "better": "first"|"second"}';
const line = z.union([claimLine, pairLine], shape);

/** Both kinds may stand in one file. An id that occurs twice is an issue. */
export function parseLabels(text: string): Labels & { readonly issues: readonly LineIssue[] } {
  const { items, issues } = parseJsonLines(text, line, '{"id":"1","claim":"…","evidence":["…"],"supported":true}');
  const firstLine = new Map<string, number>();
  const repeated = items.flatMap(({ line: at, value }): LineIssue[] => {
    const earlier = firstLine.get(value.id);
    if (earlier !== undefined) return [{ line: at, message: `id: "${value.id}" stands in line ${earlier} already` }];
    firstLine.set(value.id, at);
    return [];
  });
  const claims = items.flatMap(({ value }) => ("claim" in value ? [value] : []));
  const pairs = items.flatMap(({ value }) => {
    if (!("better" in value)) return [];
    const { reference, ...rest } = value;
    return [reference === undefined ? rest : { ...rest, reference }];
  });
  return { claims, pairs, issues: [...issues, ...repeated].toSorted((a, b) => a.line - b.line) };
}
