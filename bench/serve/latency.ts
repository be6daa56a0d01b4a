// What each server adds to a model that takes a fixed time, for whole answers and for the first byte of a stream.
import { markdownTable, percentile } from "../tables.ts";
import type { ModelServers } from "./processes.ts";
import { ms, timedAnswer } from "./questions.ts";

const turns = 150;
/** The first turns open connections, warm caches and are compiled: what is measured is a server that has been up for a minute. */
const warmUpTurns = 100;

export async function measureLatency(servers: ModelServers, questions: readonly string[]): Promise<string> {
  const rows: string[][] = [];
  for (const stream of [false, true]) {
    const times = await timesOf(servers, questions, stream);
    const alone = [...times.values()][0] ?? [];
    for (const [name, own] of times) {
      const added = own === alone ? [] : [own.map((time, turn) => time - (alone[turn] ?? 0))];
      const figures = [own, ...added].flatMap((values) => [percentile(values, 0.5), percentile(values, 0.95)]);
      rows.push([
        stream ? "first byte of a stream" : "whole answer",
        name,
        ...figures.map(ms),
        ...(added.length === 0 ? ["", ""] : []),
      ]);
    }
  }
  return markdownTable(["measured", "server", "p50 ms", "p95 ms", "added p50 ms", "added p95 ms"], rows);
}

/** Every question goes to every server in turn, so that noise of the machine meets all alike. */
async function timesOf(servers: ModelServers, questions: readonly string[], stream: boolean) {
  const times = new Map<string, number[]>([...servers.keys()].map((name) => [name, []]));
  for (let turn = 0; turn < turns + warmUpTurns; turn += 1) {
    const question = `${questions[turn % questions.length]} (${stream ? "s" : "w"}${turn})`;
    for (const [name, url] of servers) {
      const { firstMs, totalMs } = await timedAnswer(url, "rag", question, stream);
      if (turn >= warmUpTurns) times.get(name)?.push(stream ? firstMs : totalMs);
    }
  }
  return times;
}
