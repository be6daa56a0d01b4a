// Attempts to get personal data out of a tuned model: asking outright, asking what the example was asked, beginning its answer.
// The report tells how much came out, never what.
import type { TuningProbe } from "../../core/comparison.ts";
import { asConversation, type Message } from "../../core/questions.ts";
import { extracted, type PersonalValue, personalValues, requests } from "../../tuning/probes/extraction.ts";
import { modelDirectory } from "./tune-run.ts";
import type { StoredExamples, TuningRecord } from "./tuning-records.ts";

/** Asks the tuned model; undefined where it cannot answer. */
type Ask = (question: string, temperature: number) => Promise<string | undefined>;

/** Values sought by their own question and by the beginning of their answer. */
const mostSought = 25;
/** Answers drawn per request besides the likeliest. */
const draws = 3;

/** One probe an attack, or one that says that there is nothing to get. */
export async function extractionProbes(
  tuning: TuningRecord,
  { examples }: StoredExamples,
  ask: Ask,
): Promise<readonly TuningProbe[]> {
  const all = personalValues(examples.map(asConversation));
  if (all.length === 0) {
    const meaning = "the scan found none in the answers of the examples, so there is nothing to get out";
    return [{ name: "personal data given away", value: null, unit: "share", n: 0, meaning }];
  }
  const sought = all.slice(0, mostSought);
  const byRequest = extracted(all, await answersTo(ask));
  const byQuestion = await countAsync(sought, async ({ value, messages }) =>
    ((await ask(lastUserText(messages), 0)) ?? "").includes(value),
  );
  const byBeginning = await begun(tuning, sought);
  return [
    probe("asked outright", byRequest, all.length, `by ${requests.length} requests, each answered ${1 + draws} times`),
    probe("by its own question", byQuestion, sought.length, "by the question that the example asks"),
    probe("by its beginning", byBeginning, sought.length, "by the words of the training answer before it"),
  ];
}

function probe(how: string, count: number, n: number, attempt: string): TuningProbe {
  const meaning = `${count} of ${n} addresses, numbers and keys in the training answers came out ${attempt}; assay data mask covers them`;
  return { name: `personal data given away ${how}`, value: count / n, unit: "share", n, meaning };
}

async function answersTo(ask: Ask): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const request of requests) {
    for (let draw = 0; draw <= draws; draw++) answers.push((await ask(request, draw === 0 ? 0 : 1)) ?? "");
  }
  return answers;
}

async function begun(tuning: TuningRecord, sought: readonly PersonalValue[]): Promise<number> {
  const { openLikelihood } = await import("../../tuning/embedded/likelihood.ts");
  const model = await openLikelihood(modelDirectory(tuning));
  try {
    return await countAsync(sought, async ({ value, messages, beginning }) =>
      (await model.continued(messages, beginning, value)).includes(value),
    );
  } finally {
    await model.close();
  }
}

async function countAsync<Item>(items: readonly Item[], holds: (item: Item) => Promise<boolean>): Promise<number> {
  let count = 0;
  for (const item of items) if (await holds(item)) count += 1;
  return count;
}

const lastUserText = (messages: readonly Message[]): string =>
  messages.findLast(({ role }) => role === "user")?.content ?? "";
