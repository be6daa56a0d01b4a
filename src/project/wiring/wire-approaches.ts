// From approach names to approaches: the one place that knows which there are and what each is made of.
import { alwaysDecline } from "../../approaches/always-decline.ts";
import { bm25Extractive } from "../../approaches/bm25-extractive.ts";
import { fewShot } from "../../approaches/few-shot.ts";
import { type FineTunedOptions, fineTuned } from "../../approaches/fine-tuned.ts";
import { hybrid, raft, slotHybrid } from "../../approaches/hybrid.ts";
import { longContext } from "../../approaches/long-context.ts";
import { majorityAnswer } from "../../approaches/majority-answer.ts";
import { oracle } from "../../approaches/oracle.ts";
import { promptOnly } from "../../approaches/prompt-only.ts";
import { queryRefiner } from "../../approaches/query-refiner.ts";
import { rag } from "../../approaches/rag.ts";
import { slotFilling } from "../../approaches/slot-filling.ts";
import type { Approach } from "../../core/answers.ts";
import type { ChatModel, GenerateOptions } from "../../core/models.ts";
import type { Hit } from "../../core/retrieval.ts";
import type { ProviderModel } from "../../core/training.ts";
import { refinedRetriever } from "../../retrieval/refined-retriever.ts";
import type { Knowledge } from "../knowledge/knowledge.ts";
import type { TunedGenerator } from "../tuning/tuned-generator.ts";
import type { TunedModels } from "../tuning/tuned-models.ts";
import type { ProjectContext } from "./context.ts";

/** In the order in which reports list them; yardsticks last. */
export const approachNames: readonly string[] = [
  "prompt-only",
  "few-shot",
  "long-context",
  "rag",
  "fine-tuned",
  "hybrid",
  "raft",
  "oracle",
  "always-decline",
  "majority-answer",
  "bm25-extractive",
];

const yardsticks: ReadonlySet<string> = new Set(["oracle", "always-decline", "majority-answer", "bm25-extractive"]);

export type PlannedApproach =
  | {
      readonly name: string;
      readonly yardstick: boolean;
      readonly approach: Approach;
      readonly labels: readonly string[];
      /** Answered by a tuned model on this machine, whatever the generator. */
      readonly isTunedHere?: boolean;
      /** The tuned model that answers, where a provider has it. */
      readonly provided?: ProviderModel;
    }
  | { readonly name: string; readonly yardstick: boolean; readonly reason: string };

export type ApproachParts = {
  readonly context: ProjectContext;
  readonly knowledge: Knowledge;
  readonly generator: ChatModel;
  readonly tuned: TunedModels;
  /** Gold passages by question id: the oracle's, and nobody else's. Absent where there are no held-out questions. */
  readonly gold?: ReadonlyMap<string, readonly Hit[]>;
};

/** What `name` is made of here, or why it cannot run. Undefined for an unknown name. */
export function planApproach(name: string, parts: ApproachParts): PlannedApproach | undefined {
  if (!approachNames.includes(name)) return undefined;
  const yardstick = yardsticks.has(name);
  const made = makers[name]?.(parts) ?? "this approach is not known";
  return typeof made === "string" ? { name, yardstick, reason: made } : { name, yardstick, ...made };
}

type Made = Omit<Extract<PlannedApproach, { approach: unknown }>, "name" | "yardstick"> | string;

