// What personal data and secrets look like, one detector a kind. A pattern proposes, a check disposes: where a number has
// check digits, they decide. Names and postal addresses have no such shape and are not looked for.
import { isCardNumber, isIban } from "./check-digits.ts";

export type SensitiveKind = "private-key" | "api-key" | "card" | "iban" | "social-security-number" | "email" | "phone";

export type Detector = {
  readonly kind: SensitiveKind;
  /** Must never be trained on; the others are worth a look. */
  readonly isGrave: boolean;
  /** A text that this does not match holds none: looking costs a fraction of the pattern. */
  readonly hint: RegExp;
  /** Global. */
  readonly pattern: RegExp;
  /** How many characters of the match are meant, 0 for none. Without it, all of them. */
  readonly lengthOf?: (match: string) => number;
};

const keyShapes: readonly string[] = [
  "sk-(?:proj-|ant-(?:api\\d\\d-)?|or-v1-|svcacct-)?[A-Za-z0-9_-]{20,}",
  "(?:AKIA|ASIA)[A-Z0-9]{16}",
  "gh[pousr]_[A-Za-z0-9]{36,}",
  "github_pat_[A-Za-z0-9_]{40,}",
  "glpat-[A-Za-z0-9_-]{20,}",
  "xox[abprs]-[A-Za-z0-9-]{16,}",
  "AIza[A-Za-z0-9_-]{35}",
  "[rs]k_(?:live|test)_[A-Za-z0-9]{16,}",
  "hf_[A-Za-z0-9]{30,}",
  "npm_[A-Za-z0-9]{36}",
  "SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}",
  "eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}",
];

/** Earlier detectors win where two find the same place. */
export const detectors: readonly Detector[] = [
  {
    kind: "private-key",
    isGrave: true,
    hint: /-----BEGIN/,
    pattern:
      /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,20000}?(?:-----END (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  {
    kind: "api-key",
    isGrave: true,
    hint: /[-_]|AKIA|ASIA|AIza|SG\.|eyJ/,
    pattern: new RegExp(`(?<![A-Za-z0-9_-])(?:${keyShapes.join("|")})(?![A-Za-z0-9])`, "g"),
    lengthOf: allIf(looksRandom),
  },
  {
    // Named in the text, of no known shape: only the value is taken.
    kind: "api-key",
    isGrave: true,
    hint: /key|token|secret|bearer/i,
    pattern:
      /(?<=(?:api[ _-]?key|access[ _-]?token|auth[ _-]?token|secret[ _-]?key|client[ _-]?secret|bearer)["']?(?: is)?\s*[:=]?\s*["']?)[A-Za-z0-9_+/.-]{20,}={0,2}/gi,
    lengthOf: allIf(looksRandom),
  },
  {
    kind: "iban",
    isGrave: true,
    hint: /[A-Z]{2}\d{2}/,
    pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])/g,
    lengthOf: (match) => longestPrefix(match, isIban),
  },
  {
    kind: "card",
    isGrave: true,
    hint: /\d{4}[ -]\d{4}|\d{4}[ -]\d{6}|\d{14}/,
    // In one run, in fours, or as American Express prints it.
    pattern:
      /(?<![\d.,/=-])(?:\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?|\d{4}[ -]\d{6}[ -]\d{4,5}|\d{14,19})(?![\d-]|[.,]\d)/g,
    lengthOf: (match) => longestPrefix(match, isCardNumber),
  },
  {
    // Written with hyphens; with blanks or without anything only where the text names it: tables are full of such runs.
    kind: "social-security-number",
    isGrave: true,
    hint: /\d{3}-\d{2}-\d{4}|\b(?:ssn|social security)\b/i,
    pattern:
      /(?<![\d.,-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])|(?<=\b(?:ssn|social security(?: number| no\.?)?)(?: is)?[:\s#]{1,3})(?!000|666|9)\d{3}([ -]?)(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])/gi,
  },
  {
    kind: "email",
    isGrave: false,
    hint: /@/,
    pattern:
      /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}])/gu,
    lengthOf: allIf((match) => !/^\.|\.\.|\.@/.test(match)),
  },
  {
    // +49 30 1234567 and 0049 …: international, 8 to 15 digits.
    kind: "phone",
    isGrave: false,
    hint: /\+[1-9]|00[1-9]/,
    pattern:
      /(?:(?<![\p{L}\d.+/_-])\+|(?<![\p{L}\d.,:+/_#-]|\d )00(?=\d{1,5}[ ./-]))[1-9]\d{0,2}(?:[ ./-]{0,2}\(?\d{1,5}\)?){2,7}(?![\d\p{L}]|[.,]\d)/gu,
    lengthOf: allIf((match) => hasDigits(match, 8, 15) && !isDateLike(match)),
  },
  {
    // (555) 234-5678 and 555-234-5678: the North American plan, in groups.
    kind: "phone",
    isGrave: false,
    hint: /\d{3}[ .-]\d{4}/,
    pattern:
      /(?<![\p{L}\d.,+/-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?![\d\p{L}]|[.,-]\d)/gu,
  },
  {
    // 030 1234567, (0171) 234 56 78: a trunk zero, and groups.
    kind: "phone",
    isGrave: false,
    hint: /0[1-9]\d{1,4}\)?[ /-]\d/,
    pattern:
      /(?<![\p{L}\d.,:+/-]|\d )(?:\(0[1-9]\d{1,4}\)|0[1-9]\d{1,4})[ /-](?:\d{2,8}[ -]?){1,4}(?<=\d)(?![\d\p{L}]|[.,:]\d)/gu,
    lengthOf: allIf((match) => hasDigits(match, 9, 12) && !isDateLike(match)),
  },
];

function allIf(holds: (match: string) => boolean): (match: string) => number {
  return (match) => (holds(match) ? match.length : 0);
}

/** A number may run into the next one: "4111 1111 1111 1111 12/27". Prefixes end where a group of characters does. */
function longestPrefix(match: string, holds: (compact: string) => boolean): number {
  for (
    let end = match.length;
    end > 0;
    end = Math.max(match.lastIndexOf(" ", end - 1), match.lastIndexOf("-", end - 1))
  ) {
    if (holds(match.slice(0, end).replace(/[ -]/g, ""))) return end;
  }
  return 0;
}

function hasDigits(match: string, least: number, most: number): boolean {
  const count = match.replace(/\D/g, "").replace(/^00/, "").length;
  return count >= least && count <= most;
}

/** 01-02-2024, 01.02.2024 12: dates with a leading zero. */
function isDateLike(match: string): boolean {
  return /^0?\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b/.test(match) || /^0\d[ /-](?:19|20)\d{2}\b/.test(match);
}

/** Placeholders ("your-api-key-goes-here", "xxxxxxxx") and words are no keys: a key mixes letters with digits at random. */
function looksRandom(match: string): boolean {
  if (/^(?:https?:|www\.)|example|placeholder|your|x{6}|\.{3}/i.test(match)) return false;
  const body = match.replace(/^[a-z]{2,6}[-_]/i, "");
  return /\d/.test(body) && /[a-z]/i.test(body) && bitsPerCharacter(body) >= 3;
}

/** Shannon's entropy of the characters. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
