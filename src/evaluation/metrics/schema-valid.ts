// Is the answer the JSON that was asked for?
import type { Metric, Score } from "../../core/scores.ts";
import { type JsonAnswer, type SchemaChecker, schemaChecker } from "./json-answer.ts";
import { notApplicable, scored, unscored } from "./score.ts";

/**
 * `schema-valid` v1: 1 if the whole answer text parses as JSON and satisfies the question's schema, else 0; questions with
 * a schema only. `detail.withoutFence` tells what taking off a Markdown fence would change. A failed answer scores 0; a
 * schema that does not compile leaves the score `unscored`. Formats (`"format": "email"`) are not checked.
 */
export function schemaValid(check: SchemaChecker = schemaChecker()): Metric {
  return {
    name: "schema-valid",
    version: "1",
    config: {},
    higherIsBetter: true,
    label: "the answer text is JSON that satisfies the question's schema, no repair",
    score: async (question, answer): Promise<Score> => {
      if (question.schema === undefined) return notApplicable("the question has no schema");
      if (!question.answerable) return notApplicable("the question is unanswerable");
      if (answer.outcome !== "answered") return scored(0, `the answer ${answer.outcome}`);
      try {
        const { strict, withoutFence } = await check(question.schema, answer.text);
        return scored(strict.status === "valid" ? 1 : 0, {
          strict: describe(strict),
          withoutFence: describe(withoutFence),
        });
      } catch (error) {
        return unscored(`the schema does not compile: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

function describe(answer: JsonAnswer): string {
  return answer.status === "invalid" ? answer.problem : answer.status;
}