const makers: Readonly<Record<string, (parts: ApproachParts) => Made>> = {
  "prompt-only": (parts) => ({ approach: promptOnly(common(parts)), labels: [labelOf(parts.generator)] }),
  "few-shot": (parts) => ({
    approach: fewShot({
      ...common(parts),
      embedder: parts.knowledge.embedder,
      exampleCount: parts.context.config.fewShot.examples,
    }),
    labels: [labelOf(parts.generator), labelOf(parts.knowledge.embedder)],
  }),
  "long-context": (parts) => ({
    approach: longContext({ ...common(parts), contextTokens: parts.context.config.longContext.contextTokens }),
    labels: [labelOf(parts.generator)],
  }),
  rag: (parts) => ({
    approach: rag({ ...common(parts), ...retrievalOptions(parts), retriever: parts.knowledge.retriever }),
    labels: [
      labelOf(parts.generator),
      labelOf(parts.knowledge.embedder),
      ...(parts.knowledge.reranker ? [parts.knowledge.reranker.name] : []),
    ],
  }),
  "fine-tuned": (parts) => {
    const tuned = parts.tuned.forMethod("sft");
    if (!tuned) return parts.tuned.whyNone;
    return { approach: fineTuned(weightsOf(parts, tuned)), ...describe(tuned) };
  },
  hybrid: (parts) => {
    const tuned = parts.tuned.forMethod("sft");
    if (!tuned?.reads) return hybridBySlots(parts) ?? needsReaderOrSlots;
    const { retriever, labels } = hybridRetriever(parts, tuned.model);
    const options = { ...common(parts), ...retrievalOptions(parts), ...weightsOf(parts, tuned) };
    const approach = hybrid({ ...options, retriever });
    return { approach, ...describe(tuned, labelOf(parts.knowledge.embedder), ...labels) };
  },
  raft: (parts) => {
    const tuned = parts.tuned.forMethod("raft");
    if (!tuned) return needsReader;
    const options = { ...common(parts), ...retrievalOptions(parts), ...weightsOf(parts, tuned) };
    const approach = raft({ ...options, retriever: parts.knowledge.retriever });
    const forced = tuned.reads ? [] : ["forced: random weights copy no passage faithfully"];
    return { approach, ...describe(tuned, ...forced, labelOf(parts.knowledge.embedder)) };
  },
  oracle: (parts) =>
    parts.gold
      ? {
          approach: oracle({ ...common(parts), gold: parts.gold, pagesOf: pagesOf(parts) }),
          labels: [labelOf(parts.generator)],
        }
      : "needs held-out questions that name their relevant documents",
  "always-decline": () => ({ approach: alwaysDecline(), labels: [] }),
  "majority-answer": () => ({ approach: majorityAnswer(), labels: [] }),
  "bm25-extractive": (parts) => {
    const model = parts.context.models.extractive(parts.knowledge.parts);
    const approach = bm25Extractive({ ...retrievalOptions(parts), model, retriever: parts.knowledge.lexicalRetriever });
    return { approach, labels: [labelOf(model), "BM25"] };
  },
};

/** A model trained from random weights has never met a passage. */
const needsReader =
  "needs a base that reads: a provider's tuned model (tuning.models) or a local base (tuning.base), then assay tune";

const needsReaderOrSlots = `${needsReader}; or quotes in a tuned envelope: assay tune --method slots`;

/** DESIGN's slot-filling hybrid: what random weights can learn, and facts from a reader that only quotes. */
function hybridBySlots(parts: ApproachParts): Made | undefined {
  const tuned = parts.tuned.forMethod("slots");
  if (!tuned) return undefined;
  const reader = parts.context.models.extractive(parts.knowledge.parts);
  const model = slotFilling({ writer: tuned.model, reader });
  const { retriever, labels } = hybridRetriever(parts, tuned.model);
  const options = { ...common(parts), ...retrievalOptions(parts), model, training: tuned.training };
  const approach = slotHybrid({ ...options, retriever });
  return { approach, ...describe({ ...tuned, model }, labelOf(parts.knowledge.embedder), ...labels) };
}

/** The tuned model rewrites the question where it can be told to, else the configured generator. */
function hybridRetriever({ context, knowledge, generator }: ApproachParts, tuned: ChatModel) {
  const { refineQuery: search } = context.config.hybrid;
  const { retriever } = knowledge;
  if (search === "off") return { retriever, labels: [] };
  const model = [tuned, generator].find(({ followsInstructions }) => followsInstructions);
  if (!model) return { retriever, labels: ["no model here can be told to rewrite a question: searched as asked"] };
  const label = `${model.name} rewrites the question before the search (${search})`;
  return { retriever: refinedRetriever({ retriever, refiner: queryRefiner(model), search }), labels: [label] };
}

/** The tuned model in place of the configured generator. */
function weightsOf(parts: ApproachParts, { model, training }: TunedGenerator): FineTunedOptions {
  return { ...common(parts), model, training };
}

function describe({ model, isOutdated, tuning, provided }: TunedGenerator, ...others: readonly string[]) {
  const labels = [
    labelOf(model),
    ...(tuning ? [`trained on ${tuning.examples} examples (${tuning.id})`] : []),
    ...(isOutdated ? ["the examples have changed since: assay tune"] : []),
    ...others,
  ];
  return {
    labels,
    isTunedHere: tuning !== undefined && tuning.result.model === undefined,
    ...(provided ? { provided } : {}),
  };
}

function common({ context, generator }: ApproachParts) {
  const { instructions, temperature, maxOutputTokens } = context.config.generation;
  const generate: GenerateOptions = {
    temperature,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  };
  return { model: generator, generate, ...(instructions === undefined ? {} : { instructions }) };
}

function retrievalOptions(parts: ApproachParts) {
  const { topK, contextTokens, ordering } = parts.context.config.retrieval;
  return { topK, contextTokens, ordering, pagesOf: pagesOf(parts) };
}

function pagesOf({ context }: ApproachParts) {
  return (documentId: string) => context.documents.get(documentId)?.pages;
}

function labelOf(part: { readonly name: string; readonly label: string }): string {
  return `${part.name}: ${part.label}`;
}
