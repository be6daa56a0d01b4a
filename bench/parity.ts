// `npm run bench -- parity`: exports opened by transformers, PEFT and llama.cpp, beside Assay's own answers.
import { type BaseParity, runBaseParity } from "./parity/base-parity.ts";
import { parityEngines, runParity } from "./parity/run-parity.ts";
import { markdownTable } from "./tables.ts";

/** Engines are named by `ASSAY_PARITY_PYTHON` and `ASSAY_PARITY_LLAMA_CPP`; docs/exports.md says how to get them. */
export async function benchParity(): Promise<string> {
  const engines = parityEngines(process.env);
  const { transformers, llamaCpp } = await runParity(engines);
  const rows: string[][] = [];
  const of20 = (count: number) => `${count} of 20`;
  if (transformers) {
    const { versions, texts, conversations, largestDifference, greedy } = transformers;
    const engine = `transformers ${versions.transformers}, PEFT ${versions.peft}, torch ${versions.torch}`;
    rows.push([engine, "texts, conversations tokenized alike", `${of20(texts)}, ${of20(conversations)}`]);
    for (const part of ["merged", "base", "adapter"] as const) {
      rows.push([engine, `${part}: largest difference of a logit`, largestDifference[part].toExponential(1)]);
      rows.push([engine, `${part}: answers token for token`, of20(greedy[part])]);
    }
  }
  if (llamaCpp) {
    const engine = `node-llama-cpp ${llamaCpp.version}`;
    rows.push([
      engine,
      "texts, conversations tokenized alike",
      `${of20(llamaCpp.texts)}, ${of20(llamaCpp.conversations)}`,
    ]);
    for (const [part, count] of Object.entries(llamaCpp.greedy))
      rows.push([engine, `${part}: answers token for token`, of20(count)]);
    rows.push([engine, "answers' text alike", of20(llamaCpp.detokenized)]);
  }
  if (engines.python) for (const base of await runBaseParity(engines.python)) rows.push(...rowsOfBase(base));
  if (rows.length === 0)
    return "no engine is named: set ASSAY_PARITY_PYTHON or ASSAY_PARITY_LLAMA_CPP (docs/exports.md)";
  return markdownTable(["engine", "what", "result"], rows);
}

function rowsOfBase(base: BaseParity): readonly string[][] {
  const { name, versions, texts, conversations, baseDifference, loss, tunedDifference } = base;
  const engine = `a base of transformers ${versions.transformers}: ${name}`;
  const share = ([same, of]: readonly [number, number]) => `${same} of ${of}`;
  return [
    [engine, "texts, conversations tokenized alike", `${share(texts)}, ${share(conversations)}`],
    [engine, "largest difference of a logit, as a share of the largest", baseDifference.toExponential(1)],
    [engine, "loss before, held-out loss after 60 steps of LoRA", loss.map((value) => value.toFixed(2)).join(", ")],
    [engine, "tuned, merged: largest difference of a logit", tunedDifference.merged.toExponential(1)],
    [engine, "tuned, adapter in PEFT: largest difference of a logit", tunedDifference.adapter.toExponential(1)],
  ];
}
