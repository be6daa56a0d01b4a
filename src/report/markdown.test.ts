// The Markdown report: advice by kind and costs stand in it where they are known.
import { expect, test } from "vitest";
import { sampleReport } from "../testing/sample-report.ts";
import { renderMarkdown } from "./markdown.ts";

test("costs, what changes cost and break-even; an unknown amount is a dash", () => {
  const advice = {
    kind: "fact",
    questions: 9,
    approach: "rag",
    quality: null,
    notToldApart: [],
    because: "It is better.",
  };
  const text = renderMarkdown({ ...sampleReport, adviceByKind: [advice] });
  expect(text).toContain("| rag | $2.10 | – | $210 | $0.00042: embed the document again | $0: edit the instructions |");
  expect(text).toContain("rag costs less than long-context from 11 questions a month");
  expect(text).toContain("- fact: It is better.");
});

test("a report without costs has no such section", () => {
  expect(renderMarkdown({ ...sampleReport, money: undefined as never })).not.toContain("## Costs");
});
