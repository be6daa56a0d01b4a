import { describe, expect, test } from "vitest";
import { answerFit, answerKindOf } from "./answer-kind.ts";

describe("what a question wants", () => {
  test.each([
    ["How many ferries are there?", "quantity"],
    ["What is the price of a ticket?", "quantity"],
    ["Wie teuer ist ein Ticket?", "quantity"],
    ["When does it open?", "time"],
    ["Wann fährt die Fähre?", "time"],
    ["En quelle année ?", "time"],
    ["Who runs the harbour?", "person"],
    ["Where is pier four?", "place"],
    ["Why is it closed?", "cause"],
    ["How do I pay?", "method"],
    ["What is a ferry?", "definition"],
    ["Does a bicycle need a ticket?", "other"],
    ["", "other"],
  ])("%s", (question, kind) => {
    expect(answerKindOf(question)).toBe(kind);
  });

  test("what the question itself says is no answer", () => {
    expect(answerFit("quantity", "Which 3 piers?", "There are 3 piers.")).toBe(0.3);
    expect(answerFit("quantity", "How many piers?", "There are 3 piers.")).toBe(1);
    expect(answerFit("quantity", "How many piers?", "There are piers.")).toBe(0);
    expect(answerFit("person", "Who met Ada Okoro?", "Later Ada Okoro met them.")).toBe(0.3);
    expect(answerFit("person", "Who met Ada Okoro?", "Later Ada Okoro met Ben Vale.")).toBe(1);
    expect(answerFit("time", "When?", "It opened in March 1987.")).toBe(1);
  });
});
