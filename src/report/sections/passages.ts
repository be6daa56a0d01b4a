// The passages that approaches saw for one question, each shown once with who saw it and at which rank.
import type { ReportedAnswer } from "../../core/comparison.ts";
import { type Html, html } from "../html-template.ts";
import { fold } from "./table.ts";

type Passage = ReportedAnswer["passages"][number];

export type SeenPassage = {
  readonly passage: Passage;
  readonly seenBy: readonly { readonly approach: string; readonly rank: number }[];
};

/** In the order of the answers, then of rank. */
export function passagesOf(answers: readonly ReportedAnswer[]): readonly SeenPassage[] {
  const seen = new Map<string, { passage: Passage; seenBy: { approach: string; rank: number }[] }>();
  for (const { approach, passages } of answers) {
    for (const [at, passage] of passages.entries()) {
      const key = JSON.stringify([passage.source, passage.page ?? null, passage.text]);
      const entry = seen.get(key) ?? { passage, seenBy: [] };
      entry.seenBy.push({ approach, rank: at + 1 });
      seen.set(key, entry);
    }
  }
  return [...seen.values()];
}

/** `gold`: the evidence that the question names, found or not. */
export function passageList(passages: readonly SeenPassage[], gold: readonly string[]): Html {
  return html`<div class="passages"><h3 class="label">Passages seen</h3>
${goldWords(passages, gold)}
${passages.map(({ passage, seenBy }) => {
  const place = html`<cite>${passage.source}${passage.page !== undefined && `, page ${passage.page}`}</cite>`;
  const ranks = seenBy.map(({ approach, rank }) => `${approach} (${rank})`).join(", ");
  const summary = html`${passage.isGold && html`<mark class="gold">gold</mark> `}${place} <span class="seen">${ranks}</span>`;
  return fold(
    summary,
    html`<p class="text" dir="auto">${passage.text}</p>`,
    passage.isGold ? "passage is-gold" : "passage",
  );
})}</div>`;
}

function goldWords(passages: readonly SeenPassage[], gold: readonly string[]): Html {
  const found = passages.some(({ passage }) => passage.isGold);
  const named =
    gold.length > 0 && html`Gold evidence: ${gold.join("; ")}${found ? "." : ", which none of these passages holds."} `;
  const seen =
    passages.length === 0
      ? "No approach saw a passage."
      : "In brackets: its place among the passages that each approach saw.";
  return html`<p class="note">${named}${seen}</p>`;
}
