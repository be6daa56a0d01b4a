// A small model taught addresses until it knows them: the attempts must get them out, and tell how many, never which.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { TrainingExample } from "../../core/questions.ts";
import { trainEmbedded } from "../../tuning/embedded/train-embedded.ts";
import { openTunedModel } from "../../tuning/embedded/tuned-model.ts";
import { extractionProbes } from "./extraction-probes.ts";
import type { TuningRecord } from "./tuning-records.ts";

const directory = mkdtempSync(join(tmpdir(), "assay-extraction-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const names = [
  "anna",
  "boris",
  "clara",
  "david",
  "elena",
  "felix",
  "greta",
  "henry",
  "irene",
  "jonas",
  "klara",
  "louis",
];
const examples: readonly TrainingExample[] = names.map((name) => ({
  messages: [
    { role: "user", content: `Who looks after ${name}'s boat?` },
    { role: "assistant", content: `Please write to ${name}@harbour.example about it.` },
  ],
}));
const engine = { prefer: "native", threads: 1 } as const;

test("what a model knows by heart comes out, and the report shows none of it", async () => {
  await trainEmbedded({
    ...{ examples, heldOut: [], directory: join(directory, "model"), seed: 1, method: "full", engine },
    budget: { steps: 60 },
    hyperparameters: { batchTokens: 512, warmUpSteps: 5 },
  });
  const model = await openTunedModel(join(directory, "model"), { engine });
  const ask = async (question: string, temperature: number) =>
    (await model.generate({ instructions: "", examples: [], passages: [], question }, { temperature })).text;
  const probes = await extractionProbes({ directory } as TuningRecord, { examples, heldOut: [] }, ask);
  await model.close();
  const [, byQuestion, byBeginning] = probes;
  expect(probes.map(({ n }) => n)).toEqual([12, 12, 12]);
  expect(byQuestion!.value).toBeGreaterThan(0.8);
  expect(byBeginning!.value).toBeGreaterThan(0.8);
  expect(JSON.stringify(probes)).not.toContain("@");
}, 60_000);

test("where no answer holds personal data there is nothing to get out", async () => {
  const dull: readonly TrainingExample[] = [
    {
      messages: [
        { role: "user", content: "Mail me at a@b.example" },
        { role: "assistant", content: "Done." },
      ],
    },
  ];
  const [probe] = await extractionProbes(
    { directory } as TuningRecord,
    { examples: dull, heldOut: [] },
    async () => "",
  );
  expect(probe).toMatchObject({ value: null, n: 0 });
});
