// Holds the questions to the documents: ids are unique, sources and pages exist, every answer stands where it is said to.
// Run: node examples/tidewater/make/check-questions.ts
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { normalised, pagesOf } from "./source-text.ts";

type Relevant = { readonly source: string; readonly page?: number };
type Fact = {
  readonly id: string;
  readonly question: string;
  readonly references: readonly string[];
  readonly answerable: boolean;
  readonly kind: string;
  readonly relevant: readonly Relevant[];
};
type Change = {
  readonly id: string;
  readonly question: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly source: string;
};

const openingWords = 6;

function rowsOf<Row>(name: string): readonly Row[] {
  const text = readFileSync(join(import.meta.dirname, "../questions", name), "utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

function problemsOf(fact: Fact): readonly string[] {
  if (!fact.answerable) {
    return fact.references.length + fact.relevant.length === 0
      ? []
      : [`${fact.id}: unanswerable, yet it has an answer`];
  }
  const texts = fact.relevant.map(textOf);
  const found = texts.filter((text) => text !== undefined).map(normalised);
  const least = fact.kind === "multi-document" ? 2 : 1;
  return [
    ...fact.relevant.filter((_, index) => texts[index] === undefined).map((at) => `${fact.id}: no ${placeOf(at)}`),
    ...fact.relevant
      .filter(({ source, page }) => source.endsWith(".pdf") !== (page !== undefined))
      .map((at) => `${fact.id}: a page belongs to PDFs, and only to them: ${placeOf(at)}`),
    ...(fact.relevant.length < least ? [`${fact.id}: names too few documents`] : []),
    ...(fact.references.length === 0 ? [`${fact.id}: has no reference`] : []),
    ...fact.references
      .filter((reference) => !found.some((text) => text.includes(normalised(reference))))
      .map((reference) => `${fact.id}: "${reference}" does not stand in ${fact.relevant.map(placeOf).join(" or ")}`),
  ];
}

function textOf({ source, page }: Relevant): string | undefined {
  const pages = pagesOf(source);
  return page === undefined ? pages?.join(" ") : pages?.[page - 1];
}

function placeOf({ source, page }: Relevant): string {
  return page === undefined ? source : `${source}, page ${page}`;
}

function changeProblemsOf(change: Change): readonly string[] {
  return [
    ...missing(change, change.before, change.source),
    ...missing(change, change.after, `changes/${change.source}`),
  ];
}

function missing(change: Change, answers: readonly string[], source: string): readonly string[] {
  const text = pagesOf(source)?.join(" ");
  if (text === undefined) return [`${change.id}: no ${source}`];
  return answers
    .filter((answer) => !normalised(text).includes(normalised(answer)))
    .map((answer) => `${change.id}: "${answer}" does not stand in ${source}`);
}

/** Values that occur more than once. */
function repeated(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

function opening(question: string): string {
  return question.toLowerCase().split(/\s+/).slice(0, openingWords).join(" ");
}

const facts: readonly Fact[] = rowsOf<Fact>("facts.jsonl");
const changes: readonly Change[] = rowsOf<Change>("changes.jsonl");
const problems = [
  ...facts.flatMap(problemsOf),
  ...changes.flatMap(changeProblemsOf),
  ...repeated([...facts, ...changes].map(({ id }) => id)).map((id) => `${id}: is used twice`),
  ...repeated(facts.map(({ question }) => opening(question))).map((words) => `two questions begin "${words} …"`),
];

for (const kind of new Set(facts.map((fact) => fact.kind))) {
  console.log(`${String(facts.filter((fact) => fact.kind === kind).length).padStart(4)}  ${kind}`);
}
console.log(`${String(facts.length).padStart(4)}  facts in all, and ${changes.length} changes`);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
