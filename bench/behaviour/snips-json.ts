// snips-json: what somebody says to an assistant, as intent and slots in JSON.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../src/core/json.ts";
import { type BehaviourSource, cut, fieldOf, linesOf } from "./behaviour-set.ts";
import { rightLabel, sameJson, schemaValid } from "./measures.ts";

type Row = { readonly text: string; readonly json: { readonly intent: string } };

export const snipsJson: BehaviourSource = (directory) => {
  const read = (file: string) =>
    linesOf<Row>(join(directory, file)).map(({ text, json }) => ({
      question: text,
      answer: JSON.stringify(json),
      label: json.intent,
    }));
  const schema = JSON.parse(readFileSync(join(directory, "schema.json"), "utf8")) as Json;
  const test = read("test.jsonl");
  return {
    ...cut(read("train.jsonl.gz"), 40),
    test,
    schema,
    measures: [sameJson("exact match", test), rightLabel("right intent", test), schemaValid(schema)],
    labelOf: (text) => fieldOf(text, "intent"),
  };
};
