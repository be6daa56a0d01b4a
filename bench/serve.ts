// `npm run bench -- serve --data DIR [--sets latency,load,mixed]`: what the server adds to a model call, how much it carries, and how it bears a mixed load.
// Servers run in processes of their own; the load comes from this one, on the same machine.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { slowModel } from "./slow-model.ts";
import { type BenchOptions, markdownTable, percentile } from "./tables.ts";

const passages = 10_000;
const modelDelayMs = 30;
const latencyTurns = 150;
const throughputSeconds = 10;
const mixedSeconds = 50;
const cli = join(import.meta.dirname, "../bin/assay.mjs");

export async function benchServe(options: BenchOptions): Promise<string> {
  const project = makeProject(options.data);
  const model = await slowModel(modelDelayMs);
  try {
    await assay("ingest", "--project", project.directory, "--json");
    const wanted = (part: string) => options.sets?.includes(part) ?? true;
    const parts: string[] = [];
    project.configure({ generator: "slow/model", providers: { slow: { baseUrl: model.url } } });
    if (wanted("latency")) {
      const measured = (targets: Targets) => measureLatency(targets, project.questions);
      parts.push(await withServers(project.directory, model.url, measured));
    }
    project.configure({});
    if (wanted("load")) parts.push(await withAssay(project.directory, (url) => measureLoad(url, project.questions)));
    if (wanted("mixed")) parts.push(await measureMixed(project));
    return parts.join("\n\n");
  } finally {
    model.close();
    rmSync(project.directory, { recursive: true, force: true });
  }
}

type BenchProject = {
  readonly directory: string;
  readonly questions: readonly string[];
  configure(config: object): void;
};

function makeProject(data: string): BenchProject {
  const folder = join(data, "retrieval/docs-headings");
  const directory = mkdtempSync(join(tmpdir(), "assay-bench-serve-"));
  mkdirSync(join(directory, "docs"));
  const corpus = gunzipSync(readFileSync(join(folder, "corpus.jsonl.gz")))
    .toString("utf8")
    .split("\n", passages);
  writeFileSync(join(directory, "docs/corpus.jsonl"), corpus.join("\n"));
  const queries = readFileSync(join(folder, "queries.test.jsonl"), "utf8").split("\n").filter(Boolean);
  const questions = queries
    .map((line) => JSON.parse(line) as { question?: string; text?: string; query?: string })
    .map(({ question, text, query }) => question ?? text ?? query ?? "");
  const held = questions
    .slice(0, 3)
    .map((question, place) => JSON.stringify({ id: `q${place}`, question, references: ["x"] }));
  writeFileSync(join(directory, "questions.jsonl"), `${held.join("\n")}\n`);
  const configure = (config: object) =>
    writeFileSync(join(directory, "assay.config.json"), JSON.stringify({ server: { cachedAnswers: 0 }, ...config }));
  configure({});
  return { directory, questions, configure };
}

async function assay(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [cli, ...args], { maxBuffer: 1 << 26 })).stdout;
}

