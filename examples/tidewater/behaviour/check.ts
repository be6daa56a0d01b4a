// Checks the behaviour half of the example project: `npx node examples/tidewater/behaviour/check.ts`; exit 1 on any fault.
// Reads the files that ship, and the tables only for what those leave out. Repairs nothing.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { detect } from "tinyld";
import type { Message, StyleCheck } from "../../../src/core/questions.ts";
import { assembleFiles } from "./assemble.ts";
import { assembleReply, houseRules, messageChecks, passes } from "./house-style.ts";
import { closestPair, type Named, normalise, sharedRuns, sharedSentences } from "./overlap.ts";
import { readFramings, readStyle, readTriage, type StyleRecord } from "./source-tables.ts";
import {
  actions,
  type Language,
  languages,
  products,
  queues,
  ruleBreaches,
  type Triage,
  triageSchema,
  urgencies,
} from "./triage.ts";

type Line = { readonly name: string; readonly messages: readonly Message[] };
type HeldOut = {
  readonly id: string;
  readonly question: string;
  readonly references?: readonly string[];
  readonly kind?: string;
  readonly schema?: object;
  readonly checks?: readonly StyleCheck[];
};

const project = join(import.meta.dirname, "..");
const minimum = { training: 320, heldOut: 60, triage: 190, style: 130, perClass: 10, germanShare: 0.2 } as const;
const isValidTriage = new Ajv2020().compile(triageSchema);

function readJsonLines<Row>(file: string): readonly Row[] {
  const lines = readFileSync(join(project, file), "utf8").trimEnd().split("\n");
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as Row;
    } catch (cause) {
      throw new Error(`${file}:${index + 1} is not JSON`, { cause });
    }
  });
}

const textOf = (line: Line, role: Message["role"]): string => line.messages.find((m) => m.role === role)?.content ?? "";
const isTriageLine = (line: Line): boolean => textOf(line, "assistant").startsWith("{");

function shapeFaults(line: Line): readonly string[] {
  const roles = line.messages.map((message) => message.role).join(" ");
  const faults = /^(system )?user assistant$/.test(roles) ? [] : [`roles are ${roles}`];
  return line.messages.some((message) => !message.content.trim()) ? [...faults, "an empty message"] : faults;
}

/** Valid by the schema, spelled compactly in the fixed key order, and in keeping with the written rules. */
function triageFaults(answer: string, message: string): readonly string[] {
  const triage = JSON.parse(answer) as Triage;
  if (!isValidTriage(triage)) return [`schema: ${isValidTriage.errors?.map((error) => error.message).join(", ")}`];
  const { queue, urgency, product, action, language } = triage;
  const spelled =
    JSON.stringify({ queue, urgency, product, action, language }) === answer ? [] : ["spacing or key order"];
  const detected = detect(message, { only: ["en", "de"] });
  const tongue = detected === language ? [] : [`labelled ${language}, reads like ${detected}`];
  return [...spelled, ...tongue, ...ruleBreaches(message, triage)];
}

const languageOf = (reply: string): Language => (reply.startsWith("Moin") ? "de" : "en");

/** A reply must pass every rule, and every rule must catch every way of breaking it in this very reply. */
function styleFaults(reply: string, message: string): readonly string[] {
  const rules = houseRules(languageOf(reply));
  const broken = rules.filter((rule) => !passes(reply, rule.check)).map((rule) => `breaks ${rule.name}`);
  const unnamed = messageChecks(message, reply).filter((check) => !passes(reply, check));
  const blind = rules.flatMap((rule) =>
    rule.faults(reply).flatMap((fault) => (passes(fault, rule.check) ? [`${rule.name} misses: ${fault}`] : [])),
  );
  return [...broken, ...unnamed.map((check) => `fails ${JSON.stringify(check)}`), ...blind];
}

function trainingFaults(lines: readonly Line[]): readonly string[] {
  const triage = readTriage("training");
  const style = readStyle("training");
  return lines.flatMap((line) => {
    const user = textOf(line, "user");
    const answer = textOf(line, "assistant");
    const source = isTriageLine(line) ? triage : style;
    const message = source.find((record) => user.includes(record.message))?.message;
    if (message === undefined) return [`${line.name}: its message is in no table; run build.ts`];
    const faults = isTriageLine(line) ? triageFaults(answer, message) : styleFaults(answer, message);
    return [...shapeFaults(line), ...faults].map((fault) => `${line.name}: ${fault}`);
  });
}

/** Each style question's checks must accept the good reply of the table, reject no less than every training reply, and bite one by one. */
function styleQuestionFaults(question: HeldOut, record: StyleRecord, replies: readonly string[]): readonly string[] {
  const checks = question.checks ?? [];
  const example = assembleReply(record.body, record.nextStep, record.language);
  const refused = checks
    .filter((check) => !passes(example, check))
    .map((check) => `refuses its example: ${JSON.stringify(check)}`);
  const copies = replies.filter((reply) => checks.every((check) => passes(reply, check)));
  return [
    ...refused,
    ...copies.map((reply) => `accepts a training reply as it stands: ${reply}`),
    ...styleFaults(example, record.message),
  ];
}

function heldOutFaults(questions: readonly HeldOut[], replies: readonly string[]): readonly string[] {
  const triage = readTriage("heldOut");
  const style = readStyle("heldOut");
  return questions.flatMap((question) => {
    const faults = (): readonly string[] => {
      const [reference = ""] = question.references ?? [];
      const labelled = triage.find((record) => question.question.includes(record.message));
      if (question.kind === "triage" && labelled) return triageFaults(reference, labelled.message);
      const replied = style.find((record) => question.question.includes(record.message));
      if (question.kind === "style" && replied) return styleQuestionFaults(question, replied, replies);
      return ["its message is in no table; run build.ts"];
    };
    return faults().map((fault) => `${question.id}: ${fault}`);
  });
}

