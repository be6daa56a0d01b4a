// Questions by rule, without any model: table cells, gaps in sentences, headings that ask, and near misses that join the row
// of one table with the column of another. Plain, and labelled so; a person accepts what is worth asking.
import type { SourceDocument } from "../../core/documents.ts";
import { hashOf } from "../../core/hash.ts";
import { languageOf } from "../../text/languages.ts";
import { foldWords } from "../metrics/answer-words.ts";
import { seededRandom } from "../statistics/random.ts";
import { type DocumentFacts, type Found, factsOf } from "./document-facts.ts";
import type { Draft, DraftKind } from "./draft.ts";

const ruleVersion = "1";

export type RuleOptions = { readonly count: number; readonly seed: number };

/** At most `count` drafts, spread over documents and kinds; every fifth is a near miss where tables allow. */
export function ruleQuestions(documents: readonly SourceDocument[], { count, seed }: RuleOptions): readonly Draft[] {
  const random = seededRandom(seed);
  const known = documents.map((document) => ({ document, facts: factsOf(document) }));
  const answerable = known.map(({ document, facts }) => shuffled(answerableDrafts(document, facts), random.below));
  const misses = shuffled(nearMisses(known), random.below).slice(0, Math.floor(count / 5));
  const asked = inTurns(shuffled(answerable, random.below), count - misses.length);
  return asked.flatMap((draft, at) => [
    draft,
    ...misses.slice(...(at % 4 === 3 ? [(at - 3) / 4, (at + 1) / 4] : [0, 0])),
  ]);
}

type Known = { readonly document: SourceDocument; readonly facts: DocumentFacts };

function answerableDrafts(document: SourceDocument, facts: DocumentFacts): readonly Draft[] {
  const { title } = document;
  const speaks = wordingOf(document);
  const cells = facts.cells.map(({ row, column, cell }) =>
    draftOf(document, "table", speaks.cell(column, row, title), cell.text, cell),
  );
  const numbers = facts.numbers.map(({ sentence, number }) => {
    const [from, to] = [number.start - sentence.start, number.end - sentence.start];
    const gapped = `${sentence.text.slice(0, from)}___${sentence.text.slice(to)}`;
    return draftOf(document, "cloze", speaks.gap(gapped, title), number.text, sentence);
  });
  const headings = facts.headings.map(({ heading, answer }) =>
    draftOf(document, "heading", heading, answer.text, answer),
  );
  return [...cells, ...numbers, ...headings];
}

function draftOf(document: SourceDocument, kind: DraftKind, question: string, reference: string, gold: Found): Draft {
  const { start, end, text } = gold;
  return {
    id: idOf(question),
    question,
    references: [reference],
    answerable: true,
    kind,
    group: document.id,
    relevant: [{ documentId: document.id, start, end }],
    provenance: { madeBy: "documents", version: ruleVersion, quotes: [text] },
  };
}

/** The same question has the same id, whenever it is drafted. */
export function idOf(question: string): string {
  return `draft-${hashOf(question).slice(0, 10)}`;
}

/** A row of one table asked for the column of another. Both must never meet in one document, or it might be answered. */
function nearMisses(known: readonly Known[]): readonly Draft[] {
  const folded = known.map(({ document }) => foldWords(document.text));
  const meet = (row: string, column: string) => {
    const [a, b] = [foldWords(row), foldWords(column)];
    return folded.some((text) => text.includes(a) && text.includes(b));
  };
  const columns = [...new Set(known.flatMap(({ facts }) => facts.cells.map(({ column }) => column)))];
  return known.flatMap(({ document, facts }, at) => {
    const rows = [...new Set(facts.cells.map(({ row }) => row))];
    return rows.flatMap((row, step): Draft[] => {
      // One column per row, another for each, so that no column is asked for everywhere.
      const column = columns[(at + step * 7) % columns.length];
      if (column === undefined || meet(row, column)) return [];
      const question = wordingOf(document).cell(column, row);
      const provenance = { madeBy: "documents", version: ruleVersion, quotes: [row, column] };
      return [
        {
          id: idOf(question),
          question,
          references: [],
          answerable: false,
          kind: "near-miss",
          group: document.id,
          relevant: [],
          provenance,
        },
      ];
    });
  });
}

type Wording = {
  cell(column: string, row: string, title?: string): string;
  gap(sentence: string, title: string): string;
};

const inParentheses = (title?: string) => (title ? ` (${title})` : "");

const wordings: Readonly<Record<"en" | "de", Wording>> = {
  en: {
    cell: (column, row, title) => `What is the value of “${column}” for ${row}${inParentheses(title)}?`,
    gap: (sentence, title) => `What belongs in the gap: “${sentence}” (${title})?`,
  },
  de: {
    cell: (column, row, title) => `Welcher Wert gilt bei „${column}“ für ${row}${inParentheses(title)}?`,
    gap: (sentence, title) => `Was gehört in die Lücke: „${sentence}“ (${title})?`,
  },
};

/** In languages that have no wording here the fact alone is named: no English where nobody speaks it. */
const bare: Wording = {
  cell: (column, row, title) => `${row}: ${column}${inParentheses(title)}?`,
  gap: (sentence, title) => `“${sentence}” (${title})?`,
};

function wordingOf({ text }: SourceDocument): Wording {
  const language = languageOf(text, ["en", "de", "fr", "es", "it", "pt", "nl"]);
  return language === "en" || language === "de" ? wordings[language] : bare;
}

function shuffled<T>(items: readonly T[], below: (bound: number) => number): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** One from each list in turn, until `count` are taken or all are empty. */
function inTurns<T>(lists: readonly (readonly T[])[], count: number): readonly T[] {
  const taken: T[] = [];
  for (let round = 0; taken.length < count && lists.some((list) => list.length > round); round += 1) {
    for (const list of lists) {
      const item = list[round];
      if (item !== undefined && taken.length < count) taken.push(item);
    }
  }
  return taken;
}
