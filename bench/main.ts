// `npm run bench -- NAME --data DIR [--sets a,b]`: prints one Markdown table. Each bench is one file.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { BenchOptions } from "./tables.ts";

const benches: Readonly<Record<string, () => Promise<(options: BenchOptions) => Promise<string>>>> = {
  retrieval: async () => (await import("./retrieval.ts")).benchRetrieval,
  reading: async () => (await import("./reading.ts")).benchReading,
  scale: async () => (await import("./scale.ts")).benchScale,
  comparison: async () => (await import("./comparison.ts")).benchComparison,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { data: { type: "string" }, sets: { type: "string" } },
});
const [name = ""] = positionals;
const bench = benches[name];
if (bench === undefined || values.data === undefined) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join("|")} --data DIR [--sets a,b]\n`);
  process.exitCode = 2;
} else {
  const run = await bench();
  const sets = values.sets?.split(",");
  process.stdout.write(`${await run({ data: resolve(values.data), ...(sets ? { sets } : {}) })}\n`);
}
