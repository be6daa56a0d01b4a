// What may be asked and what may be said: personal data by its shape, blocked topics, attempts to change the instructions.
// Patterns only: they catch the plain cases and are no proof against somebody who tries.
import type { Turn } from "../core/tools.ts";
import type { RedactableKind, ServerConfig } from "../project/config/serve-config.ts";

export type Guard = {
  /** Takes personal data out of a question. */
  redactInput(text: string): string;
  /** The rule that refuses the question, if any. */
  refuses(text: string): string | undefined;
  redactOutput(text: string): string;
  /** True where an answer must be whole before any of it is shown. */
  readonly holdsOutput: boolean;
  readonly refusal: string;
};

export function guardFrom(config: ServerConfig["guardrails"]): Guard {
  const topics = config.blockedTopics.map(({ name, pattern }) => ({ name, pattern: new RegExp(pattern, "iu") }));
  return {
    redactInput: (text) => redacted(text, config.redactInput),
    refuses(text) {
      const topic = topics.find(({ pattern }) => pattern.test(text));
      if (topic) return `topic:${topic.name}`;
      return config.refuseInjection && injectionPatterns.some((pattern) => pattern.test(text))
        ? "injection"
        : undefined;
    },
    redactOutput: (text) => redacted(text, config.redactOutput),
    holdsOutput: config.redactOutput.length > 0,
    refusal: config.refusal,
  };
}

/** What people wrote, what tools gave back, and what they were called with. */
export function redactedTurn(guard: Guard, turn: Turn): Turn {
  const content = guard.redactInput(turn.content);
  if (turn.role === "tool" || turn.toolCalls === undefined) return { ...turn, content };
  const toolCalls = turn.toolCalls.map((call) => ({ ...call, arguments: guard.redactInput(call.arguments) }));
  return { ...turn, content, toolCalls };
}

const injectionPatterns: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|all|your|system)\b.{0,30}\b(?:instructions?|rules?|prompts?|guidelines?)\b/iu,
  /\b(?:reveal|print|show|repeat|output)\b.{0,30}\b(?:system|hidden|initial)\b.{0,15}\b(?:prompt|instructions?|message)\b/iu,
  /\byou are (?:now|no longer)\b.{0,60}\b(?:unrestricted|jailbroken|without (?:any )?(?:rules|restrictions)|developer mode)\b/iu,
  /\b(?:ignoriere|vergiss|missachte)\b.{0,40}\b(?:anweisung(?:en)?|regeln?|vorgaben?)\b/iu,
  /\b(?:ignore|oublie|oubliez|ignorez)\b.{0,40}\b(?:instructions?|consignes?|règles?)\b.{0,20}\b(?:précédentes?|antérieures?|ci-dessus)\b/iu,
];

type Detector = { readonly pattern: RegExp; readonly isReal?: (found: string) => boolean };

const detectors: Readonly<Record<RedactableKind, Detector>> = {
  email: { pattern: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,24}/gu },
  iban: { pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/gu, isReal: isIban },
  card: { pattern: /\b\d(?:[ -]?\d){12,18}\b/gu, isReal: passesLuhn },
  ssn: { pattern: /\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b/gu },
  phone: {
    pattern:
      /(?:\+|\b00)\d{1,3}[ ./-]?(?:\(\d{1,5}\)[ ./-]?)?\d(?:[ ./-]?\d){5,12}\b|(?:\(\d{3}\) ?|\b\d{3}[.-])\d{3}[.-]\d{4}\b/gu,
  },
};

/** In this order whatever the config's: a card number must not be taken for a telephone's. */
const order: readonly RedactableKind[] = ["email", "iban", "card", "ssn", "phone"];

function redacted(text: string, kinds: readonly RedactableKind[]): string {
  let clean = text;
  for (const kind of order.filter((one) => kinds.includes(one))) {
    const { pattern, isReal } = detectors[kind];
    clean = clean.replace(pattern, (found) => (isReal && !isReal(found) ? found : `[${kind}]`));
  }
  return clean;
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(found: string): boolean {
  const digits = [...found.replace(/\D/g, "")].map(Number).reverse();
  const sum = digits.reduce(
    (total, digit, place) => total + (place % 2 === 0 ? digit : (digit * 2) % 9 || (digit && 9)),
    0,
  );
  return sum % 10 === 0;
}

/** ISO 13616: the remainder by 97 of the rearranged number is 1. */
function isIban(found: string): boolean {
  const compact = found.replaceAll(" ", "");
  if (compact.length < 15 || compact.length > 34) return false;
  const digits = [...(compact.slice(4) + compact.slice(0, 4))].map((sign) => Number.parseInt(sign, 36)).join("");
  let remainder = 0;
  for (const digit of digits) remainder = (remainder * 10 + Number(digit)) % 97;
  return remainder === 1;
}
