// Half an hour's business in five minutes: questions without pause, whole and streamed, searches, an edit with `assay ingest`
// every few seconds, a comparison every few edits, and SIGTERM in the middle of it.
import { setTimeout as pause } from "node:timers/promises";
import { markdownTable } from "../tables.ts";
import { runAssay, startAssay } from "./processes.ts";
import { chatRequest, gaugeOf, jsonRequest } from "./questions.ts";
import type { ServeProject } from "./serve-project.ts";

const clients = 2;
const pauseBetweenEditsMs = 3000;
const editsPerComparison = 4;
/** Of the whole time, when memory is first read: caches are full by then. */
const settledShare = 0.4;

type Counts = {
  answered: number;
  failed: number;
  droppedAtStop: number;
  edits: number;
  comparisons: number;
};

export async function measureMixedLoad(project: ServeProject, seconds: number): Promise<string> {
  const server = await startAssay(project.directory);
  const counts: Counts = { answered: 0, failed: 0, droppedAtStop: 0, edits: 0, comparisons: 0 };
  const stopping = new AbortController();
  const work = [
    ...Array.from({ length: clients }, (_, first) =>
      ask(server.url, project.questions, first, counts, stopping.signal),
    ),
    editAndCompare(project, counts, stopping.signal),
  ];
  await pause(seconds * settledShare * 1000);
  const early = await residentMb(server.url);
  await pause(seconds * (1 - settledShare) * 1000);
  const late = await residentMb(server.url);
  stopping.abort();
  const stopMs = await server.stop();
  await Promise.all(work);
  const figures: Readonly<Record<string, string>> = {
    "mixed load": `${clients} clients, ${seconds} s`,
    answered: String(counts.answered),
    failed: String(counts.failed),
    "edits ingested": String(counts.edits),
    comparisons: String(counts.comparisons),
    [`RSS MB at ${(seconds * settledShare).toFixed(0)} s`]: early.toFixed(0),
    [`at ${seconds} s`]: late.toFixed(0),
    ratio: (late / early).toFixed(2),
    "dropped at SIGTERM": String(counts.droppedAtStop),
    "stop ms": stopMs.toFixed(0),
  };
  return markdownTable(Object.keys(figures), [Object.values(figures)]);
}

/** Asks until the server takes no more connections. */
async function ask(
  url: string,
  questions: readonly string[],
  first: number,
  counts: Counts,
  stopping: AbortSignal,
): Promise<void> {
  for (let turn = first; ; turn += clients) {
    const outcome = await outcomeOf(requestFor(url, questions, turn));
    if (outcome === "refused" && stopping.aborted) return;
    if (outcome === "answered") counts.answered += 1;
    else if (stopping.aborted) counts.droppedAtStop += 1;
    else counts.failed += 1;
  }
}

/** Of eight: five whole answers, two streams, one search. */
function requestFor(url: string, questions: readonly string[], turn: number): Promise<Response> {
  const question = `${questions[turn % questions.length]}`;
  const kind = turn % 8;
  if (kind === 7) return fetch(`${url}/v1/search`, jsonRequest({ query: question, top_k: 10 }));
  return fetch(`${url}/v1/chat/completions`, chatRequest("rag", question, kind === 2 || kind === 5));
}

async function outcomeOf(asked: Promise<Response>): Promise<"answered" | "refused" | "failed"> {
  try {
    const response = await asked;
    const text = await response.text();
    // A stream that breaks off says so in an event, under the status that it began with.
    return response.ok && text !== "" && !text.includes('data: {"error"') ? "answered" : "failed";
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    return cause?.code === "ECONNREFUSED" ? "refused" : "failed";
  }
}

async function editAndCompare(project: ServeProject, counts: Counts, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    project.edit(`# News ${counts.edits}\n\nThe news of turn ${counts.edits} is ${counts.edits * 7}.\n`);
    await runAssay("ingest", "--project", project.directory, "--json");
    counts.edits += 1;
    if (counts.edits % editsPerComparison === 2) {
      await runAssay("compare", "--approaches", "prompt-only,rag", "--project", project.directory, "--json");
      counts.comparisons += 1;
    }
    await pause(pauseBetweenEditsMs);
  }
}

async function residentMb(url: string): Promise<number> {
  return (await gaugeOf(url, "process_resident_memory_bytes")) / 2 ** 20;
}
