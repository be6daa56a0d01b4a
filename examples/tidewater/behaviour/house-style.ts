// The rules of house-style.md as regular expressions (flags `iu`), each with the faults that it must catch.
// Knows one reply at a time and nothing of files.
import type { StyleCheck } from "../../../src/core/questions.ts";
import type { Language } from "./triage.ts";

export type HouseRule = {
  readonly name: string;
  readonly check: StyleCheck;
  /** Spoils a good reply in every way that this rule is there to notice. */
  readonly faults: (reply: string) => readonly string[];
};

/** A reply as it is sent: greeting and body, the next step, the signature. */
export function assembleReply(body: string, nextStep: string, language: Language): string {
  const { next, signature } = words[language];
  return `${body}\n${next} ${nextStep}\n${signature}`;
}

const words = {
  en: {
    greeting: "Ahoy",
    next: "Next step:",
    signature: "— the harbour crew",
    term: "within [1-9]\\d? working days?",
    regrets: ["unfortunately", "sadly", "regrettably", "sorry"],
    days: "today tomorrow tonight monday tuesday wednesday thursday friday saturday sunday"
      .split(" ")
      .concat("next week"),
    outsiders: ["storage", "store", "stored", "storing", "parking", "pause credit", "credit note"].concat([
      "inspection",
      "inspections",
      "lost property",
      "mechanic",
      "mechanics",
    ]),
  },
  de: {
    greeting: "Moin",
    next: "Nächster Schritt:",
    signature: "— die Hafencrew",
    term: "innerhalb von [1-9]\\d? Arbeitstag(?:en)?",
    regrets: ["leider", "bedauerlicherweise", "sorry"],
    days: "heute morgen übermorgen montag dienstag mittwoch donnerstag freitag samstag sonntag"
      .split(" ")
      .concat("nächste woche"),
    outsiders: ["lagerung", "einlagerung", "einlagern", "winterlager", "parkplatz", "stellplatz", "gutschrift"].concat([
      "inspektion",
      "fundbüro",
      "mechaniker",
      "mechanikerin",
      "monteur",
      "monteurin",
    ]),
  },
} as const;

const faultSamples = {
  en: {
    regrets: ["Unfortunately, no.", "We are SORRY.", "That is sadly so.", "Regrettably not."],
    days: ["See you tomorrow.", "It arrives on Monday.", "Sent tonight,", "today", "next week, then", "FRIDAY at noon"],
    outsiders: [
      "in winter storage",
      "we store it",
      "our mechanic",
      "two inspections",
      "the lost property office",
      "(parking)",
    ],
  },
  de: {
    regrets: ["Leider nein.", "Das geht bedauerlicherweise nicht.", "Sorry, nein."],
    days: ["Bis morgen.", "Übermorgen also", "Am Montag,", "Heute noch", "nächste Woche", "bis Freitag."],
    outsiders: [
      "zur Einlagerung",
      "im Winterlager",
      "die Inspektion",
      "unser Monteur,",
      "im Fundbüro",
      "eine Gutschrift",
    ],
  },
} as const;

/** `\b` knows ASCII letters only, hence the look-around. */
const anyWord = (list: readonly string[]): string => `(?<!\\p{L})(?:${list.join("|")})(?!\\p{L})`;

const intoBody = (reply: string, addition: string): string => reply.replace(/\n/, ` ${addition}\n`);

/** `samples` are written apart from `list`, so that a slip in the list cannot hide itself. */
const forbidding = (name: string, list: readonly string[], samples: readonly string[]): HouseRule => ({
  name,
  check: { mustNot: anyWord(list) },
  faults: (reply) => samples.map((sample) => intoBody(reply, sample)),
});

/** The checks that every reply in `language` must pass. */
export function houseRules(language: Language): readonly HouseRule[] {
  const { greeting, next, signature, term, regrets, days, outsiders } = words[language];
  const samples = faultSamples[language];
  return [
    {
      name: "greeting",
      check: { must: `^${greeting}(?: [\\p{L}-]+)?, ` },
      faults: (reply) => [reply.replace(greeting, "Hello"), `Hi. ${reply}`, reply.replace(",", " and")],
    },
    {
      name: "length",
      check: { must: "^\\s*(?:\\S+\\s+){0,59}\\S+\\s*$" },
      faults: (reply) => [intoBody(reply, "wave ".repeat(61 - reply.split(/\s+/).length).trim())],
    },
    forbidding("regrets", regrets, samples.regrets),
    {
      name: "term",
      check: { must: term },
      faults: (reply) => [
        reply.replace(new RegExp(term, "iu"), "soon"),
        reply.replace(/\b\d+ (?=working|Arb)/u, "some "),
      ],
    },
    forbidding("days", days, samples.days),
    forbidding("house words", outsiders, samples.outsiders),
    {
      name: "ending",
      check: { must: `\\n${next} [^\\n]+\\n${signature}\\s*$` },
      faults: (reply) => [reply.replace(signature, ""), reply.replace(next, ""), `${reply}\nPS: ahoy`],
    },
    {
      name: "one next step",
      check: { mustNot: `${next}[\\s\\S]*${next}` },
      faults: (reply) => [intoBody(reply, `\n${next} wait.`)],
    },
    { name: "no exclamation", check: { mustNot: "!" }, faults: (reply) => [intoBody(reply, "Fine!")] },
    {
      name: "one question",
      check: { mustNot: `\\?[\\s\\S]*(?:\\?|\\n${next})` },
      faults: (reply) => [
        intoBody(reply, "Right?"),
        `${reply.replace(`\n${signature}`, "")} Really? Yes?\n${signature}`,
      ],
    },
  ];
}

const tidewaterName =
  /\b(?:Heron 2 Long|Heron 2|Heron|Osprey|Wren|Cell 500|Cell 750|Drift|Current|Springtide|Harbourlight|Breakwater|E-\d\d)(?=s?\b)/giu;

/** The checks that hang on the customer's message: the greeting of `example`, a good reply, and every name that Tidewater gave. */
export function messageChecks(message: string, example: string): readonly StyleCheck[] {
  const greeting = /^[^,]+,/u.exec(example)?.[0] ?? "";
  const names = new Set([...message.matchAll(tidewaterName)].map((match) => match[0].toLowerCase()));
  return [{ must: `^${greeting}` }, ...[...names].map((name) => ({ must: anyWord([`${name}s?`]) }))];
}

export function passes(text: string, check: StyleCheck): boolean {
  return "must" in check ? new RegExp(check.must, "iu").test(text) : !new RegExp(check.mustNot, "iu").test(text);
}
