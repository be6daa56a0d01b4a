// The project that is served: 10,000 passages of documentation in a throw-away folder, and questions to ask of them.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const passages = 10_000;

export type ServeProject = {
  readonly directory: string;
  readonly questions: readonly string[];
  configure(config: object): void;
  /** Puts a new text in the place of one document. */
  edit(text: string): void;
  remove(): void;
};

export function makeServeProject(data: string): ServeProject {
  const folder = join(data, "retrieval/docs-headings");
  const directory = mkdtempSync(join(tmpdir(), "assay-bench-serve-"));
  mkdirSync(join(directory, "docs"));
  const corpus = gunzipSync(readFileSync(join(folder, "corpus.jsonl.gz"))).toString("utf8");
  writeFileSync(join(directory, "docs/corpus.jsonl"), corpus.split("\n", passages).join("\n"));
  const questions = readFileSync(join(folder, "queries.test.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { question: string }).question);
  const held = questions.slice(0, 3).map((question, place) => ({ id: `q${place}`, question, references: ["x"] }));
  writeFileSync(join(directory, "questions.jsonl"), held.map((one) => `${JSON.stringify(one)}\n`).join(""));
  // Every question is answered anew: what is measured is answering, not remembering.
  const configure = (config: object) =>
    writeFileSync(join(directory, "assay.config.json"), JSON.stringify({ server: { cachedAnswers: 0 }, ...config }));
  configure({});
  return {
    directory,
    questions,
    configure,
    edit: (text) => writeFileSync(join(directory, "docs/news.md"), text),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
