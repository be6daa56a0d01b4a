// Measures over the answers to a set's test questions.
import { Ajv2020 } from "ajv/dist/2020.js";
import { canonicalJson, type Json } from "../../src/core/json.ts";
import { type Measure, type Pair, parsed } from "./behaviour-set.ts";

const share = (hits: readonly boolean[]): number => hits.filter(Boolean).length / hits.length;

/** Equal as JSON values: order of keys and blanks do not count. */
export const sameJson = (title: string, test: readonly Pair[]): Measure => ({
  title,
  of: ({ texts }) =>
    texts &&
    share(
      texts.map((text, at) => {
        const value = parsed(text);
        return value !== undefined && canonicalJson(value) === canonicalJson(JSON.parse(test[at]!.answer) as Json);
      }),
    ),
});

export function schemaValid(schema: Json): Measure {
  const isValid = new Ajv2020({ strict: false }).compile(schema as object);
  const holds = (text: string) => {
    const value = parsed(text);
    return value !== undefined && isValid(value);
  };
  return { title: "schema-valid", of: ({ texts }) => texts && share(texts.map(holds)) };
}

/** The share of right labels, among the test questions that `counts` keeps. */
export const rightLabel = (
  title: string,
  test: readonly Pair[],
  counts: (pair: Pair) => boolean = () => true,
): Measure => ({
  title,
  of: ({ labels }) =>
    share(test.flatMap((pair, at) => (counts(pair) ? [labels[at] === pair.label && pair.label !== undefined] : []))),
});

/** F1 of each label of the test part, averaged without regard to how often it occurs. */
export const macroF1 = (test: readonly Pair[]): Measure => ({
  title: "macro-F1",
  of({ labels }) {
    const names = [...new Set(test.map(({ label }) => label))];
    const scores = names.map((name) => {
      const right = test.filter(({ label }, at) => label === name && labels[at] === name).length;
      const wanted = test.filter(({ label }) => label === name).length;
      const said = labels.filter((label) => label === name).length;
      return (2 * right) / (wanted + said);
    });
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  },
});

/** Of the answers that name `label`, the share that should. */
export const precisionOf = (title: string, label: string, test: readonly Pair[]): Measure => ({
  title,
  of({ labels }) {
    const named = test.filter((_, at) => labels[at] === label);
    return named.length === 0 ? undefined : share(named.map((pair) => pair.label === label));
  },
});
