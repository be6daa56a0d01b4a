// Reads the sets that the shipped weights are trained on: passages with questions, the passages that answer them and,
// where known, the stretches that do. Nothing of these texts is kept in the repository.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Chunk } from "../../src/core/documents.ts";
import type { TextSpan } from "../../src/text/sentences.ts";
import { pseudoQuestions } from "./pseudo-questions.ts";
import { type SeededRandom, seededRandom } from "./seeded-random.ts";
import type { TrainingQuestion } from "./training-question.ts";

export type TrainingCorpus = {
  readonly name: string;
  readonly chunks: readonly Chunk[];
  readonly questions: readonly TrainingQuestion[];
};

export function chunkOf(id: string, title: string, text: string, documentId = id): Chunk {
  const place = { start: 0, end: text.length, headingPath: [], metadata: {}, groups: [] };
  return { id, documentId, source: documentId, title, ordinal: 0, text, ...place };
}

export function readRows<T>(path: string): readonly T[] {
  const bytes = readFileSync(path);
  const text = path.endsWith(".gz") ? gunzipSync(bytes).toString("utf8") : bytes.toString("utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}

type Row = { id: string; title: string; text: string; sentences?: readonly string[]; doc_id?: string };
type Claim = { question: string; evidence_ids: string[]; evidence_sentences: { doc: string; sentences: number[] }[] };

/** 809 claims over 5,183 abstracts, with the sentences that support or refute them. */
export function scifact(data: string): TrainingCorpus {
  const folder = join(data, "retrieval/scifact");
  const rows = readRows<Row>(join(folder, "corpus.jsonl.gz"));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const questions = readRows<Claim>(join(folder, "queries.train.jsonl")).map((claim) => {
    const spans = new Map<string, TextSpan[]>();
    for (const { doc, sentences } of claim.evidence_sentences) {
      const row = byId.get(doc);
      const found = sentences.flatMap((at) => spanOf(row?.text ?? "", row?.sentences?.[at]));
      spans.set(doc, [...(spans.get(doc) ?? []), ...found]);
    }
    return { text: claim.question, relevant: claim.evidence_ids, spans };
  });
  return { name: "scifact", chunks: rows.map((row) => chunkOf(row.id, row.title, row.text)), questions };
}

function spanOf(text: string, piece: string | undefined): readonly TextSpan[] {
  const wanted = piece?.trim() ?? "";
  const start = wanted === "" ? -1 : text.indexOf(wanted);
  return start < 0 ? [] : [{ start, end: start + wanted.length }];
}

/** 248 questions over 737 chunks of source code. */
export function codeChunks(data: string): TrainingCorpus {
  const folder = join(data, "retrieval/code-chunks");
  const rows = readRows<Row>(join(folder, "corpus.jsonl"));
  const asked = readRows<{ question: string; evidence_ids: string[] }>(join(folder, "queries.test.jsonl"));
  const questions = asked.map(({ question, evidence_ids }) => ({
    text: question,
    relevant: evidence_ids,
    spans: new Map<string, TextSpan[]>(),
  }));
  return { name: "code-chunks", chunks: rows.map((row) => chunkOf(row.id, "", row.text, row.doc_id)), questions };
}

type Evidence = { start_index: number; end_index: number };

/** 276 questions with their evidence in three texts, which are cut into passages of about 110 words. */
export function chunkingEval(data: string): TrainingCorpus {
  const folder = join(data, "rag-qa/chunking-eval");
  const asked = readRows<{ question: string; corpus: string; evidence: Evidence[] }>(
    join(folder, "queries.test.jsonl"),
  );
  const pieces = ["chatlogs", "state_of_the_union", "wikitexts"].flatMap((name) => {
    const text = readFileSync(join(folder, "corpora", `${name}.md`), "utf8");
    return passagesOf(text, name);
  });
  const questions = asked.map(({ question, corpus, evidence }) => {
    const spans = new Map<string, TextSpan[]>();
    for (const { start_index, end_index } of evidence) {
      for (const piece of pieces) {
        const start = Math.max(start_index, piece.start);
        const end = Math.min(end_index, piece.end);
        if (piece.name !== corpus || end - start < 20) continue;
        const found = { start: start - piece.start, end: end - piece.start };
        spans.set(piece.chunk.id, [...(spans.get(piece.chunk.id) ?? []), found]);
      }
    }
    return { text: question, relevant: [...spans.keys()], spans };
  });
  return { name: "chunking-eval", chunks: pieces.map(({ chunk }) => chunk), questions };
}

type Piece = { readonly name: string; readonly start: number; readonly end: number; readonly chunk: Chunk };

function passagesOf(text: string, name: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let title = "";
  let start = 0;
  const close = (end: number) => {
    const piece = text.slice(start, end);
    const id = `${name}#${pieces.length}`;
    if (piece.trim() !== "") pieces.push({ name, start, end, chunk: chunkOf(id, title, piece, `${name}/${title}`) });
    start = end;
  };
  // Pieces end at line breaks, or at sentence ends inside long lines.
  for (const match of text.matchAll(/\n|[.?!"] (?=[A-Z{])/g)) {
    const end = match.index + match[0].length;
    const words = text.slice(start, end).split(/\s+/).length;
    if (words >= (match[0] === "\n" ? 70 : 150)) close(end);
    const heading = match[0] === "\n" ? /^ = ([^=]+) = $/.exec(text.slice(end).split("\n", 1)[0] ?? "") : null;
    if (heading?.[1]) {
      close(end);
      title = heading[1].trim();
    }
  }
  close(text.length);
  return pieces;
}

type Section = { readonly file: string; readonly title: string; readonly heading: string; readonly text: string };

/** Sections of permissively licensed handbooks and manuals; their headings are the questions. */
export function manuals(data: string, seed: number): TrainingCorpus {
  const random = seededRandom(seed);
  const sections = manualSections(data, random);
  const chunks = sections.map(({ title, text, file }, at) => chunkOf(`s${at}`, title, text, file));
  const counts = new Map<string, number>();
  for (const { heading } of sections) counts.set(heading, (counts.get(heading) ?? 0) + 1);
  const headed = sections.flatMap(({ heading, title }, at) => {
    const isTelling = heading.split(/\s+/).length >= 3 && heading !== title && counts.get(heading) === 1;
    return isTelling ? [{ text: heading, relevant: [`s${at}`], spans: new Map<string, TextSpan[]>() }] : [];
  });
  return { name: "manuals", chunks, questions: random.sample(headed, 700) };
}

/** The same sections with questions made by cutting an answer out of a sentence (see pseudo-questions.ts). */
export function clozes(data: string, seed: number): TrainingCorpus {
  const random = seededRandom(seed);
  const sections = manualSections(data, random);
  const chunks = sections.map(({ title, text, file }, at) => chunkOf(`s${at}`, title, text, file));
  return { name: "clozes", chunks, questions: pseudoQuestions(chunks, 1000, random) };
}

const manualFolders = [
  { folder: "text/docs/rust-book", share: 1 },
  { folder: "text/docs/sourcegraph-handbook", share: 0.6 },
  { folder: "text/docs/peps", share: 0.2 },
  { folder: "text/docs/powershell-docs", share: 0.12 },
];

function manualSections(data: string, random: SeededRandom): readonly Section[] {
  return manualFolders.flatMap(({ folder, share }) => {
    const files = readdirSync(join(data, folder), { recursive: true, encoding: "utf8" }).sort();
    const pages = files.filter((file) => /\.(?:md|rst)$/.test(file) && random.next() < share);
    return pages.flatMap((file) => sectionsOf(readFileSync(join(data, folder, file), "utf8"), `${folder}/${file}`));
  });
}

/** Splits at Markdown headings, or at underlined ones in .rst, and keeps sections of 40 to 250 words of mostly prose. */
function sectionsOf(page: string, file: string): readonly Section[] {
  const pattern = file.endsWith(".rst") ? /^(.+)\n[=\-~^"']{4,}\n/gm : /^#{1,4} +(.+)\n/gm;
  const text = page.replace(/```[\s\S]*?```/g, "\n").replace(/<!--[\s\S]*?-->/g, "");
  const headings = [...text.matchAll(pattern)];
  const title = /^[Tt]itle: *(.+)$/m.exec(page)?.[1] ?? headings[0]?.[1] ?? "";
  return headings.flatMap((match, at) => {
    const body = text.slice(match.index + match[0].length, headings[at + 1]?.index ?? text.length).trim();
    const words = body.split(/\s+/);
    if (words.length < 40) return [];
    const clipped =
      words.length <= 250 ? body : body.slice(0, body.indexOf("\n\n", 900) > 0 ? body.indexOf("\n\n", 900) : 1600);
    return [
      {
        file,
        title: title.replace(/[`*]/g, ""),
        heading: (match[1] ?? "").replace(/[`*#]|\{.*\}/g, "").trim(),
        text: clipped,
      },
    ];
  });
}
