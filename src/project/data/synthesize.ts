// `assay data synthesize`: questions and answers from the ingested documents, each with the words that carry it. Offline by
// rules; with a model, written and checked by it. Restricted documents are left out: weights know no access groups.
import { resolve } from "node:path";
import type { Chunk } from "../../core/documents.ts";
import { AssayError } from "../../core/errors.ts";
import { contentHash } from "../../core/hash.ts";
import type { Json } from "../../core/json.ts";
import type { Progress } from "../../core/progress.ts";
import { findLeakage } from "../../evaluation/leakage.ts";
import { similarPairs } from "../../tuning/data/near-duplicates.ts";
import { pairsFromModel, writingPrompt } from "../../tuning/data/pairs-from-model.ts";
import { pairsFromText } from "../../tuning/data/pairs-from-text.ts";
import { faultOf, pairLine, type QuestionPair } from "../../tuning/data/question-pair.ts";
import { type Knowledge, openKnowledge } from "../knowledge/knowledge.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { readHeldOutQuestionsIfAny, readTrainingExamples } from "./data-files.ts";
import { pairsFromExamples } from "./given-pairs.ts";
import { type RaftWishes, raftLines } from "./raft.ts";
import { nameOf, refuseOverwriting, writeLines } from "./rows.ts";
import { slotLines } from "./slots.ts";
import {
  eachOf,
  type PlannedCall,
  planSpending,
  requireConsent,
  type SpendingPlan,
  spendingInWords,
  writerOf,
} from "./spending.ts";

export type DataSynthesizeOptions = {
  readonly progress: Progress;
  /** `provider/model`; default: rules, no model. */
  readonly model?: string;
  /** Most pairs. Default 200. */
  readonly limit?: number;
  /** Default 1: which pairs are taken where there are more. */
  readonly seed?: number;
  /** Absolute; default `synthesized.jsonl`, or `raft.jsonl`, in the project. */
  readonly out?: string;
  readonly force?: boolean;
  /** Says what it would cost and does nothing. */
  readonly dryRun?: boolean;
  /** Consent to the price. */
  readonly yes?: boolean;
  readonly raft?: RaftWishes;
  /** Cuts quotes out of the examples, and adds questions that only a quote answers. */
  readonly slots?: boolean;
};

/** What `assay data synthesize --json` prints. */
export type DataSynthesizeResult = {
  /** Null in a dry run. */
  readonly written: string | null;
  readonly examples: number;
  readonly byMethod: Readonly<Record<string, number>>;
  /** Reason → how many pairs it cost. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly restrictedDocuments: number;
  /** Null where no model is asked. */
  readonly plan: SpendingPlan | null;
};

const defaultLimit = 200;
const pairsPerPassage = 2;
/** Tokens that a reply with two pairs takes, and a check of them. */
const replyTokens = 160;
const verdictTokens = 30;

/** Throws `AssayError`: `no-index` before the first ingest, `bad-usage` without consent, `no-documents` where nothing is found. */
export async function dataSynthesize(
  context: ProjectContext,
  options: DataSynthesizeOptions,
): Promise<DataSynthesizeResult> {
  const out = options.out ?? resolve(context.directory, defaultFile(options));
  if (!options.dryRun) refuseOverwriting([out], options.force ?? false);
  const knowledge = await openKnowledge(context);
  try {
    const restricted = [...context.documents.all()].filter(({ groups }) => groups.length > 0).length;
    const drafted = options.model
      ? await fromModel(context, knowledge, options.model, options)
      : { pairs: fromRules(context), dropped: [], plan: null };
    const given = options.raft ? await givenPairs(context) : [];
    const { plan } = drafted;
    if (options.dryRun && plan)
      return { written: null, examples: 0, byMethod: {}, dropped: {}, restrictedDocuments: restricted, plan };
    const { pairs, dropped } = await selected(context, [...given, ...drafted.pairs], options);
    if (pairs.length === 0) throw nothingFound(context);
    const { lines, dropped: unrendered } = await rendered(context, knowledge, pairs, options);
    if (!options.dryRun)
      await writeLines(
        out,
        lines.map((line) => JSON.stringify(line)),
      );
    return {
      written: options.dryRun ? null : nameOf(context, out),
      examples: lines.length,
      byMethod: counted(pairs.map(({ method }) => method)),
      dropped: counted([...drafted.dropped, ...dropped, ...unrendered]),
      restrictedDocuments: restricted,
      plan,
    };
  } finally {
    await knowledge.close();
  }
}

const defaultFile = ({ raft, slots }: DataSynthesizeOptions): string => {
  if (raft) return "raft.jsonl";
  return slots ? "slots.jsonl" : "synthesized.jsonl";
};

async function rendered(
  context: ProjectContext,
  knowledge: Knowledge,
  pairs: readonly QuestionPair[],
  { raft, slots }: DataSynthesizeOptions,
): Promise<{ readonly lines: readonly Json[]; readonly dropped: readonly string[] }> {
  if (raft) return raftLines(context, knowledge, pairs, raft);
  return slots ? slotLines(context, pairs) : { lines: pairs.map((pair) => pairLine(pair)), dropped: [] };
}