/** Three columns per class, with a fault where one is too rare to learn or is never asked for. */
function balance(training: readonly Triage[], heldOut: readonly Triage[]): { table: string[]; faults: string[] } {
  const table: string[] = [];
  const faults: string[] = [];
  const fields = {
    queue: queues,
    urgency: urgencies,
    product: products,
    action: actions,
    language: languages,
  } as const;
  for (const [field, values] of Object.entries(fields)) {
    for (const value of values) {
      const count = (rows: readonly Triage[]) => rows.filter((row) => row[field as keyof Triage] === value).length;
      const [trained, asked] = [count(training), count(heldOut)];
      table.push(
        `  ${field.padEnd(9)} ${value.padEnd(20)} ${String(trained).padStart(4)} ${String(asked).padStart(4)}`,
      );
      if (trained < minimum.perClass || asked === 0)
        faults.push(`${field} ${value}: ${trained} training, ${asked} held out`);
    }
  }
  return { table, faults };
}

function sizeFaults(
  lines: readonly Line[],
  questions: readonly HeldOut[],
  triage: readonly Triage[],
): readonly string[] {
  const german = triage.filter((row) => row.language === "de").length / triage.length;
  const sizes = [
    ["training examples", lines.length, minimum.training],
    ["triage examples", triage.length, minimum.triage],
    ["style examples", lines.length - triage.length, minimum.style],
    ["held-out questions", questions.length, minimum.heldOut],
    ["share of German triage", german, minimum.germanShare],
  ] as const;
  return sizes
    .filter(([, size, least]) => size < least)
    .map(([what, size, least]) => `${what}: ${size}, at least ${least}`);
}

function repeats(what: string, texts: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return texts
    .filter((text) => seen.has(normalise(text)) || !seen.add(normalise(text)))
    .map((text) => `${what} twice: ${text}`);
}

/** Every file of questions counts as held out, not the behaviour ones alone. */
function heldOutTexts(): readonly Named[] {
  const files = readdirSync(join(project, "questions")).filter((file) => file.endsWith(".jsonl"));
  return files.flatMap((file) =>
    readJsonLines<HeldOut>(`questions/${file}`).map(({ id, question }) => ({ name: `${file} ${id}`, text: question })),
  );
}

function framingFaults(): readonly string[] {
  const framings = readFramings();
  const flat = (part: "training" | "heldOut"): readonly Named[] =>
    (["triage", "style"] as const).flatMap((task) =>
      languages.flatMap((language) =>
        framings[part][task][language].map((text) => ({ name: `${part} framing`, text })),
      ),
    );
  const all = [...flat("training"), ...flat("heldOut")].map((framing) => framing.text);
  const holes = all.filter((text) => text.split("{}").length !== 2).map((text) => `framing without one {}: ${text}`);
  return [...holes, ...repeats("framing", all), ...sharedSentences(flat("heldOut"), flat("training"))];
}

const triageOf = (texts: readonly string[]): readonly Triage[] => texts.map((text) => JSON.parse(text) as Triage);

function readTraining(): readonly Line[] {
  const rows = readJsonLines<{ messages: Message[] }>("examples.jsonl");
  return rows.map(({ messages }, index) => ({ name: `examples.jsonl:${index + 1}`, messages }));
}

function staleFiles(): readonly string[] {
  const files = Object.entries(assembleFiles());
  const stale = files.filter(([file, content]) => readFileSync(join(project, file), "utf8") !== content);
  return stale.map(([file]) => `${file} is not what the tables give: run build.ts`);
}

function overlap(lines: readonly Line[]): { table: string[]; faults: string[] } {
  const users = lines.map((line) => ({ name: line.name, text: textOf(line, "user") }));
  const heldOut = heldOutTexts();
  const sentences = sharedSentences(heldOut, users);
  const runs = sharedRuns(heldOut, users);
  const { share, pair } = closestPair(heldOut, users);
  return {
    table: [
      `training against ${heldOut.length} held-out questions of all files: ${sentences.length} shared sentences, ${runs.length} shared runs of five words`,
      `closest pair by runs of three words: ${(share * 100).toFixed(1)}% (${pair})`,
    ],
    faults: [...sentences, ...runs].map((found) => `shared: ${found}`),
  };
}

function main(): void {
  const lines = readTraining();
  const questions = readJsonLines<HeldOut>("questions/behaviour.jsonl");
  const trained = triageOf(lines.filter(isTriageLine).map((line) => textOf(line, "assistant")));
  const asked = triageOf(questions.filter((one) => one.kind === "triage").map((one) => one.references?.[0] ?? ""));
  const replies = lines.filter((line) => !isTriageLine(line)).map((line) => textOf(line, "assistant"));
  const messages = [...readTriage("training"), ...readStyle("training")].map((record) => record.message);
  const classes = balance(trained, asked);
  const shared = overlap(lines);
  const faults = [
    ...staleFiles(),
    ...sizeFaults(lines, questions, trained),
    ...classes.faults,
    ...trainingFaults(lines),
    ...heldOutFaults(questions, replies),
    ...framingFaults(),
    ...repeats("training message", messages),
    ...shared.faults,
  ];
  const germanReplies = replies.filter((reply) => languageOf(reply) === "de").length;
  const report = [
    `training: ${trained.length} triage, ${replies.length} style (${germanReplies} German)`,
    `held out: ${asked.length} triage, ${questions.length - asked.length} style`,
    "  field     class            train held",
    ...classes.table,
    ...shared.table,
    ...faults.map((fault) => `FAULT ${fault}`),
    `${faults.length} faults`,
  ];
  process.stdout.write(`${report.join("\n")}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

main();
