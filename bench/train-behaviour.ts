// What at most ten minutes of embedded training teach, set by set: the tuned model on the test part beside the majority answer, the
// nearest example's answer and a linear classifier. The test part picks nothing: weights and settings are chosen on held-out examples.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "../src/core/json.ts";
import type { ChatModel } from "../src/core/models.ts";
import { type TrainingReport, trainEmbedded } from "../src/tuning/embedded/train-embedded.ts";
import { openTunedModel } from "../src/tuning/embedded/tuned-model.ts";
import { linearClassifier, majority, nearestExample } from "./behaviour/baselines.ts";
import type { BehaviourSet, Given, Pair } from "./behaviour/behaviour-set.ts";
import { behaviourSets } from "./behaviour/sets.ts";
import { markdownTable } from "./tables.ts";

const minutes = 10;

export async function benchBehaviour(data: string, name: string): Promise<string> {
  const set = behaviourSets[name]!(join(data, "behaviour", name));
  const directory = mkdtempSync(join(tmpdir(), "assay-bench-"));
  try {
    const report = await trained(set, directory);
    const rows = [...baselineRows(set), ...(await tunedRows(set, directory))];
    const head = ["", ...set.measures.map(({ title }) => title)];
    return `${headline(name, set, report)}\n\n${markdownTable(head, rows)}`;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function trained({ training, heldOut, size = "1m" }: BehaviourSet, directory: string): Promise<TrainingReport> {
  return trainEmbedded({
    examples: training.map(exampleOf),
    heldOut: heldOut.map(exampleOf),
    directory,
    seed: 1,
    size,
    method: "full",
    budget: { minutes },
  });
}

const exampleOf = ({ question, answer }: Pair) => ({
  messages: [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ] as const,
});

function baselineRows(set: BehaviourSet): readonly string[][] {
  const { training, test } = set;
  const questions = test.map(({ question }) => question);
  const none: Given = { labels: [] };
  const linear = training.every(({ label }) => label !== undefined) ? linearClassifier(training, questions) : none;
  return [
    row(set, "majority answer", majority(training, questions)),
    row(set, "nearest example (TF-IDF)", nearestExample(training, questions)),
    linear === none
      ? ["TF-IDF + logistic regression", ...set.measures.map(() => "–")]
      : row(set, "TF-IDF + logistic regression", linear),
  ];
}

async function tunedRows(set: BehaviourSet, directory: string): Promise<readonly string[][]> {
  const model = await openTunedModel(directory);
  try {
    const free = row(set, "tuned, unconstrained", await answers(model, set));
    if (set.schema === undefined) return [free];
    return [free, row(set, "tuned, held to the schema", await answers(model, set, set.schema))];
  } finally {
    await model.close();
  }
}

async function answers(model: ChatModel, { test, labelOf }: BehaviourSet, schema?: Json): Promise<Given> {
  const texts: string[] = [];
  for (const { question } of test) {
    const prompt = { instructions: "", examples: [], passages: [], question, ...(schema !== undefined && { schema }) };
    texts.push((await model.generate(prompt)).text);
  }
  return { texts, labels: texts.map(labelOf) };
}

function row({ measures }: BehaviourSet, name: string, given: Given): string[] {
  const shown = (value: number | undefined) => (value === undefined ? "–" : `${(100 * value).toFixed(1)}%`);
  return [name, ...measures.map((measure) => shown(measure.of(given)))];
}

function headline(name: string, { training, heldOut, test }: BehaviourSet, report: TrainingReport): string {
  const { parameters, steps, bestStep, tokens, cpuMs, ms, bestLoss, reason } = report;
  const seconds = (value: number) => Math.round(value / 1000);
  return [
    `### ${name}: ${training.length} examples, ${heldOut.length} held out, ${test.length} test questions`,
    `Random weights, ${parameters} parameters; ${steps} steps, ${tokens} tokens, ${seconds(ms)} s on the clock, ${seconds(cpuMs)} s of processor time (${reason}); held-out loss ${bestLoss?.toFixed(3)} at step ${bestStep}`,
  ].join("\n\n");
}
