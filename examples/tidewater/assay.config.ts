import type { AssayConfig } from "assay";

export default {
  documents: "docs",
  questions: ["questions/facts.jsonl", "questions/behaviour.jsonl"],
  examples: "examples.jsonl",
  // A help desk's volume: turns cost per answer into a monthly bill.
  queriesPerMonth: 20_000,
} satisfies AssayConfig;
