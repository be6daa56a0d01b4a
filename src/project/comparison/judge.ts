// From the judge's name in the configuration to a judge whose verdicts are kept and whose spending is capped.

import { resolve } from "node:path";
import { identityOf } from "../../core/component.ts";
import type { CostModel, Metric } from "../../core/scores.ts";
import type { Judge } from "../../evaluation/judges/judge.ts";
import { judgePromptsVersion } from "../../evaluation/judges/judge-prompts.ts";
import { keptJudge } from "../../evaluation/judges/kept-judge.ts";
import { lexicalJudge, lexicalJudgeVersion } from "../../evaluation/judges/lexical-judge.ts";
import { familyWarning } from "../../evaluation/judges/model-family.ts";
import { modelJudge } from "../../evaluation/judges/model-judge.ts";
import { nliJudge, nliJudgeVersion } from "../../evaluation/judges/nli-judge.ts";
import { judgedMetrics, unreferencedMetrics } from "../../evaluation/metrics/judged-metrics.ts";
import { standardMetrics } from "../../evaluation/metrics/standard-metrics.ts";
import { openNliModel } from "../../models/local/nli-model.ts";
import type { Analyser } from "../../text/analyser.ts";
import type { EmbeddedParts } from "../knowledge/embedded-parts.ts";
import type { Knowledge } from "../knowledge/knowledge.ts";
import { tableStore } from "../state/call-store.ts";
import type { ProjectContext } from "../wiring/context.ts";

/** The judge called `embedded/lexical`, reading as `analyser` does. Its verdicts cost less than a look-up: none is kept. */
function lexicalJudgeOf(analyser: Analyser): Judge {
  return lexicalJudge({ terms: (text) => analyser.terms(text), termsIdentity: identityOf(analyser) });
}

/** A judge of a provider (`parts`: none before the first ingest): verdicts in the control database, `evaluation.judgeBudgetUsd` at most in this process. */
async function modelJudgeOf(
  context: ProjectContext,
  parts: EmbeddedParts | undefined,
  name: string,
  costModel: CostModel,
): Promise<Judge> {
  const judge = modelJudge(await context.models.uncached(name, parts));
  const { judgeBudgetUsd } = context.config.evaluation;
  return keptJudge(judge, tableStore(context.database, "verdicts"), { maxUsd: judgeBudgetUsd, costModel });
}

const nliPrefix = "nli/";

/** True for judges that call no provider and so cost nothing but time. */
export function isLocalJudge(name: string): boolean {
  return name === "none" || name.startsWith("embedded/") || name.startsWith(nliPrefix);
}

/** The judge that `name` stands for, any but `none`. Throws `AssayError`, e.g. `unknown-model`, `missing-key`, `not-found`. */
export async function judgeOf(
  context: ProjectContext,
  name: string,
  analyser: Analyser,
  provider: { readonly parts?: EmbeddedParts; readonly costModel: CostModel },
): Promise<Judge> {
  const lexical = lexicalJudgeOf(analyser);
  if (name === lexical.name) return lexical;
  if (!name.startsWith(nliPrefix)) return modelJudgeOf(context, provider.parts, name, provider.costModel);
  const model = await openNliModel(resolve(context.directory, name.slice(nliPrefix.length)));
  const judge = nliJudge({ name, modelHash: model.modelHash, entails: model.entails, lexical });
  return keptJudge(judge, tableStore(context.database, "verdicts"));
}

/** The configured judge; undefined for `none`. Throws `AssayError` `unknown-model` or `missing-key`. */
async function configuredJudge(
  context: ProjectContext,
  knowledge: Pick<Knowledge, "parts">,
  costModel: CostModel,
): Promise<Judge | undefined> {
  const { judge } = context.config.evaluation;
  if (judge === "none") return undefined;
  return judgeOf(context, judge, knowledge.parts.analyser, { parts: knowledge.parts, costModel });
}

/** Every metric of a comparison in this project. */
export async function metricsOf(
  context: ProjectContext,
  knowledge: Pick<Knowledge, "parts">,
  costModel: CostModel,
): Promise<readonly Metric[]> {
  const judge = await configuredJudge(context, knowledge, costModel);
  return [...standardMetrics(), ...(judge ? judgedMetrics(judge) : [])];
}

/** What can be scored of answers while serving; none without a judge. `evaluation.judgeBudgetUsd` caps this judge alone. */
export async function liveMetricsOf(
  context: ProjectContext,
  knowledge: Pick<Knowledge, "parts">,
  costModel: CostModel,
): Promise<readonly Metric[]> {
  const judge = await configuredJudge(context, knowledge, costModel);
  return judge ? unreferencedMetrics(judge) : [];
}

/** The version that a judge of this name has now: what was measured of another says nothing of it. */
export function judgeVersionOf(name: string): string {
  if (name.startsWith(nliPrefix)) return nliJudgeVersion;
  return name === "embedded/lexical" ? lexicalJudgeVersion : judgePromptsVersion;
}

/** What a report says of its judge. */
export function judgeAssumptions({ config }: ProjectContext): readonly string[] {
  const { judge, judgeBudgetUsd } = config.evaluation;
  if (judge === "none") return ["No judge: metrics that need one were not computed."];
  if (judge === "embedded/lexical") {
    return [
      "Judge embedded/lexical: word overlap, no language model. It follows no paraphrase and no negation; `assay judge check` measures it against your own labels.",
    ];
  }
  if (judge.startsWith(nliPrefix)) {
    return [
      `Judge ${judge}: a local model of natural language inference; it tells what a passage entails, and relevance only by words. Measure it with \`assay judge check\`.`,
    ];
  }
  const warning = familyWarning(judge, config.generator);
  return [`Judge ${judge}, at most USD ${judgeBudgetUsd} per comparison.`, ...(warning ? [warning] : [])];
}
