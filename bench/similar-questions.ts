// `npm run bench -- similar-questions --data DIR`: how often two questions that look alike are not the same. A stream of questions
// goes past a memory of those before it; a hit is false where the likest of them has another answer (or another intent).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { silentProgress } from "../src/core/progress.ts";
import { seededRandom } from "../src/evaluation/statistics/random.ts";
import { wilsonInterval } from "../src/evaluation/statistics/wilson.ts";
import { ingest } from "../src/project/knowledge/ingest.ts";
import { openKnowledge } from "../src/project/knowledge/knowledge.ts";
import { mayMeanTheSame } from "../src/project/serve/similar-questions.ts";
import { type BenchProject, projectFolder, writeLines } from "./bench-project.ts";
import { type BenchOptions, markdownTable } from "./tables.ts";

type Asked = { readonly text: string; readonly answers: readonly string[] };
type Stream = { readonly questions: readonly Asked[]; readonly project: BenchProject };

const sets: Readonly<Record<string, (data: string) => Stream | undefined>> = {
  "squad2-dev": answersOfSquad,
  banking77: (data) => intents(data, "banking77"),
  clinc150: (data) => intents(data, "clinc150"),
};

const thresholds = [0.8, 0.85, 0.9, 0.95, 0.98];

export async function benchSimilarQuestions({ data, sets: wanted }: BenchOptions): Promise<string> {
  const rows: string[][] = [];
  for (const [name, load] of Object.entries(sets)) {
    const stream = wanted && !wanted.includes(name) ? undefined : load(data);
    if (!stream) continue;
    const vectors = await stream.project.withConfig({}, async (context) => {
      await ingest(context, { progress: silentProgress });
      const knowledge = await openKnowledge(context);
      const values = stream.questions.map(({ text }) => text);
      const embedded = await knowledge.embedder.embed({ values, role: "query" });
      await knowledge.close();
      return embedded.vectors;
    });
    stream.project.remove();
    for (const isGuarded of [false, true])
      for (const hits of passed(stream.questions, vectors, isGuarded)) rows.push(row(name, stream, isGuarded, hits));
  }
  return markdownTable(
    [
      "set",
      "questions",
      "numbers, negation, question word alike",
      "similarity",
      "hits",
      "false hits",
      "of the hits, 95% interval",
    ],
    rows,
  );
}

type Hits = { readonly threshold: number; readonly hits: number; readonly falseHits: number };

function passed(questions: readonly Asked[], vectors: readonly Float32Array[], isGuarded: boolean): readonly Hits[] {
  const likest = questions.map((asked, place) => {
    let [similarity, isSame] = [-1, false];
    for (let before = 0; before < place; before += 1) {
      const one = dot(vectors[before]!, vectors[place]!);
      if (one <= similarity || (isGuarded && !mayMeanTheSame(questions[before]!.text, asked.text))) continue;
      [similarity, isSame] = [one, questions[before]!.answers.some((answer) => asked.answers.includes(answer))];
    }
    return { similarity, isSame };
  });
  return thresholds.map((threshold) => {
    const hits = likest.filter(({ similarity }) => similarity >= threshold);
    return { threshold, hits: hits.length, falseHits: hits.filter(({ isSame }) => !isSame).length };
  });
}

function row(name: string, { questions }: Stream, isGuarded: boolean, { threshold, hits, falseHits }: Hits): string[] {
  const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
  const { low, high } = wilsonInterval(falseHits, Math.max(1, hits));
  const rate = hits === 0 ? "–" : `${percent(falseHits / hits)} (${percent(low)} to ${percent(high)})`;
  return [
    name,
    String(questions.length),
    isGuarded ? "yes" : "no",
    String(threshold),
    `${hits} (${percent(hits / questions.length)})`,
    String(falseHits),
    rate,
  ];
}

/** What is declined has one answer: that there is none. */
function answersOfSquad(data: string): Stream | undefined {
  const folder = join(data, "rag-qa", "squad2-dev");
  if (!existsSync(folder)) return undefined;
  const lines = linesOf(readFileSync(join(folder, "queries.test.jsonl")));
  const questions = lines.map((line) => ({
    text: String(line["question"]),
    answers:
      line["answerable"] === false
        ? ["(none)"]
        : (line["answers"] as string[]).map((answer) =>
            answer
              .toLowerCase()
              .replace(/[^\p{L}\p{N}]+/gu, " ")
              .trim(),
          ),
  }));
  const project = projectFolder("similar", { documents: [join(folder, "corpus.jsonl.gz")] }, () => {});
  return { questions: shuffled(questions), project };
}

/** The embedder is adapted on the training utterances; the stream is the test set's, which it never saw. */
function intents(data: string, name: string): Stream | undefined {
  const folder = join(data, "behaviour", name);
  if (!existsSync(folder)) return undefined;
  const read = (line: Readonly<Record<string, unknown>>) => ({
    text: String(line["text"]),
    answers: [String(line["label"])],
  });
  const training = linesOf(gunzipSync(readFileSync(join(folder, "train.jsonl.gz")))).map(read);
  const questions = linesOf(readFileSync(join(folder, "test.jsonl"))).map(read);
  const project = projectFolder("similar", { documents: ["corpus.jsonl"] }, (directory) =>
    writeLines(
      join(directory, "corpus.jsonl"),
      training.map(({ text }, id) => ({ id: `t${id}`, text })),
    ),
  );
  return { questions: shuffled(questions), project };
}

function linesOf(bytes: Buffer): readonly Readonly<Record<string, unknown>>[] {
  return bytes
    .toString("utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Files are often sorted by article or intent: traffic is not. */
function shuffled<T>(items: readonly T[]): readonly T[] {
  const random = seededRandom(1);
  const order = [...items];
  for (let place = order.length - 1; place > 0; place -= 1) {
    const other = random.below(place + 1);
    [order[place], order[other]] = [order[other]!, order[place]!];
  }
  return order;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let place = 0; place < a.length; place += 1) sum += a[place]! * b[place]!;
  return sum;
}
