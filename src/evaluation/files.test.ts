// Question and example files: what is read, what is forgiven, and what each broken line is told.
import { expect, test } from "vitest";
import { parseExamples } from "./examples-file.ts";
import { parseAskLines, parseQuestions } from "./questions-file.ts";

const lines = (...rows: unknown[]) =>
  rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row))).join("\n");

test("a full line, defaults, blank lines, byte-order mark, CRLF", () => {
  const full = {
    id: "q1",
    question: " How often? ",
    reference: "daily",
    references: ["every day"],
    kind: "fact",
    group: 7,
    schema: { type: "object" },
    relevant: [{ source: "docs/a.md", page: 2, start: 3, end: 9, grade: 2 }],
    checks: [{ must: "^yes" }, { mustNot: "\\d" }],
    note: "ignored",
  };
  const { questions, issues } = parseQuestions(
    `\uFEFF${lines(full, "", { id: 2, question: "Who?", answerable: false }).replaceAll("\n", "\r\n")}`,
    "q.jsonl",
  );
  expect(issues).toEqual([]);
  expect(questions[0]).toEqual({
    id: "q1",
    text: "How often?",
    references: ["daily", "every day"],
    answerable: true,
    kind: "fact",
    group: "7",
    schema: { type: "object" },
    relevant: [{ source: "docs/a.md", page: 2, start: 3, end: 9, grade: 2 }],
    checks: [{ must: "^yes" }, { mustNot: "\\d" }],
  });
  expect(questions[1]).toEqual({ id: "2", text: "Who?", references: [], answerable: false, relevant: [], checks: [] });
});

test("a JSON object as reference is kept as its text", () => {
  const { questions } = parseQuestions(
    lines({ id: "1", question: "q", schema: {}, reference: { team: "billing" } }),
    "q.jsonl",
  );
  expect(questions[0]?.references).toEqual(['{"team":"billing"}']);
});

test("a rubric alone is gold: a judge grades by it", () => {
  const { questions, issues } = parseQuestions(lines({ id: "1", question: "q", rubric: ["Is short."] }), "q.jsonl");
  expect(issues).toEqual([]);
  expect(questions[0]?.rubric).toEqual(["Is short."]);
});

test.each([
  ["{broken", /not JSON; expected one object per line/],
  ["[]", /expected an object/],
  [{ question: "q", reference: "x" }, /^id: expected/],
  [{ id: "9", reference: "x" }, /^question: expected text, found nothing$/],
  [{ id: "9", question: "  ", reference: "x" }, /question: expected the question's text/],
  [{ id: "9", question: "q" }, /expected gold/],
  [{ id: "9", question: "q", answerable: "no" }, /^answerable: expected true or false, found text$/],
  [{ id: "9", question: "q", references: "x" }, /^references: expected a list, found text$/],
  [{ id: "9", question: 7, reference: "x" }, /^question: expected text, found the number 7$/],
  [{ id: "9", question: "q", relevant: [{ page: 1 }] }, /relevant\.0: expected documentId or source/],
  [{ id: "9", question: "q", relevant: [{ source: "a", start: 1 }] }, /relevant\.0: expected start and end together/],
  [{ id: "9", question: "q", relevant: [{ source: "a", page: 0 }] }, /relevant\.0\.page: pages count from 1/],
  [{ id: "9", question: "q", checks: [{ must: "(" }] }, /checks\.0.*regular expression/],
  [{ id: "9", question: "q", rubric: [] }, /expected gold/],
  [{ id: "9", question: "q", rubric: [" "] }, /rubric\.0: expected a rule in words/],
  [{ id: "9", question: "q", reference: ["x"] }, /^reference: expected a string/],
  [{ id: "first", question: "q", reference: "x" }, /id: "first" stands in line 1 of q\.jsonl already/],
])("a broken line says which and what was expected: %j", (broken, message) => {
  const { questions, issues } = parseQuestions(
    lines({ id: "first", question: "q", reference: "x" }, "", broken),
    "q.jsonl",
  );
  expect(questions.length).toBeGreaterThanOrEqual(1);
  expect(issues).toHaveLength(1);
  expect(issues[0]?.line).toBe(3);
  expect(issues[0]?.message).toMatch(message);
});

test("lines to ask need id and question alone", () => {
  const { questions, issues } = parseAskLines(
    lines({ id: "1", question: "Who?", references: 5 }, { id: "2" }, { id: "1", question: "x" }),
    "ask.jsonl",
  );
  expect(questions[0]).toEqual({ id: "1", text: "Who?" });
  expect(issues.map(({ line }) => line)).toEqual([2, 3]);
});

test("examples: the chat format, the assistant last, a user before", () => {
  const user = { role: "user", content: "Hi" };
  const assistant = { role: "assistant", content: "Hello" };
  const { examples, issues } = parseExamples(
    lines(
      { messages: [user, assistant] },
      { messages: [assistant, user] },
      { messages: [{ role: "system", content: "x" }, assistant] },
      {},
      { messages: [{ role: "bot", content: "x" }, assistant] },
      { messages: [user] },
    ),
    "e.jsonl",
  );
  expect(examples).toEqual([{ messages: [user, assistant] }]);
  expect(issues.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
  expect(issues[0]?.message).toMatch(/last one to be the assistant's/);
  expect(issues[3]?.message).toMatch(/messages\.0\.role: expected "system"/);
});
