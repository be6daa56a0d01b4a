// The questionnaire's answers from a file or from flags, checked; every mistake named at once.
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { changeRates, needs, questionnaire, type Situation, sensitivities } from "../../advice/situation.ts";
import { type ThresholdName, thresholdNames } from "../../advice/thresholds.ts";
import { AssayError } from "../../core/errors.ts";
import { issueLine, issueWords } from "../../evaluation/issue-words.ts";

export { questionnaire, type SituationQuestion } from "../../advice/situation.ts";

const limit = z.number().min(0).nullable().optional();

const answersSchema = z.strictObject({
  need: z.enum(needs).optional(),
  changes: z.enum(changeRates).optional(),
  citations: z.boolean().optional(),
  maxLatencyMs: limit,
  offline: z.boolean().optional(),
  sensitivity: z.enum(sensitivities).optional(),
  examples: z.int().min(0).optional(),
  corpusTokens: z.number().min(0).optional(),
  queriesPerMonth: z.number().min(0).optional(),
  monthlyBudgetUsd: limit,
  thresholds: z.partialRecord(z.enum(thresholdNames as [ThresholdName]), z.number().min(0)).optional(),
});

export type DecideAnswers = {
  readonly situation: Situation;
  readonly thresholds: Readonly<Partial<Record<ThresholdName, number>>>;
};

/** Checks `value`; `origin` is what the error names. Throws `AssayError` `bad-usage`. */
export function parseAnswers(value: unknown, origin: string): DecideAnswers {
  const parsed = answersSchema.safeParse(value, { error: issueWords });
  if (parsed.success) {
    const { thresholds = {}, ...situation } = parsed.data;
    return { situation, thresholds: thresholds as DecideAnswers["thresholds"] };
  }
  const issues = parsed.error.issues.map((issue) => issueLine(issue, "(root)"));
  throw new AssayError({
    code: "bad-usage",
    message: `${origin}: ${issues.join("; ")}`,
    remedy: `answer any of ${questionnaire.map(({ key }) => key).join(", ")}; thresholds: ${thresholdNames.join(", ")}`,
  });
}

/** Reads a JSON file of answers. Throws `AssayError`: `not-found`, `bad-usage`. */
export async function readAnswers(path: string): Promise<DecideAnswers> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const remedy = "check the path given to --answers";
    throw new AssayError({ code: "not-found", message: `${path}: cannot be read`, remedy, cause });
  }
  try {
    return parseAnswers(JSON.parse(text), path);
  } catch (cause) {
    if (AssayError.isInstance(cause)) throw cause;
    const remedy = 'write one JSON object, e.g. {"need":"knowledge","changes":"weekly"}';
    throw new AssayError({ code: "bad-usage", message: `${path}: is not JSON`, remedy, cause });
  }
}

/** What was typed for one question, or for a flag: "yes", "none", "300", "weekly". Null: none. Left as text where it fits nothing. */
export function answerFrom(text: string): string | number | boolean | null {
  const said = text.trim().toLowerCase();
  if (said === "none") return null;
  if (said === "yes" || said === "no") return said === "yes";
  return said !== "" && Number.isFinite(Number(said)) ? Number(said) : said;
}
