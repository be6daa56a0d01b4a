// The shape of a triage answer and the parts of triage-rules.md that a machine can hold labels to.
// Knows nothing of files or framings.

export const queues = ["billing", "workshop", "app", "fleet", "sales", "safety"] as const;
export const urgencies = ["low", "normal", "high"] as const;
export const products = ["heron-2", "heron-2-long", "osprey", "wren", "battery", "app", "none"] as const;
export const actions = [
  "stop-riding-notice",
  "book-pilot-visit",
  "keel-check-booking",
  "flotsam-search",
  "refund-review",
  "ebb-credit-review",
  "dry-dock-offer",
  "reset-login",
  "reset-mooring-code",
  "answer-with-article",
  "send-quote",
  "forward-fleet",
] as const;
export const languages = ["en", "de"] as const;

export type Language = (typeof languages)[number];
export type Action = (typeof actions)[number];

/** Key order is the order in which the labels are written. */
export type Triage = {
  readonly queue: (typeof queues)[number];
  readonly urgency: (typeof urgencies)[number];
  readonly product: (typeof products)[number];
  readonly action: Action;
  readonly language: Language;
};

/** JSON Schema 2020-12 of a triage answer. */
export const triageSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    queue: { enum: queues },
    urgency: { enum: urgencies },
    product: { enum: products },
    action: { enum: actions },
    language: { enum: languages },
  },
  required: ["queue", "urgency", "product", "action", "language"],
  additionalProperties: false,
} as const;

type Allowed = { readonly queue: string; readonly urgency: string; readonly product?: string };

/** What may stand beside each action, as alternatives separated by spaces; no `product` means any but `app`. */
const allowed: Readonly<Record<Action, Allowed>> = {
  "stop-riding-notice": { queue: "safety", urgency: "high" },
  "book-pilot-visit": { queue: "workshop", urgency: "low normal high" },
  "keel-check-booking": { queue: "workshop", urgency: "low normal" },
  "flotsam-search": { queue: "workshop", urgency: "low normal", product: "none" },
  "refund-review": { queue: "billing", urgency: "low normal high" },
  "ebb-credit-review": { queue: "billing", urgency: "low normal" },
  "dry-dock-offer": { queue: "sales", urgency: "low normal" },
  "reset-login": { queue: "app", urgency: "normal high", product: "app" },
  "reset-mooring-code": { queue: "app", urgency: "normal high", product: "app" },
  "answer-with-article": { queue: "app billing workshop sales", urgency: "low" },
  "send-quote": { queue: "sales", urgency: "low normal high" },
  "forward-fleet": { queue: "fleet", urgency: "low normal high" },
};

const safetyCodes: ReadonlySet<string> = new Set(["E-23", "E-25", "E-32", "E-42"]);

const namedAs: Readonly<Record<string, RegExp>> = {
  "heron-2": /heron/i,
  "heron-2-long": /\blong\b/i,
  osprey: /osprey/i,
  wren: /wren/i,
};

/** Every way in which the labels of `message` contradict the written rules; empty if none. */
export function ruleBreaches(message: string, triage: Triage): readonly string[] {
  const rule = allowed[triage.action];
  const fields = [
    ["queue", rule.queue, triage.queue],
    ["urgency", rule.urgency, triage.urgency],
    ["product", productsAllowed(rule, triage), triage.product],
  ] as const;
  const wrong = fields
    .filter(([, alternatives, value]) => !alternatives.split(" ").includes(value))
    .map(([field, alternatives, value]) => `${triage.action}: ${field} is ${value}, the rules say ${alternatives}`);
  const name = namedAs[triage.product];
  if (name && !name.test(message)) wrong.push(`product is ${triage.product}, which the message does not name`);
  return [...wrong, ...codeBreaches(message, triage)];
}

function productsAllowed(rule: Allowed, triage: Triage): string {
  if (rule.product) return rule.product;
  return triage.queue === "app" ? "app" : products.filter((product) => product !== "app").join(" ");
}

function codeBreaches(message: string, triage: Triage): readonly string[] {
  const codes = [...message.matchAll(/\bE-\d\d\b/gi)].map(([code]) => code.toUpperCase());
  const [first] = codes;
  if (first === undefined || codes.some((code) => safetyCodes.has(code)) === (triage.queue === "safety")) return [];
  return [`${codes.join(", ")} and queue ${triage.queue}: ${[...safetyCodes].join(", ")} are safety, others are not`];
}
