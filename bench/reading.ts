// `npm run bench -- reading --data DIR`: does the first citation hold the answer, and does confidence order right before wrong?
import { silentProgress } from "../src/core/progress.ts";
import { type AskResult, ask } from "../src/project/ask.ts";
import type { AssayConfig } from "../src/project/config/config-schema.ts";
import { ingest } from "../src/project/knowledge/ingest.ts";
import { type BenchProject, benchProject } from "./bench-project.ts";
import { type BenchQuestion, type DataSet, loadDataSet } from "./data-sets.ts";
import { mean } from "./independent-metrics.ts";
import { missingArticles } from "./missing-article.ts";
import { type BenchOptions, markdownTable } from "./tables.ts";

type Read = { readonly question: BenchQuestion; readonly result: AskResult };

export async function benchReading(options: BenchOptions): Promise<string> {
  const tables: string[] = [];
  for (const name of options.sets ?? ["squad2-dev"]) {
    const set = loadDataSet(options.data, name);
    if (!set) continue;
    const project = benchProject(set);
    try {
      tables.push(await measureSet(set, project));
      if (name === "squad2-dev") tables.push("Whole articles missing:", await missingArticles(set));
    } finally {
      project.remove();
    }
  }
  return tables.join("\n\n");
}

async function measureSet(set: DataSet, project: BenchProject): Promise<string> {
  await project.withConfig({}, (context) => ingest(context, { progress: silentProgress }));
  const answerable = set.questions.filter((question) => question.answerable);
  const open = await readAll(project, answerable, { generation: { decline: false } });
  const declining = await readAll(project, set.questions, {});
  const share = (reads: readonly Read[], citations: number) =>
    percent(mean(reads.map((read) => Number(cites(read, citations)))));
  const unanswerable = declining.filter(({ question }) => !question.answerable);
  const declined = (reads: readonly Read[]) =>
    percent(mean(reads.map(({ result }) => Number(result.outcome === "declined"))));
  return [
    `### ${set.name}`,
    markdownTable(
      ["figure", "n", "%"],
      [
        ["declining off: first citation contains a gold answer", String(open.length), share(open, 1)],
        ["declining off: one of the first three does", String(open.length), share(open, 3)],
        ["declining on: unanswerable questions declined", String(unanswerable.length), declined(unanswerable)],
        [
          "declining on: answerable questions declined",
          String(answerable.length),
          declined(declining.filter(({ question }) => question.answerable)),
        ],
      ],
    ),
    "Risk–coverage (answerable questions, declining off, surest first): share of wrong first citations among those answered.",
    markdownTable(
      ["coverage", "20%", "40%", "60%", "80%", "100%", "area"],
      [["risk", ...riskAtCoverage(open, [0.2, 0.4, 0.6, 0.8, 1]), area(open)]],
    ),
    "Risk–coverage over all questions, where every answer to an unanswerable one is wrong.",
    markdownTable(["coverage", "20%", "40%", "60%", "80%", "100%", "area"], [await overAll(project, set)]),
  ].join("\n\n");
}

async function overAll(project: BenchProject, set: DataSet): Promise<string[]> {
  const reads = await readAll(project, set.questions, { generation: { decline: false } });
  return ["risk", ...riskAtCoverage(reads, [0.2, 0.4, 0.6, 0.8, 1]), area(reads)];
}

async function readAll(
  project: BenchProject,
  questions: readonly BenchQuestion[],
  config: AssayConfig,
): Promise<readonly Read[]> {
  return project.withConfig(config, async (context) => {
    const asked = questions.map(({ id, question }) => ({ id, text: question }));
    const byId = new Map(questions.map((question) => [question.id, question]));
    const reads: Read[] = [];
    for await (const result of ask(context, { questions: asked, approach: "rag", progress: silentProgress })) {
      reads.push({ question: byId.get(result.id) as BenchQuestion, result });
    }
    return reads;
  });
}

/** Whether one of the first `count` citations contains a gold answer, compared without case, punctuation and articles. */
function cites({ question, result }: Read, count: number): boolean {
  const quotes = result.citations.slice(0, count).map(({ quote }) => normalised(quote));
  return (
    question.answerable && question.answers.some((answer) => quotes.some((quote) => quote.includes(normalised(answer))))
  );
}

function normalised(text: string): string {
  return ` ${text
    .toLowerCase()
    .replace(/[\p{P}\p{S}]/gu, " ")
    .replace(/\b(a|an|the)\b/g, " ")
    .split(/\s+/)
    .filter(Boolean)
    .join(" ")} `;
}

function bySureness(reads: readonly Read[]): readonly number[] {
  const sure = [...reads].sort((a, b) => (b.result.confidence ?? 0) - (a.result.confidence ?? 0));
  return sure.map((read) => Number(!cites(read, 1)));
}

function riskAtCoverage(reads: readonly Read[], coverages: readonly number[]): readonly string[] {
  const wrong = bySureness(reads);
  return coverages.map((coverage) => percent(mean(wrong.slice(0, Math.round(coverage * wrong.length)))));
}

/** Area under the risk–coverage curve: the mean risk over every coverage. */
function area(reads: readonly Read[]): string {
  let errors = 0;
  return percent(
    mean(
      bySureness(reads).map((wrong, place) => {
        errors += wrong;
        return errors / (place + 1);
      }),
    ),
  );
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}
