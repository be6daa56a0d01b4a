// What every index must do, whatever engine is behind it. The test runner is handed in, so that this file can be shipped
// and used with any runner that has `describe`, `test` and `expect`.
import type { ChunkIndex } from "../core/retrieval.ts";
import type { ContractCases, ContractContext } from "./index-cases.ts";
import { filterCases } from "./index-contract-filters.ts";
import { oddInputCases, rankingCases } from "./index-contract-ranking.ts";
import { secondHandleCases, writeCases } from "./index-contract-writes.ts";

/** The parts of vitest, jest and their like that the suite uses. */
export type TestRunner = {
  readonly describe: (name: string, body: () => void) => void;
  readonly test: (name: string, body: () => Promise<void>) => void;
  readonly expect: ContractContext["expect"];
};

export type IndexContractOptions = {
  readonly runner: TestRunner;
  /** A fresh, empty index of four dimensions. */
  readonly open: () => Promise<ChunkIndex>;
  /** A second handle on the index opened last; absent for indexes that live in one handle. */
  readonly reopen?: () => Promise<ChunkIndex>;
};

export function describeIndexContract(name: string, { runner, open, reopen }: IndexContractOptions): void {
  const { describe, test, expect } = runner;
  const parts: Readonly<Record<string, ContractCases>> = {
    ranking: rankingCases,
    "odd input": oddInputCases,
    writing: writeCases,
    filters: filterCases,
    ...(reopen && { "second handle": secondHandleCases }),
  };
  for (const [part, cases] of Object.entries(parts)) {
    describe(`${name}: ${part}`, () => {
      for (const [demand, run] of Object.entries(cases)) {
        test(demand, async () => {
          const index = await open();
          await run({ index, expect, reopen: reopen ?? open }).finally(() => index.close());
        });
      }
    });
  }
}
