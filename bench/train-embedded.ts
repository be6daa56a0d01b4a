// Trains the weights that ship with the embedded reranker and reader, and writes them into src/models/embedded:
//   node bench/train-embedded.ts --data DIR [--cache DIR] [--dry-run]
// Prints what they are worth on corpora and questions that the measured weights were not trained on.
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  areaUnderCurve,
  fitConfidence,
  fitMissing,
  judge,
  reliabilityTable,
  riskCoverage,
} from "./embedded/confidence-training.ts";
import { type PreparedCorpus, prepareCorpus } from "./embedded/memory-index.ts";
import {
  fitSentenceWeights,
  folds,
  isRightAt,
  namedReaderWeights,
  outOfFold,
  type ReadQuestion,
  readingsOf,
} from "./embedded/reader-training.ts";
import {
  type CorpusRankings,
  fitReranker,
  namedWeights,
  rankingQuality,
  rankingsOf,
} from "./embedded/reranker-training.ts";
import {
  chunkingEval,
  clozes,
  codeChunks,
  manuals,
  scifact,
  type TrainingCorpus,
} from "./embedded/training-corpora.ts";
import { writeReaderWeights, writeRerankerWeights } from "./embedded/weights-file.ts";

const seed = 1;
const denseWeight = 0.3;

const { values } = parseArgs({
  options: { data: { type: "string" }, cache: { type: "string" }, "dry-run": { type: "boolean", default: false } },
});
if (!values.data) {
  console.error("train-embedded: --data DIR is missing: the folder that holds retrieval/, rag-qa/ and text/");
  process.exit(2);
}
const data = values.data;
const cache = values.cache ?? join(tmpdir(), "assay-train-embedded");

const corpora = [scifact(data), codeChunks(data), chunkingEval(data), manuals(data, seed), clozes(data, seed)];
const prepared = new Map<string, PreparedCorpus>();
for (const corpus of corpora) {
  // Clozes ask about the very sections of the manuals.
  const known = corpus.name === "clozes" ? prepared.get("manuals") : undefined;
  prepared.set(corpus.name, known ?? (await prepareCorpus(corpus.name, corpus.chunks, cache)));
}
const preparedOf = (corpus: TrainingCorpus) => prepared.get(corpus.name) as PreparedCorpus;

const rerankerWeights = await trainReranker();
await trainReader();

async function trainReranker() {
  const rankings: CorpusRankings[] = [];
  for (const corpus of corpora) rankings.push(await rankingsOf(corpus, preparedOf(corpus), denseWeight));
  console.log("Reranker: nDCG@10 and hit@1 in % (fusion; reranked by weights that never saw the corpus)");
  for (const own of rankings) {
    const before = rankingQuality(own);
    const after = rankingQuality(own, fitReranker(rankings.filter((other) => other !== own)));
    const show = ({ ndcg10, hit1 }: typeof before) => `${ndcg10.toFixed(1)} ${hit1.toFixed(1)}`;
    console.log(`  ${own.name.padEnd(14)} ${show(before)}   ${show(after)}   n ${own.questions.length}`);
  }
  const weights = namedWeights(fitReranker(rankings));
  if (!values["dry-run"]) writeRerankerWeights(weights, writeFileSync);
  return weights;
}

async function trainReader() {
  const options = { denseWeight, reranker: rerankerWeights };
  const taught = corpora.map(({ questions, ...rest }) => ({
    ...rest,
    questions: questions.filter(({ spans }) => spans.size > 0),
  }));
  const read: ReadQuestion[] = [];
  for (const corpus of taught)
    read.push(...(await readingsOf(corpus, preparedOf(corpus), { ...options, isMissing: false })));
  const missing: ReadQuestion[] = [];
  for (const corpus of taught.filter(({ name }) => name !== "scifact")) {
    missing.push(...(await readingsOf(corpus, preparedOf(corpus), { ...options, isMissing: true })));
  }
  const sentence = namedReaderWeights(fitSentenceWeights(read));
  console.log("Reader: first sentence right, one of the first three right, in % (weights from the other folds)");
  const held = outOfFold([...read, ...missing]);
  for (const { name } of taught) {
    const own = held.filter((reading) => reading.corpus === name && !reading.isMissing);
    if (own.length === 0) continue;
    const share = (positions: readonly number[]) =>
      ((100 * own.filter((reading) => positions.some((at) => isRightAt(reading, at))).length) / own.length).toFixed(1);
    console.log(`  ${name.padEnd(14)} ${share([0])} ${share([0, 1, 2])}   n ${own.length}`);
  }
  // Claims are no questions: what is certain about them says little about questions.
  const asked = held.filter(({ corpus }) => corpus !== "scifact");
  reportConfidence(asked);
  if (!values["dry-run"]) {
    writeReaderWeights({ sentence, confidence: fitConfidence(asked), missing: fitMissing(asked) }, writeFileSync);
  }
}

/** Each fold is judged by weights from the others. */
function reportConfidence(asked: readonly ReadQuestion[]) {
  const across = (train: typeof fitConfidence, isTrue: (reading: ReadQuestion) => boolean) =>
    Array.from({ length: folds }, (_, fold) => {
      const weights = train(asked.filter((reading) => reading.fold !== fold));
      return judge(
        asked.filter((reading) => reading.fold === fold),
        weights,
        isTrue,
      );
    }).flat();
  const missing = across(fitMissing, ({ isMissing }) => isMissing);
  console.log(`Missing documents: AUC ${areaUnderCurve(missing).toFixed(3)}`);
  const declined = (wanted: boolean) => {
    const cases = missing.filter(({ isTrue }) => isTrue === wanted);
    return ((100 * cases.filter(({ probability }) => probability > 0.5).length) / cases.length).toFixed(1);
  };
  console.log(`  declined at 0.5: ${declined(true)}% of the missing, ${declined(false)}% of the others`);
  const present = new Set(asked.filter(({ isMissing }) => !isMissing));
  const confidence = across(fitConfidence, (reading) => isRightAt(reading, 0));
  console.log(`Confidence, missing documents included (n ${confidence.length})\n${reliabilityTable(confidence)}`);
  const answerable = Array.from({ length: folds }, (_, fold) => {
    const weights = fitConfidence(asked.filter((reading) => reading.fold !== fold));
    const own = [...present].filter((reading) => reading.fold === fold);
    return judge(own, weights, (reading) => isRightAt(reading, 0));
  }).flat();
  console.log(
    `Answerable alone: right among the most confident  ${riskCoverage(answerable)}\n${reliabilityTable(answerable)}`,
  );
}
