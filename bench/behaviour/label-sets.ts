// Sets whose answer is a label out of many: banking77, clinc150 with its out-of-scope class, bitext-support.
import { join } from "node:path";
import type { Json } from "../../src/core/json.ts";
import {
  type BehaviourSet,
  type BehaviourSource,
  cut,
  fieldOf,
  linesOf,
  type Measure,
  type Pair,
} from "./behaviour-set.ts";
import { macroF1, precisionOf, rightLabel, schemaValid } from "./measures.ts";

type Parts = { readonly training: readonly Pair[]; readonly heldOut: readonly Pair[]; readonly test: readonly Pair[] };
type Labelled = { readonly text: string; readonly label: string };

const labelled = ({ text, label }: Labelled): Pair => ({ question: text, answer: JSON.stringify({ label }), label });

/** An object with one text of `names` under each key. */
function choiceSchema(names: Readonly<Record<string, readonly string[]>>): Json {
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(names).map(([key, values]) => [key, { enum: [...values] }])),
    required: Object.keys(names),
  };
}

const distinct = (pairs: readonly Pair[], key: string): readonly string[] => [
  ...new Set(pairs.map(({ answer }) => fieldOf(answer, key)!)),
];

function labelSet(parts: Parts, keys: readonly string[], more: readonly Measure[] = []): BehaviourSet {
  const schema = choiceSchema(Object.fromEntries(keys.map((key) => [key, distinct(parts.training, key)])));
  return {
    ...parts,
    schema,
    measures: [rightLabel("accuracy", parts.test), macroF1(parts.test), ...more, schemaValid(schema)],
    labelOf: (text) => fieldOf(text, keys[0]!),
  };
}

export const banking77: BehaviourSource = (directory) => {
  const read = (file: string) => linesOf<Labelled>(join(directory, file)).map(labelled);
  return labelSet({ ...cut(read("train.jsonl.gz"), 40), test: read("test.jsonl") }, ["label"]);
};

/** The test part has no out-of-scope questions: those of the development part stand in, and pick nothing. */
export const clinc150: BehaviourSource = (directory) => {
  const read = (file: string) => linesOf<Labelled>(join(directory, file)).map(labelled);
  const outside = cut(read("oos_train.jsonl"), 10);
  const test = [...read("test.jsonl"), ...read("oos_val.jsonl")];
  const isOutside = ({ label }: Pair) => label === "oos";
  return labelSet(
    {
      training: [...read("train.jsonl.gz"), ...outside.training],
      heldOut: [...cut(read("val.jsonl"), 13).heldOut, ...outside.heldOut],
      test,
    },
    ["label"],
    [
      rightLabel("in-scope accuracy", test, (pair) => !isOutside(pair)),
      rightLabel("out-of-scope recall", test, isOutside),
      precisionOf("out-of-scope precision", "oos", test),
    ],
  );
};

type Support = { readonly utterance: string; readonly intent: string; readonly category: string };

export const bitextSupport: BehaviourSource = (directory) => {
  const read = (file: string) =>
    linesOf<Support>(join(directory, file)).map(({ utterance, intent, category }) => ({
      question: utterance,
      answer: JSON.stringify({ intent, category }),
      label: intent,
    }));
  const parts = {
    training: read("train.jsonl.gz"),
    heldOut: cut(read("dev.jsonl"), 4).heldOut,
    test: read("test.jsonl"),
  };
  return labelSet(parts, ["intent", "category"]);
};
