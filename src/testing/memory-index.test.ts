import { describe, expect, test } from "vitest";
import { describeIndexContract } from "./index-contract.ts";
import { memoryIndex } from "./memory-index.ts";

describeIndexContract("memory", {
  runner: { describe, test, expect },
  open: async () => memoryIndex({ dimensions: 4 }),
});
