import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Embedder } from "../../../core/models.ts";
import { seededRandom } from "./random.ts";
import { adaptStaticEmbedder, openStaticEmbedder } from "./static-embedder.ts";

const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "static-embedder-"));
  folders.push(folder);
  return join(folder, "model");
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/**
 * A made-up world in which each concept has two names. Training passages use both names of their concepts; the probes
 * pair a question in first names with the passage of the same concepts in second names: no word in common.
 */
function synonymWorld(seed: number, passageCount: number) {
  const random = seededRandom(seed);
  const syllables = ["ka", "lo", "mi", "tu", "re", "sa", "no", "vi", "pe", "du"];
  const word = () => Array.from({ length: 4 }, () => syllables[random.integer(syllables.length)]).join("");
  const concepts = Array.from({ length: 30 }, () => [word(), word()] as const);
  const filler = Array.from({ length: 40 }, word);
  const pick = (count: number) => Array.from({ length: count }, () => concepts[random.integer(concepts.length)]!);
  const sentence = (words: readonly string[]) =>
    `${words.flatMap((name) => [name, filler[random.integer(filler.length)]]).join(" ")}.`;
  const passages = Array.from({ length: passageCount }, () => {
    const chosen = pick(4);
    return { text: `${sentence(chosen.map(([first]) => first))} ${sentence(chosen.map(([, second]) => second))}` };
  });
  const probes = Array.from({ length: 40 }, () => pick(3));
  return {
    passages,
    questions: probes.map((probe) => probe.map(([first]) => first).join(" ")),
    answers: probes.map((probe) => probe.map(([, second]) => second).join(" ")),
  };
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);

/** Share of questions whose own answer is the nearest of all answers. */
async function accuracy(embedder: Embedder, questions: readonly string[], answers: readonly string[]): Promise<number> {
  const asked = (await embedder.embed({ values: questions, role: "query" })).vectors;
  const held = (await embedder.embed({ values: answers, role: "passage" })).vectors;
  const right = asked.filter((question, index) => {
    const cosines = held.map((answer) => dot(question, answer));
    return Math.max(...cosines) === cosines[index];
  });
  return right.length / questions.length;
}

async function adapted(passages: readonly { text: string }[], options: { steps?: number; threads?: number } = {}) {
  const directory = await newFolder();
  await adaptStaticEmbedder({ passages, directory, seed: 7, dimensions: 64, threads: 1, ...options });
  return { directory, embedder: await openStaticEmbedder(directory) };
}

describe("adaptation", () => {
  test("learns which words mean each other from the passages alone", async () => {
    const { passages, questions, answers } = synonymWorld(1, 300);
    const start = await adapted(passages, { steps: 0 });
    const trained = await adapted(passages, { steps: 60 });
    expect(await accuracy(start.embedder, questions, answers)).toBeLessThan(0.2);
    expect(await accuracy(trained.embedder, questions, answers)).toBeGreaterThan(0.8);
  });

  test("gives the same bytes for one seed, whatever the number of threads, and others for another seed", async () => {
    const passages = synonymWorld(2, 48).passages;
    const one = await adapted(passages, { steps: 8, threads: 1 });
    const again = await adapted(passages, { steps: 8, threads: 1 });
    const three = await adapted(passages, { steps: 8, threads: 3 });
    expect(await readdir(again.directory)).toEqual(await readdir(one.directory));
    expect(await readdir(three.directory)).toEqual(await readdir(one.directory));
    expect(again.embedder.config).toEqual(one.embedder.config);

    const directory = await newFolder();
    await adaptStaticEmbedder({ passages, directory, seed: 8, dimensions: 64, threads: 1, steps: 8 });
    expect((await openStaticEmbedder(directory)).config).not.toEqual(one.embedder.config);
  });

  test("works on three passages", async () => {
    const passages = [
      { title: "Leave", text: "Thirty days of leave a year." },
      { title: "Rent", text: "The rent is due on the first." },
      { text: "" },
    ];
    const { embedder } = await adapted(passages);
    const { vectors } = await embedder.embed({
      values: ["Leave\nThirty days of leave a year.", "Rent\nThe rent is due on the first.", "days of leave"],
      role: "passage",
    });
    expect(dot(vectors[2]!, vectors[0]!)).toBeGreaterThan(dot(vectors[2]!, vectors[1]!));
  });

  test("refuses an empty corpus and odd dimensions", async () => {
    await expect(adapted([])).rejects.toMatchObject({ code: "no-documents" });
    const [directory, passages] = [await newFolder(), [{ text: "one" }]];
    const options = { passages, directory, seed: 1, dimensions: 100 };
    await expect(adaptStaticEmbedder(options)).rejects.toMatchObject({ code: "bad-config" });
  });

  test("reports each step once and stops when asked", async () => {
    const passages = synonymWorld(3, 32).passages;
    let steps = 0;
    const progress = {
      advance(count = 1) {
        steps += count;
      },
      end() {},
    };
    const directory = await newFolder();
    await adaptStaticEmbedder({ passages, directory, seed: 1, dimensions: 32, steps: 10, threads: 2, progress });
    expect(steps).toBe(10);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(
      adaptStaticEmbedder({ passages, directory, seed: 1, dimensions: 32, steps: 10, threads: 2, signal }),
    ).rejects.toThrow("enough");
  });
});

