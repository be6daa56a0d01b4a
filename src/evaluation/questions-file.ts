// Parses questions.jsonl: held-out questions with their gold, or bare questions to ask. Reads no file.
import { z } from "zod";
import type { Json } from "../core/json.ts";
import type { HeldOutQuestion, Question, StyleCheck } from "../core/questions.ts";
import { type LineIssue, parseJsonLines } from "./json-lines.ts";

export type { LineIssue } from "./json-lines.ts";

const id = z
  .union([z.string(), z.number()], "expected an id")
  .transform(String)
  .pipe(z.string().trim().min(1, "expected a non-empty id"));
const questionText = z.string().trim().min(1, "expected the question's text");

/** A JSON object as reference is kept as its JSON text, a number as its digits. */
const reference = z
  .union([z.string(), z.number(), z.boolean(), z.record(z.string(), z.json())], {
    error: "expected a string, or a JSON object for a question with a schema",
  })
  .transform((value) => (typeof value === "object" ? JSON.stringify(value) : String(value)));

const relevant = z
  .object({
    documentId: z.union([z.string(), z.number()]).transform(String).optional(),
    source: z.string().optional(),
    page: z.int().min(1, "pages count from 1").optional(),
    start: z.int().min(0).optional(),
    end: z.int().min(1).optional(),
    grade: z.number().optional(),
  })
  .refine((item) => item.documentId !== undefined || item.source !== undefined, "expected documentId or source")
  .refine((item) => (item.start === undefined) === (item.end === undefined), "expected start and end together")
  .refine(({ start, end }) => start === undefined || end === undefined || start < end, "expected start before end");

const pattern = z.string().refine(isPattern, "expected a regular expression (flags iu)");

const check: z.ZodType<StyleCheck> = z.union(
  [z.strictObject({ must: pattern }), z.strictObject({ mustNot: pattern })],
  {
    error: 'expected {"must": pattern} or {"mustNot": pattern}, a regular expression (flags iu)',
  },
);

const heldOutLine = z
  .object(
    {
      id,
      question: questionText,
      reference: reference.optional(),
      references: z.array(reference).optional(),
      answerable: z.boolean().optional(),
      kind: z.string().optional(),
      group: z.union([z.string(), z.number()]).transform(String).optional(),
      schema: z.union([z.record(z.string(), z.json()), z.boolean()], "expected a JSON Schema object").optional(),
      relevant: z.array(relevant).default([]),
      checks: z.array(check).default([]),
      rubric: z.array(z.string().trim().min(1, "expected a rule in words")).optional(),
    },
    "expected an object",
  )
  .refine(
    (line) => line.answerable !== undefined || hasGold(line),
    'expected gold: "references", "relevant", "schema", "checks" or "rubric", or "answerable": false',
  );

type HeldOutLine = z.output<typeof heldOutLine>;

type Gold = {
  readonly reference?: string | undefined;
  readonly references?: readonly string[] | undefined;
  readonly relevant: readonly unknown[];
  readonly schema?: unknown;
  readonly checks: readonly unknown[];
  readonly rubric?: readonly unknown[] | undefined;
};

function hasGold(line: Gold): boolean {
  const references = line.reference !== undefined || (line.references ?? []).length > 0;
  const rules = line.checks.length + (line.rubric?.length ?? 0);
  return references || line.relevant.length > 0 || line.schema !== undefined || rules > 0;
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source, "iu");
    return true;
  } catch {
    return false;
  }
}

/**
 * Held-out questions, in file order. A line without any gold is an issue, and so is an id that occurs twice; unknown keys
 * are ignored. `answerable` defaults to true where there is gold. Issues are in line order.
 */
export function parseQuestions(
  text: string,
  source: string,
): { readonly questions: readonly HeldOutQuestion[]; readonly issues: readonly LineIssue[] } {
  const expected = '{"id":"q1","question":"…","references":["…"]}';
  const { items, issues } = parseJsonLines(text, heldOutLine, expected);
  const questions = items.map(({ value }) => toHeldOut(value));
  return { questions, issues: inOrder([...issues, ...duplicateIds(items, source)]) };
}

function toHeldOut(line: HeldOutLine): HeldOutQuestion {
  const references = [...(line.reference === undefined ? [] : [line.reference]), ...(line.references ?? [])];
  return {
    id: line.id,
    text: line.question,
    references,
    answerable: line.answerable ?? true,
    ...(line.kind === undefined ? {} : { kind: line.kind }),
    ...(line.group === undefined ? {} : { group: line.group }),
    ...(line.schema === undefined ? {} : { schema: line.schema as Json }),
    relevant: line.relevant.map(withoutUndefined),
    checks: line.checks,
    ...(line.rubric === undefined ? {} : { rubric: line.rubric }),
  };
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

const askLine = z.object({ id, question: questionText }, "expected an object");

/** Questions to ask or search for: `id` and `question` alone are read, whatever gold stands beside them. */
export function parseAskLines(
  text: string,
  source: string,
): { readonly questions: readonly Question[]; readonly issues: readonly LineIssue[] } {
  const { items, issues } = parseJsonLines(text, askLine, '{"id":"q1","question":"…"}');
  const questions = items.map(({ value }) => ({ id: value.id, text: value.question }));
  return { questions, issues: inOrder([...issues, ...duplicateIds(items, source)]) };
}

function duplicateIds(items: readonly { line: number; value: { id: string } }[], source: string): LineIssue[] {
  const first = new Map<string, number>();
  return items.flatMap(({ line, value }) => {
    const earlier = first.get(value.id);
    if (earlier === undefined) first.set(value.id, line);
    return earlier === undefined
      ? []
      : [
          {
            line,
            message: `id: "${value.id}" stands in line ${earlier} of ${source} already; expected an id of its own`,
          },
        ];
  });
}

function inOrder(issues: readonly LineIssue[]): readonly LineIssue[] {
  return issues.toSorted((a, b) => a.line - b.line);
}
