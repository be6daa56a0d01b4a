// `npm run bench -- claims --data DIR > docs/claims.md`: what is commonly said of retrieval and tuning, beside what Assay measures.
import { silentProgress } from "../src/core/progress.ts";
import { ask } from "../src/project/ask.ts";
import { compare } from "../src/project/comparison/compare.ts";
import { readAskFile } from "../src/project/data/data-files.ts";
import { ingest } from "../src/project/knowledge/ingest.ts";
import { readLastComparison } from "../src/project/state/last-comparison.ts";
import { requestTuning } from "../src/project/tuning/tune-request.ts";
import type { ProjectContext } from "../src/project/wiring/context.ts";
import type { Measured } from "./claim-figures.ts";
import { claims } from "./published-claims.ts";
import { exampleProject, questionAnsweringProject, type RealProject } from "./real-projects.ts";
import { type BenchOptions, markdownTable, percentile } from "./tables.ts";

const timedQuestions = 100;

export async function benchClaims({ data }: BenchOptions): Promise<string> {
  const projects = [
    exampleProject(),
    questionAnsweringProject(data, "northwind-handbook"),
    questionAnsweringProject(data, "squad2-dev"),
  ];
  const measured: Measured[] = [];
  for (const real of projects) {
    if (real === undefined) continue;
    try {
      measured.push(await measure(real));
    } finally {
      real.project.remove();
    }
  }
  const models = [
    ...new Set(
      measured.flatMap(({ report }) =>
        report.approaches.flatMap((one) => (one.status === "scored" && !one.yardstick ? one.labels : [])),
      ),
    ),
  ];
  return [
    "# Published claims, beside what was measured",
    "<!-- Made by `npm run bench -- claims --data DIR > docs/claims.md`; do not edit by hand. -->",
    "The left column is commonly said, in guides and by vendors, mostly without data, model or interval. The right one is what this version of Assay measures with the models that come along, none of which is a large language model: it refutes a claim only for such parts, and where a claim needs a model that is not here it says “not tested”. Intervals are 95%.",
    markdownTable(
      ["what is said", "what was measured", "verdict"],
      claims.map((claim) => [claim.said, ...claim.hold(measured)]),
    ),
    `Sets: ${measured.map(({ set, report }) => `${set} (${report.questions.count} questions, ${report.corpus.documents} documents)`).join(", ")}. Models: ${models.join("; ")}.`,
  ].join("\n\n");
}

async function measure({ name, project, questions, situation }: RealProject): Promise<Measured> {
  return project.withConfig({ questions: [...questions], evaluation: { resamples: 2_000 } }, async (context) => {
    if (situation.need === "both") await trainSlots(context);
    await compare(context, { progress: silentProgress });
    const { report } = (await readLastComparison(context))!;
    const asked = (await readAskFile(`${project.directory}/${questions[0]}`)).slice(0, timedQuestions);
    const times: number[] = [];
    for await (const { ms } of ask(context, { questions: asked, approach: "rag", progress: silentProgress }))
      times.push(ms.retrieve);
    return {
      set: name,
      report,
      retrieveMs: { p50: percentile(times, 0.5), p95: percentile(times, 0.95), n: times.length },
    };
  });
}

/** What a hybrid answers with where no base reads: `compare` does not train it by itself. */
async function trainSlots(context: ProjectContext): Promise<void> {
  await ingest(context, { progress: silentProgress });
  await requestTuning(context, { method: "slots", budget: { minutes: 1 }, progress: silentProgress });
}