describe("the embedder", () => {
  const passages = synonymWorld(4, 40).passages;

  test("gives unit vectors, zero for empty text, and says what it used", async () => {
    const { embedder } = await adapted(passages, { steps: 4 });
    const { vectors, usage } = await embedder.embed({ values: [passages[0]!.text, "", " … "], role: "query" });
    expect(Math.sqrt(dot(vectors[0]!, vectors[0]!))).toBeCloseTo(1, 5);
    expect(vectors[1]).toEqual(new Float32Array(64));
    expect(vectors[2]).toEqual(new Float32Array(64));
    expect(usage).toMatchObject([{ modelId: "embedded/static", outputTokens: 0 }]);
    expect(usage[0]!.inputTokens).toBeGreaterThan(8);
    expect(usage[0]!.cpuMs).toBeGreaterThan(0);
  });

  test("embeds a text the same alone, in any batch and in any order, also one it never saw", async () => {
    const { embedder } = await adapted(passages, { steps: 4 });
    const texts = [...passages.slice(0, 5).map(({ text }) => text), "ünseen 東京 words 🦊", "kalomitu"];
    const together = (await embedder.embed({ values: texts, role: "passage" })).vectors;
    const reversed = (await embedder.embed({ values: [...texts].reverse(), role: "passage" })).vectors;
    for (const [index, text] of texts.entries()) {
      const alone = (await embedder.embed({ values: [text], role: "query" })).vectors[0]!;
      expect(alone).toEqual(together[index]);
      expect(reversed[texts.length - 1 - index]).toEqual(alone);
    }
  });

  test("changes identity when it is adapted anew in the same folder, and leaves no stale file", async () => {
    const { directory, embedder } = await adapted(passages, { steps: 2 });
    await adaptStaticEmbedder({
      passages: synonymWorld(5, 40).passages,
      directory,
      seed: 7,
      dimensions: 64,
      threads: 1,
    });
    const after = await openStaticEmbedder(directory);
    expect(after.config).not.toEqual(embedder.config);
    expect(await readdir(directory)).toHaveLength(3);
  });
});

describe("a damaged folder", () => {
  const corrupt = { code: "corrupt-state", remedy: "run `assay ingest --readapt`" };

  async function fileLike(directory: string, pattern: RegExp): Promise<string> {
    const name = (await readdir(directory)).find((candidate) => pattern.test(candidate));
    return join(directory, name!);
  }

  test.each([/^manifest/, /^vocabulary/, /^vectors/])(
    "says how to get a new one when %s is cut short",
    async (file) => {
      const { directory } = await adapted(synonymWorld(6, 12).passages, { steps: 0 });
      await truncate(await fileLike(directory, file), 100);
      await expect(openStaticEmbedder(directory)).rejects.toMatchObject(corrupt);
    },
  );

  test("notices a single changed byte in the vectors", async () => {
    const { directory } = await adapted(synonymWorld(6, 12).passages, { steps: 0 });
    const path = await fileLike(directory, /^vectors/);
    const bytes = await readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    await expect(openStaticEmbedder(directory)).rejects.toMatchObject(corrupt);
  });

  test("refuses a folder of a later format and a folder that is not there", async () => {
    const { directory } = await adapted(synonymWorld(6, 12).passages, { steps: 0 });
    const path = join(directory, "manifest.json");
    await writeFile(path, (await readFile(path, "utf8")).replace('"format": 1', '"format": 2'));
    await expect(openStaticEmbedder(directory)).rejects.toMatchObject(corrupt);
    await expect(openStaticEmbedder(join(directory, "nowhere"))).rejects.toMatchObject(corrupt);
  });
});
