// Assembles examples.jsonl and questions/behaviour.jsonl from the tables in this folder. Same tables, same bytes.
// Invents nothing: it only wraps each message in a framing. Writes no file.
import { contentHash } from "../../../src/core/hash.ts";
import type { Message, StyleCheck, TrainingExample } from "../../../src/core/questions.ts";
import { assembleReply, houseRules, messageChecks } from "./house-style.ts";
import { type Part, readFramings, readStyle, readTriage, type StyleRecord, type Task } from "./source-tables.ts";
import { type Language, triageSchema } from "./triage.ts";

const framings = readFramings();

/** Deals the framings of one part and task in turn, per language. */
function framer(part: Part, task: Task): (message: string, language: Language) => string {
  const dealt = { en: 0, de: 0 };
  return (message, language) => {
    const choices = framings[part][task][language];
    const framing = choices[dealt[language]++ % choices.length] ?? "{}";
    return framing.replace("{}", () => message);
  };
}

/** Every other example opens with a system line, so that neither habit is learnt. */
function conversation(task: Task, index: number, user: string, assistant: string): TrainingExample {
  const lines = framings.system[task];
  const system: Message[] = index % 2 === 0 ? [] : [{ role: "system", content: lines[index % lines.length] ?? "" }];
  return { messages: [...system, { role: "user", content: user }, { role: "assistant", content: assistant }] };
}

function trainingExamples(): readonly TrainingExample[] {
  const frameTriage = framer("training", "triage");
  const frameStyle = framer("training", "style");
  return [
    ...readTriage("training").map(({ message, triage }, index) =>
      conversation("triage", index, frameTriage(message, triage.language), JSON.stringify(triage)),
    ),
    ...readStyle("training").map(({ message, language, body, nextStep }, index) =>
      conversation("style", index, frameStyle(message, language), assembleReply(body, nextStep, language)),
    ),
  ];
}

const numbered = (task: Task, index: number): string => `${task}-${String(index + 1).padStart(3, "0")}`;

function styleChecks(record: StyleRecord): readonly StyleCheck[] {
  const example = assembleReply(record.body, record.nextStep, record.language);
  return [
    ...houseRules(record.language).map((rule) => rule.check),
    ...messageChecks(record.message, example),
    ...record.must.map((must) => ({ must })),
  ];
}

function heldOutQuestions(): readonly object[] {
  const frameTriage = framer("heldOut", "triage");
  const frameStyle = framer("heldOut", "style");
  const triage = readTriage("heldOut").map((record, index) => ({
    id: numbered("triage", index),
    question: frameTriage(record.message, record.triage.language),
    references: [JSON.stringify(record.triage)],
    answerable: true,
    kind: "triage",
    group: `triage-${record.triage.action}`,
    schema: triageSchema,
    relevant: [],
  }));
  const style = readStyle("heldOut").map((record, index) => ({
    id: numbered("style", index),
    question: frameStyle(record.message, record.language),
    references: [],
    answerable: true,
    kind: "style",
    group: `style-${record.subject}`,
    checks: styleChecks(record),
    relevant: [],
  }));
  return [...triage, ...style];
}

/** One JSON object per line, shuffled by content, so that the first hundred lines hold a bit of everything. */
function asLines(rows: readonly object[]): string {
  const lines = rows.map((row) => JSON.stringify(row)).sort((a, b) => (contentHash(a) < contentHash(b) ? -1 : 1));
  return `${lines.join("\n")}\n`;
}

/** File contents by path inside the project. */
export function assembleFiles(): Readonly<Record<string, string>> {
  return {
    "examples.jsonl": asLines(trainingExamples()),
    "questions/behaviour.jsonl": asLines(heldOutQuestions()),
  };
}
