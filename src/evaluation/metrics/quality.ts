// The headline: one number per question, the same for every approach, by which approaches are ranked.
import type { Answer } from "../../core/answers.ts";
import { canonicalJson, type Json } from "../../core/json.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { Metric, Score } from "../../core/scores.ts";
import { foldWords, saidBy } from "./answer-words.ts";
import { containsReference } from "./containment.ts";
import { type SchemaChecker, schemaChecker } from "./json-answer.ts";
import { fieldsOf, isObject, parseReference, schemaAt } from "./json-fields.ts";
import { notApplicable, scored, unscored } from "./score.ts";
import { squadF1 } from "./squad.ts";
import { checksPassed } from "./style-checks.ts";

/** Longer references are sentences that no right answer repeats word for word; then overlap counts instead. */
export const longestVerbatimReference = 10;

/**
 * `quality` v1, in [0, 1]:
 * - unanswerable: 1 if declined, else 0; answerable but declined, or failed: 0;
 * - else content × style, of which at least one must be known:
 *   - content with a schema: 0 if the text is not valid JSON for it (no repair); with references the share of equal fields,
 *     the best over references; without references 1;
 *   - content without a schema: the best over references of containment (up to ten words) or token F1 (longer);
 *   - style: share of the question's checks that the text keeps.
 *
 * Containment is fair to quoting readers and chat models alike, but does not punish what else a long answer says.
 */
export function quality(check: SchemaChecker = schemaChecker()): Metric {
  return {
    name: "quality",
    version: "1",
    config: { longestVerbatimReference },
    higherIsBetter: true,
    label:
      "right answer: contains the reference (token F1 for long ones; equal fields for JSON) × style rules kept; " +
      "unanswerable: declined; failed: 0",
    score: async (question, answer) => {
      if (answer.outcome === "failed") return scored(0, "the answer failed");
      if (!question.answerable) return scored(answer.outcome === "declined" ? 1 : 0);
      if (!isGradable(question)) return notApplicable("the question has no reference, schema or checks");
      if (answer.outcome === "declined") return scored(0, "declined");
      try {
        const content = await contentScore(question, answer, check);
        const style = question.checks.length > 0 ? checksPassed(answer.text, question.checks) : 1;
        return scored(content * style, { content, style });
      } catch (error) {
        return unscoredBecause(error);
      }
    },
  };
}

function isGradable(question: HeldOutQuestion): boolean {
  return question.references.length > 0 || question.schema !== undefined || question.checks.length > 0;
}

function unscoredBecause(error: unknown): Score {
  return unscored(`the schema or a check is broken: ${error instanceof Error ? error.message : String(error)}`);
}

async function contentScore(question: HeldOutQuestion, answer: Answer, check: SchemaChecker): Promise<number> {
  const { schema, references } = question;
  if (schema === undefined) return references.length > 0 ? textScore(saidBy(answer), references) : 1;
  const { strict } = await check(schema, answer.text);
  if (strict.status !== "valid") return 0;
  if (references.length === 0) return 1;
  return Math.max(...references.map((reference) => equalFields(strict.value, parseReference(reference), schema)));
}

/** Containment for references of up to `longestVerbatimReference` words, token F1 for longer ones; the best of them. */
export function textScore(text: string, references: readonly string[]): number {
  const scores = references.map((reference) => {
    const words = foldWords(reference).split(" ").length;
    if (words > longestVerbatimReference) return squadF1(text, [reference]);
    return containsReference(text, [reference]) ? 1 : 0;
  });
  return Math.max(0, ...scores);
}

/**
 * Mean agreement over all fields of either side. Fields agree when equal; a string that the schema leaves free (no `enum`,
 * `const` or `pattern`) is judged as an answer's text is.
 */
function equalFields(value: Json, reference: Json, schema: Json): number {
  const [said, gold] = [fieldsOf(value), fieldsOf(reference)];
  const paths = [...new Set([...said.keys(), ...gold.keys()])];
  if (paths.length === 0) return 1;
  const agreement = paths.map((path) => fieldAgreement(said.get(path), gold.get(path), schemaAt(schema, path)));
  return agreement.reduce((sum, value) => sum + value, 0) / paths.length;
}

function fieldAgreement(said: Json | undefined, gold: Json | undefined, schema: Json | undefined): number {
  if (said === undefined || gold === undefined) return 0;
  if (canonicalJson(said) === canonicalJson(gold)) return 1;
  const isText = typeof said === "string" && typeof gold === "string";
  return isText && isFreeText(schema) ? textScore(said, [gold]) : 0;
}

function isFreeText(schema: Json | undefined): boolean {
  return isObject(schema) && !("enum" in schema) && !("const" in schema) && !("pattern" in schema);
}
