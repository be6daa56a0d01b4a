// Books what a comparison consumed: every call by approach, with what its knowledge and behaviour rest on. Puts no price on it.

import type { Usage } from "../../core/models.ts";
import type { ApproachTraits } from "../../core/money.ts";
import type { ApproachLedger, ComparisonLedger } from "../../economics/ledger.ts";
import type { ResolvedConfig } from "../config/config-schema.ts";
import { readIndexingCost } from "../knowledge/cost-of-indexing.ts";
import type { Knowledge } from "../knowledge/knowledge.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { runsOnThisMachine } from "../wiring/prices.ts";
import type { RanApproach } from "./compare-approach.ts";

type Foundations = Pick<ApproachTraits, "knowledge" | "behaviour">;

const foundations: Readonly<Record<string, Foundations>> = {
  "prompt-only": { knowledge: "model", behaviour: "instructions" },
  "few-shot": { knowledge: "model", behaviour: "examples" },
  "long-context": { knowledge: "prompt", behaviour: "instructions" },
  rag: { knowledge: "index", behaviour: "instructions" },
  "fine-tuned": { knowledge: "weights", behaviour: "weights" },
  hybrid: { knowledge: "index", behaviour: "weights" },
  raft: { knowledge: "index", behaviour: "weights" },
  "bm25-extractive": { knowledge: "index", behaviour: "instructions" },
};

const none: Foundations = { knowledge: "none", behaviour: "none" };

export type LedgerInput = {
  readonly context: ProjectContext;
  readonly knowledge: Knowledge;
  readonly ran: readonly RanApproach[];
  readonly examples: number;
};

export async function ledgerOf(input: LedgerInput): Promise<ComparisonLedger> {
  const { context, knowledge, ran, examples } = input;
  const { documents } = await knowledge.index.stats();
  const indexing = readIndexingCost(context.database, knowledge.live.generation, documents);
  const book = (approach: RanApproach): ApproachLedger => {
    const answers = approach.rows.map(({ answer }) => answer.usage);
    const traits = traitsOf(approach, context.config);
    const isIndexed = traits.knowledge === "index";
    return {
      approach: approach.name,
      yardstick: approach.yardstick,
      traits,
      answers,
      preparing: approach.preparing,
      prepareMs: approach.prepareMs,
      indexing: isIndexed ? indexing.whole : [],
      oneDocument: isIndexed ? indexing.oneDocument : [],
      ...(approach.provided ? { provided: approach.provided } : {}),
      examples,
    };
  };
  return { approaches: ran.map(book), indexingBasis: indexing.basis };
}

/** What the approach rests on, and whether all its calls stayed on this machine. */
function traitsOf({ name, rows, preparing }: RanApproach, config: ResolvedConfig): ApproachTraits {
  const calls: readonly Usage[] = [...rows.flatMap(({ answer }) => answer.usage), ...preparing];
  const isIndexed = foundations[name]?.knowledge === "index";
  const models = new Set([...calls.map(({ modelId }) => modelId), ...(isIndexed ? [config.embedder] : [])]);
  return { ...(foundations[name] ?? none), offline: [...models].every((id) => runsOnThisMachine(id, config)) };
}
