import { describe, expect, test } from "vitest";
import { isDecline } from "./decline.ts";
import { declineFromKnowledge, declineSentence } from "./instructions.ts";

const declines = [
  declineSentence,
  declineFromKnowledge,
  "I could not find this in the documents",
  "**I could not find this in the documents.**",
  "I couldn’t find any information about the parking rules in the passages.",
  "I'm sorry, but I cannot find this in the provided context.",
  "I don't have enough information to answer that.",
  "I don't know.",
  "I don't know. Please contact the harbour office.",
  "Unfortunately, the passages don't cover this.",
  "Leider konnte ich das in den Dokumenten nicht finden.",
  "The passages do not mention a refund period.",
  "The provided documents don't contain information about the pension plan.",
  "There is no information about a company car in the documents.",
  "This is not mentioned in the documents.",
  "The question cannot be answered from the given passages.",
  "No information on that is given in the documents.",
  "Das konnte ich in den Dokumenten nicht finden.",
  "Ich konnte dazu keine Angaben in den Unterlagen finden.",
  "Ich weiß es nicht.",
  "Die Dokumente enthalten keine Angaben zum Parkplatz.",
  "Je n'ai pas trouvé cette information dans les documents.",
  "Les documents ne contiennent pas cette information.",
  "No he podido encontrar esta información en los documentos.",
  "Los documentos no mencionan el plazo de devolución.",
  "Non ho trovato questa informazione nei documenti.",
];

const answers = [
  "The refund period is 30 days [1].",
  "The warranty does not cover water damage.",
  "No.",
  "No, employees may not carry over more than five days [2].",
  "The passages do not mention a fee; however, the price list gives 12 euros [3].",
  "I don't know the exact fee but it is at least four euros.",
  "I could not find this in the documents. However, refunds usually take 14 days.",
  "You cannot find a seat without a booking: reserve one in the app.",
  "If you do not know the code, ask the front desk.",
  "The form must contain your name; documents that do not contain a signature are rejected [1].",
  "Nicht benutzte Tage verfallen am 31. März.",
  "Der Parkplatz steht Mitarbeitern nicht zur Verfügung.",
  "Les chiens ne sont pas admis.",
  "No se admiten perros.",
  "Unknown senders are blocked.",
  "There is no fee for returns.",
  "The contract documents do not include shipping costs.",
  "I don't know the exact date. The tower was repaired in 1990.",
  "Sorry, we are closed on Mondays.",
  "",
];

describe("a decline", () => {
  test.each(declines)("%s", (text) => {
    expect(isDecline(text)).toBe(true);
  });
});

describe("an answer", () => {
  test.each(answers)("%s", (text) => {
    expect(isDecline(text)).toBe(false);
  });

  test("a long reply says something besides", () => {
    expect(isDecline(`The passages do not mention a date ${"and the tower was repaired in spring ".repeat(12)}`)).toBe(
      false,
    );
  });
});
