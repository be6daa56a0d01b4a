// Writes trained weights as the TypeScript constants that ship, with how they were made.
import type { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ExtractiveReaderWeights } from "../../src/models/embedded/extractive-reader.ts";
import type { RerankerWeights } from "../../src/models/embedded/rerank-features.ts";

const folder = join(import.meta.dirname, "../../src/models/embedded");

const provenance = (what: string, from: string) => `// ${what}
// Written by \`node bench/train-embedded.ts --data DIR\`; do not edit.
// Trained on ${from}.
`;

const reranked =
  "SciFact claims, questions on source code, Chroma's chunking questions, headings of the Rust book, the\n// Sourcegraph handbook, Python PEPs and the PowerShell manual with their sections, and questions made from those texts";
const read =
  "SciFact claims with their evidence, Chroma's chunking questions with theirs, and questions made by cutting\n// answers out of the Rust book, the Sourcegraph handbook, Python PEPs and the PowerShell manual";

type Write = typeof writeFileSync;

export function writeRerankerWeights(weights: RerankerWeights, write: Write): void {
  const text = `${provenance("Weights of the linear reranker.", reranked)}import type { RerankerWeights } from "./rerank-features.ts";

export const shippedRerankerWeights: RerankerWeights = ${literal(weights)};
`;
  write(join(folder, "linear-reranker-weights.ts"), text);
}

export function writeReaderWeights({ sentence, confidence, missing }: ExtractiveReaderWeights, write: Write): void {
  const text = `${provenance("Weights of the extractive reader.", read)}import type { ConfidenceWeights } from "./answer-confidence.ts";
import type { ReaderWeights } from "./reader-features.ts";

export const shippedReaderWeights: ReaderWeights = ${literal(sentence)};

/** That the first quote answers the question. */
export const shippedConfidence: ConfidenceWeights = ${literal(confidence)};

/** That the documents hold nothing on it. */
export const shippedMissing: ConfidenceWeights = ${literal(missing)};
`;
  write(join(folder, "extractive-reader-weights.ts"), text);
}

function literal(weights: Readonly<Record<string, number>>): string {
  const lines = Object.entries(weights).map(([name, weight]) => `  ${name}: ${weight},`);
  return `{\n${lines.join("\n")}\n}`;
}
