import { expect, test } from "vitest";
import { countTokens } from "./tokens.ts";

test("counts words, numbers and punctuation by its rule", () => {
  expect(countTokens("")).toBe(0);
  expect(countTokens("The quick brown fox")).toBe(4);
  expect(countTokens("internationalisation")).toBe(4);
  expect(countTokens("1234567")).toBe(3);
  expect(countTokens("camelCase")).toBe(2);
  expect(countTokens("end.\n\nNext")).toBe(3);
  expect(countTokens("日本語")).toBe(3);
});

test("stays within 15% of o200k_base on prose, German, code and tables", () => {
  // The counts on the right were made once with OpenAI's o200k_base vocabulary.
  const samples: readonly (readonly [string, number])[] = [
    [english, 80],
    [german, 93],
    [code, 79],
    [table, 76],
  ];
  for (const [text, reference] of samples) expect(Math.abs(countTokens(text) / reference - 1)).toBeLessThan(0.15);
});

test("counts a megabyte of anything in a blink", () => {
  const start = performance.now();
  for (const unit of ["word ", "a", "#", " ", "\n", "7", "é", "漢", "😀"])
    countTokens(unit.repeat(1_000_000 / unit.length));
  expect(performance.now() - start).toBeLessThan(1_500);
});

const english =
  "Employees who travel on company business are reimbursed for reasonable expenses. Receipts must be submitted within thirty days of the journey, together with the approval number that the travel desk issued. Flights longer than six hours may be booked in premium economy; anything above that needs the written consent of a director. If a booking is cancelled for reasons outside the traveller's control, the cancellation fee is covered as well.";

const german =
  "Beschäftigte erhalten für Dienstreisen eine Erstattung der notwendigen Auslagen. Belege sind innerhalb von dreißig Tagen nach der Rückkehr einzureichen, zusammen mit der Genehmigungsnummer der Reisestelle. Bei Flügen über sechs Stunden darf eine höhere Klasse gebucht werden; alles Weitere bedarf der schriftlichen Zustimmung der Geschäftsführung. Wird eine Buchung ohne eigenes Verschulden storniert, so werden auch die Stornokosten übernommen.";

const code = `export function totalOf(items: readonly Item[], taxRate = 0.19): number {
  let total = 0;
  for (const item of items) {
    if (item.quantity <= 0) continue;
    total += item.quantity * item.unitPrice;
  }
  return Math.round(total * (1 + taxRate) * 100) / 100;
}`;

const table = `| Plan | Seats | Price per month | Support |
| --- | --- | --- | --- |
| Starter | 5 | 12.50 | e-mail |
| Team | 25 | 49.00 | e-mail, chat |
| Business | 100 | 180.00 | chat, telephone |
| Enterprise | unlimited | on request | named contact |`;
