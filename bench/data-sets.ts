// The measuring sets, read where they lie (`--data DIR`) and turned into question files. Nothing of them enters the repository.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type BenchQuestion = {
  readonly id: string;
  readonly question: string;
  readonly answers: readonly string[];
  readonly answerable: boolean;
  /** Gold corpus ids, or pages of files. */
  readonly evidence: readonly ({ readonly documentId: string } | { readonly file: string; readonly page: number })[];
};

export type DataSet = {
  readonly name: string;
  /** What `assay ingest` is given. */
  readonly corpus: string;
  readonly questions: readonly BenchQuestion[];
};

const corpora: Readonly<Record<string, string>> = {
  "clapnq-dev": "rag-qa/clapnq-dev/corpus.jsonl",
  "northwind-handbook": "rag-qa/northwind-handbook/pdf",
  "product-docs": "rag-qa/product-docs/corpus.jsonl",
  "squad2-dev": "rag-qa/squad2-dev/corpus.jsonl.gz",
  "docs-headings": "retrieval/docs-headings/corpus.jsonl.gz",
};

export const questionAnsweringSets: readonly string[] = [
  "northwind-handbook",
  "squad2-dev",
  "product-docs",
  "clapnq-dev",
];

/** Undefined, with a line on stderr, where the data is not at hand. */
export function loadDataSet(data: string, name: string): DataSet | undefined {
  const corpus = join(data, corpora[name] ?? name);
  if (!existsSync(corpus)) {
    process.stderr.write(`${name}: skipped: ${corpus} not found\n`);
    return undefined;
  }
  const lines = readFileSync(join(corpus, "..", "queries.test.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean);
  return { name, corpus, questions: lines.map((line) => toQuestion(JSON.parse(line))) };
}

type Line = {
  id: string;
  question: string;
  answers?: string[];
  answerable?: boolean;
  evidence_ids?: string[];
  evidence?: { file: string; page: number }[];
};

function toQuestion({
  id,
  question,
  answers = [],
  answerable = true,
  evidence_ids,
  evidence = [],
}: Line): BenchQuestion {
  const gold = evidence_ids
    ? evidence_ids.map((documentId) => ({ documentId }))
    : evidence.map(({ file, page }) => ({ file, page }));
  return { id, question, answers, answerable, evidence: answerable ? gold : [] };
}
