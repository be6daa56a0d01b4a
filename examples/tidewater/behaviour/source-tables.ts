// Reads the hand-written tables beside this file: messages with their labels, messages with their replies.
// Knows their layout and nothing of framings, rules or output files.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Language, Triage } from "./triage.ts";

export type TriageRecord = { readonly message: string; readonly triage: Triage };

export type StyleRecord = {
  readonly message: string;
  readonly language: Language;
  readonly body: string;
  readonly nextStep: string;
  /** Held-out records only: what the message is about, and what the answer must match. */
  readonly subject: string;
  readonly must: readonly string[];
};

export type Part = "training" | "heldOut";
export type Task = "triage" | "style";

/** Sentences that put a task to the answerer, `{}` standing for the message; and system lines, for training alone. */
export type Framings = Readonly<Record<Part, Readonly<Record<Task, Readonly<Record<Language, readonly string[]>>>>>> & {
  readonly system: Readonly<Record<Task, readonly string[]>>;
};

const fileSuffix: Readonly<Record<Part, string>> = { training: "training", heldOut: "held-out" };

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), "utf8");

export const readFramings = (): Framings => JSON.parse(read("framings.json")) as Framings;

/** A line `# queue urgency product action language` labels the messages below it, one per line. */
export function readTriage(part: Part): readonly TriageRecord[] {
  let triage: Triage | undefined;
  const records: TriageRecord[] = [];
  for (const line of read(`triage-${fileSuffix[part]}.txt`).split("\n")) {
    if (line.startsWith("# ")) triage = parseLabels(line);
    else if (line && triage) records.push({ message: line, triage });
  }
  return records;
}

function parseLabels(line: string): Triage {
  const [queue, urgency, product, action, language] = line.slice(2).split(" ");
  return { queue, urgency, product, action, language } as Triage;
}

/** `@ subject`, `> message`, `body | next step`, then any number of `+ pattern`; subject and patterns in the held-out table only. */
export function readStyle(part: Part): readonly StyleRecord[] {
  const table = read(`style-${fileSuffix[part]}.txt`);
  return [...table.matchAll(/(?:^@ (.+)\n)?^> (.+)\n(.+) \| (.+)\n((?:\+ .+\n)*)/gmu)].map(
    ([, subject = "", message = "", body = "", nextStep = "", patterns = ""]) => ({
      message,
      language: body.startsWith("Moin") ? "de" : "en",
      body,
      nextStep,
      subject,
      must: [...patterns.matchAll(/^\+ (.+)$/gmu)].map((match) => match[1] ?? ""),
    }),
  );
}
