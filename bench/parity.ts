// `npm run bench -- parity`: exports opened by transformers, PEFT and llama.cpp, beside Assay's own answers.
import { parityEngines, runParity } from "./parity/run-parity.ts";
import { markdownTable } from "./tables.ts";

/** Engines are named by `ASSAY_PARITY_PYTHON` and `ASSAY_PARITY_LLAMA_CPP`; docs/exports.md says how to get them. */
export async function benchParity(): Promise<string> {
  const { transformers, llamaCpp } = await runParity(parityEngines(process.env));
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
  if (rows.length === 0)
    return "no engine is named: set ASSAY_PARITY_PYTHON or ASSAY_PARITY_LLAMA_CPP (docs/exports.md)";
  return markdownTable(["engine", "what", "result"], rows);
}
