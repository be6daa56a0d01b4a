// `npm run bench -- NAME [--data DIR] [--sets a,b] [--judge provider/model] [--seconds N]`: prints one Markdown table. Each bench is one file.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { BenchOptions } from "./tables.ts";

const benches: Readonly<Record<string, () => Promise<(options: BenchOptions) => Promise<string>>>> = {
  retrieval: async () => (await import("./retrieval.ts")).benchRetrieval,
  reading: async () => (await import("./reading.ts")).benchReading,
  scale: async () => (await import("./scale.ts")).benchScale,
  claims: async () => (await import("./claims.ts")).benchClaims,
  decisions: async () => (await import("./decisions.ts")).benchDecisions,
  train: async () => (await import("./train.ts")).benchTrain,
  "training-data": async () => (await import("./training-data.ts")).benchTrainingData,
  comparison: async () => (await import("./comparison.ts")).benchComparison,
  judges: async () => (await import("./judges.ts")).benchJudges,
  serve: async () => (await import("./serve.ts")).benchServe,
  statistics: async () => (await import("./statistics.ts")).benchStatistics,
  parity: async () => (await import("./parity.ts")).benchParity,
  "similar-questions": async () => (await import("./similar-questions.ts")).benchSimilarQuestions,
  "raft-lookup": async () => (await import("./raft-lookup.ts")).benchRaftLookUp,
  engines: async () => (await import("./engines.ts")).benchEngines,
  "engines-gpu": async () => (await import("./engines.ts")).benchEnginesOnGpu,
  "metric-parity": async () => (await import("./metric-parity.ts")).benchMetricParity,
};

/** These make or bring their own data. */
const withoutData: ReadonlySet<string> = new Set([
  "statistics",
  "parity",
  "raft-lookup",
  "engines",
  "engines-gpu",
  "metric-parity",
]);

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string" },
    sets: { type: "string" },
    judge: { type: "string" },
    seconds: { type: "string" },
  },
});
const [name = ""] = positionals;
const bench = benches[name];
if (bench === undefined || (values.data === undefined && !withoutData.has(name))) {
  process.stderr.write(
    `usage: npm run bench -- ${Object.keys(benches).join("|")} --data DIR [--sets a,b] [--judge provider/model] [--seconds N]\n`,
  );
  process.exitCode = 2;
} else {
  const run = await bench();
  const sets = values.sets?.split(",");
  const { judge } = values;
  const seconds = values.seconds === undefined ? {} : { seconds: Number(values.seconds) };
  const data = resolve(values.data ?? ".");
  process.stdout.write(`${await run({ data, ...(sets ? { sets } : {}), ...(judge ? { judge } : {}), ...seconds })}\n`);
}
