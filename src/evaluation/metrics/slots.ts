// Structured answers compared slot by slot with the reference: field match, all fields, labels. Equality is exact.
import type { Answer } from "../../core/answers.ts";
import { canonicalJson, type Json } from "../../core/json.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { Metric, Score } from "../../core/scores.ts";
import { fieldsOf, isObject, parseReference, schemaAt } from "./json-fields.ts";
import { deterministicMetric, notApplicable, scored } from "./score.ts";

/** One field by JSON pointer; values in canonical JSON, undefined where that side has no such field. */
export type Slot = {
  readonly path: string;
  readonly said: string | undefined;
  readonly gold: string | undefined;
  /** True where the schema lists the values: then the field is a label. */
  readonly isLabel: boolean;
};

/**
 * The slots of both sides under the reference that agrees in most of them; text that is no JSON, a declined and a failed
 * answer say nothing. Undefined where the question has no schema or no reference, or should be declined.
 */
export function slotsOf(question: HeldOutQuestion, answer: Answer): readonly Slot[] | undefined {
  const { schema, references, answerable } = question;
  if (schema === undefined || references.length === 0 || !answerable) return undefined;
  const said = answer.outcome === "answered" ? saidFields(answer.text) : new Map<string, Json>();
  const compared = references.map((reference) => compare(said, fieldsOf(parseReference(reference)), schema));
  return compared.reduce((best, one) => (agreement(one) > agreement(best) ? one : best));
}

function saidFields(text: string): ReadonlyMap<string, Json> {
  try {
    return fieldsOf(JSON.parse(text) as Json);
  } catch {
    return new Map();
  }
}

function compare(said: ReadonlyMap<string, Json>, gold: ReadonlyMap<string, Json>, schema: Json): readonly Slot[] {
  return [...new Set([...gold.keys(), ...said.keys()])].map((path) => {
    const at = schemaAt(schema, path);
    return {
      path,
      said: spelled(said.get(path)),
      gold: spelled(gold.get(path)),
      isLabel: isObject(at) && Array.isArray(at["enum"]),
    };
  });
}

function spelled(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : canonicalJson(value);
}

function agreement(slots: readonly Slot[]): number {
  return slots.filter(isEqual).length / Math.max(1, slots.length);
}

/** True where both sides have the field and agree in it. */
export function isEqual({ said, gold }: Slot): boolean {
  return said !== undefined && said === gold;
}

function scoreSlots(formula: (slots: readonly Slot[]) => Score) {
  return (question: HeldOutQuestion, answer: Answer): Score => {
    const slots = slotsOf(question, answer);
    return slots === undefined ? notApplicable("the question has no schema with a reference") : formula(slots);
  };
}

/** `field-match` v1: fields equal on both sides / fields of either side. Text that is no JSON scores 0. */
export function fieldMatch(): Metric {
  return deterministicMetric({
    name: "field-match",
    version: "1",
    label: "structured answers: equal fields / fields of answer or reference",
    score: scoreSlots((slots) => scored(agreement(slots))),
  });
}

/** `all-fields` v1: 1 where answer and reference have the same fields with the same values, else 0. */
export function allFields(): Metric {
  return deterministicMetric({
    name: "all-fields",
    version: "1",
    label: "structured answers: share with every field equal",
    score: scoreSlots((slots) => scored(slots.every(isEqual) ? 1 : 0)),
  });
}

/** `label-accuracy` v1: fields whose schema lists their values (`enum`): right ones / those of the reference. */
export function labelAccuracy(): Metric {
  return deterministicMetric({
    name: "label-accuracy",
    version: "1",
    label: "fields with a fixed list of values (`enum`): share that is right",
    score: scoreSlots((slots) => {
      const labels = slots.filter(({ isLabel, gold }) => isLabel && gold !== undefined);
      if (labels.length === 0) return notApplicable("the schema lists no labels");
      return scored(labels.filter(isEqual).length / labels.length);
    }),
  });
}