/** Starts a process that prints `{url}` on its first line. */
async function started(...args: readonly string[]): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const child = spawn(process.execPath, [...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await new Promise<readonly string[]>((resolve, reject) => {
    child.stdout.once("data", (bytes: Buffer) => resolve(bytes.toString().split("\n")));
    child.once("exit", () => reject(new Error(`${args.join(" ")} ended before it served`)));
  });
  return { url: (JSON.parse(line ?? "") as { url: string }).url, process: child };
}

async function stopped(child: ChildProcess): Promise<number> {
  const began = performance.now();
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
  return performance.now() - began;
}

async function withAssay<T>(directory: string, work: (url: string) => Promise<T>): Promise<T> {
  const server = await started(cli, "serve", "--port", "0", "--json", "--project", directory);
  try {
    return await work(server.url);
  } finally {
    await stopped(server.process);
  }
}

type Targets = Readonly<Record<"model alone" | "Hono, nothing else" | "Assay, rag", string>>;

async function withServers<T>(directory: string, model: string, work: (targets: Targets) => Promise<T>): Promise<T> {
  const echo = await started(join(import.meta.dirname, "serve-echo.ts"), `${model}/chat/completions`);
  try {
    return await withAssay(directory, (url) =>
      work({ "model alone": model, "Hono, nothing else": `${echo.url}/v1`, "Assay, rag": `${url}/v1` }),
    );
  } finally {
    await stopped(echo.process);
  }
}

/** Every question goes to every target in turn, so that noise of the machine meets all alike. */
async function measureLatency(targets: Targets, questions: readonly string[]): Promise<string> {
  const rows = [];
  for (const stream of [false, true]) {
    const times = new Map<string, number[]>(Object.keys(targets).map((name) => [name, []]));
    for (let turn = 0; turn < latencyTurns + 10; turn += 1) {
      const question = `${questions[turn % questions.length]} (${stream ? "s" : "w"}${turn})`;
      for (const [name, url] of Object.entries(targets)) {
        const { firstMs, totalMs } = await timed(url, name.startsWith("Assay") ? "rag" : "model", question, stream);
        // The first turns open connections and warm caches.
        if (turn >= 10) times.get(name)?.push(stream ? firstMs : totalMs);
      }
    }
    const alone = times.get("model alone") ?? [];
    for (const [name, own] of times) {
      const added = own.map((ms, turn) => ms - (alone[turn] ?? 0));
      rows.push([
        stream ? "first byte of a stream" : "whole answer",
        name,
        ms(percentile(own, 0.5)),
        ms(percentile(own, 0.95)),
        ms(percentile(added, 0.5)),
        ms(percentile(added, 0.95)),
      ]);
    }
  }
  return markdownTable(["measured", "server", "p50 ms", "p95 ms", "added p50 ms", "added p95 ms"], rows);
}

async function timed(
  url: string,
  model: string,
  question: string,
  stream: boolean,
): Promise<{ firstMs: number; totalMs: number }> {
  const began = performance.now();
  const response = await fetch(`${url}/chat/completions`, chat(model, question, stream));
  let firstMs = Number.NaN;
  for await (const _ of response.body ?? []) firstMs = Number.isNaN(firstMs) ? performance.now() - began : firstMs;
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  return { firstMs, totalMs: performance.now() - began };
}

function chat(model: string, question: string, stream: boolean): RequestInit {
  const body = JSON.stringify({ model, stream, messages: [{ role: "user", content: question }] });
  return { method: "POST", headers: { "content-type": "application/json" }, body };
}

async function measureLoad(url: string, questions: readonly string[]): Promise<string> {
  const rows = [];
  for (const clients of [1, 8]) {
    const times: number[] = [];
    const cpuBefore = await gaugeOf(url, "process_cpu_seconds_total");
    const until = performance.now() + throughputSeconds * 1000;
    const client = async (first: number) => {
      for (let turn = first; performance.now() < until; turn += clients)
        times.push((await timed(`${url}/v1`, "rag", `${questions[turn % questions.length]}`, false)).totalMs);
    };
    await Promise.all(Array.from({ length: clients }, (_, first) => client(first)));
    const cpuSeconds = (await gaugeOf(url, "process_cpu_seconds_total")) - cpuBefore;
    const cpuMs = (cpuSeconds * 1000) / times.length;
    rows.push([
      String(clients),
      (times.length / throughputSeconds).toFixed(0),
      ms(percentile(times, 0.5)),
      ms(percentile(times, 0.95)),
      ms(cpuMs),
    ]);
  }
  const head = ["clients, embedded reader", "requests/s", "p50 ms", "p95 ms", "processor ms per request"];
  return markdownTable(head, rows);
}

/** Questions without pause, an edit with `assay ingest` every few seconds, one comparison, and SIGTERM under load. */
async function measureMixed(project: BenchProject): Promise<string> {
  const server = await started(cli, "serve", "--port", "0", "--json", "--project", project.directory);
  const counts = { answered: 0, failed: 0, droppedAtStop: 0, edits: 0 };
  let stopping = false;
  const client = async (first: number) => {
    for (let turn = first; !stopping; turn += 2) {
      const asked = fetch(
        `${server.url}/v1/chat/completions`,
        chat("rag", `${project.questions[turn % project.questions.length]}`, turn % 4 === 0),
      );
      const ok = await asked.then(
        async (response) => response.ok && (await response.text()) !== "",
        isRefusedConnection,
      );
      if (ok === "refused") return;
      if (ok) counts.answered += 1;
      else if (stopping) counts.droppedAtStop += 1;
      else counts.failed += 1;
    }
  };
  const clients = [client(0), client(1)];
  const editing = (async () => {
    for (let edit = 0; !stopping; edit += 1) {
      writeFileSync(
        join(project.directory, "docs/news.md"),
        `# News ${edit}\n\nThe news of turn ${edit} is ${edit * 7}.\n`,
      );
      await assay("ingest", "--project", project.directory, "--json");
      counts.edits += 1;
      if (edit === 1) await assay("compare", "--approaches", "prompt-only", "--project", project.directory, "--json");
      await pause(3000);
    }
  })();
  await pause(mixedSeconds * 400);
  const early = await residentMb(server.url);
  await pause(mixedSeconds * 600);
  const late = await residentMb(server.url);
  stopping = true;
  const stopMs = await stopped(server.process);
  await Promise.all([...clients, editing]);
  return markdownTable(
    [
      "mixed load",
      "answered",
      "failed",
      "edits ingested",
      `RSS MB at ${mixedSeconds * 0.4} s`,
      `at ${mixedSeconds} s`,
      "ratio",
      "dropped at SIGTERM",
      "stop ms",
    ],
    [
      [
        "2 clients",
        String(counts.answered),
        String(counts.failed),
        String(counts.edits),
        early.toFixed(0),
        late.toFixed(0),
        (late / early).toFixed(2),
        String(counts.droppedAtStop),
        stopMs.toFixed(0),
      ],
    ],
  );
}

function isRefusedConnection(error: unknown): "refused" | false {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code === "ECONNREFUSED" ? "refused" : false;
}

async function gaugeOf(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} ([\\d.]+)`, "m").exec(text)?.[1]);
}

async function residentMb(url: string): Promise<number> {
  return (await gaugeOf(url, "process_resident_memory_bytes")) / 2 ** 20;
}

function ms(value: number): string {
  return value.toFixed(1);
}