type Drafted = {
  readonly pairs: readonly QuestionPair[];
  readonly dropped: readonly string[];
  readonly plan: SpendingPlan | null;
};

function fromRules(context: ProjectContext): readonly QuestionPair[] {
  return [...context.documents.all()].filter(({ groups }) => groups.length === 0).flatMap(pairsFromText);
}

async function givenPairs(context: ProjectContext): Promise<readonly QuestionPair[]> {
  return pairsFromExamples(await readTrainingExamples(context), [...context.documents.all()]);
}

async function fromModel(
  context: ProjectContext,
  knowledge: Knowledge,
  name: string,
  options: DataSynthesizeOptions,
): Promise<Drafted> {
  const { limit = defaultLimit, seed = 1, progress } = options;
  const model = await writerOf(context, name);
  const passages = await somePassages(knowledge, Math.ceil(limit / pairsPerPassage), seed);
  const hits = passages.map((chunk) => ({ chunk, score: 0, legs: {} }));
  const plan = await planSpending(
    context,
    name,
    hits.flatMap((hit): readonly PlannedCall[] => {
      const prompt = writingPrompt(hit, pairsPerPassage);
      // Checking sends the passage again, with the pairs.
      return [
        { prompt, outputTokens: replyTokens },
        { prompt, outputTokens: verdictTokens },
      ];
    }),
  );
  if (options.dryRun) return { pairs: [], dropped: [], plan };
  requireConsent(plan, options.yes ?? false);
  const stage = progress.start(`Writing questions (${spendingInWords(plan)})`, hits.length);
  const written = await eachOf(hits, context.config.evaluation.concurrency, async (hit) => {
    const result = await pairsFromModel(model, hit, pairsPerPassage);
    stage.advance(1, hit.chunk.source);
    return result;
  });
  stage.end();
  return { pairs: written.flatMap(({ pairs }) => pairs), dropped: written.flatMap(({ dropped }) => dropped), plan };
}

/** A seeded choice among the passages that everybody may read; short scraps hold no two questions. */
async function somePassages(knowledge: Knowledge, count: number, seed: number): Promise<readonly Chunk[]> {
  const all: Chunk[] = [];
  for await (const chunks of knowledge.index.scan()) {
    all.push(...chunks.filter(({ groups, text }) => groups.length === 0 && text.length >= 80));
  }
  return inSeededOrder(all, seed, ({ id }) => id).slice(0, count);
}

/** Good pairs, no two nearly alike, none that a held-out question resembles; at most `limit`, in seeded order. */
async function selected(
  context: ProjectContext,
  drafted: readonly QuestionPair[],
  { limit = defaultLimit, seed = 1 }: DataSynthesizeOptions,
): Promise<{ readonly pairs: readonly QuestionPair[]; readonly dropped: readonly string[] }> {
  const faults = drafted.map((pair) => faultOf(pair, context.documents.get(pair.citation.documentId)?.text ?? ""));
  const good = drafted.filter((_, place) => faults[place] === undefined);
  // "… for the Wren" and "… for the Osprey" read alike and are two questions: what counts is the answer.
  const repeats = similarPairs(good.map(({ question }) => question)).filter(
    ({ first, second, similarity }) => similarity === 1 || good[first]?.answer === good[second]?.answer,
  );
  const repeated = new Set(repeats.map(({ second }) => second));
  const fresh = good.filter((_, place) => !repeated.has(place));
  const leaked = await leakedPlaces(context, fresh);
  const kept = fresh.filter((_, place) => !leaked.has(place));
  return {
    pairs: inSeededOrder(kept, seed, ({ question }) => question).slice(0, limit),
    dropped: [
      ...faults.filter((fault) => fault !== undefined),
      ...[...repeated].map(() => "nearly the same question as another"),
      ...[...leaked].map(() => "resembles a held-out question"),
      ...kept.slice(limit).map(() => "more than --limit"),
    ],
  };
}

async function leakedPlaces(context: ProjectContext, pairs: readonly QuestionPair[]): Promise<ReadonlySet<number>> {
  const questions = (await readHeldOutQuestionsIfAny(context)) ?? [];
  const asked = pairs.map(({ question }) => ({ messages: [{ role: "user" as const, content: question }] }));
  return new Set(findLeakage(asked, questions).map(({ trainingLine }) => trainingLine - 1));
}

function inSeededOrder<T>(items: readonly T[], seed: number, keyOf: (item: T) => string): readonly T[] {
  return items
    .map((item) => ({ item, key: contentHash(`${seed}:${keyOf(item)}`) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ item }) => item);
}

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function nothingFound(context: ProjectContext): AssayError {
  return new AssayError({
    code: "no-documents",
    message: `${context.directory}: no question could be made from the documents`,
    remedy: "ingest documents with headings, tables or full sentences, or let a model write: --model provider/model",
  });
}
