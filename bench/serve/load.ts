// How many questions the server answers with its embedded reader, asked without pause.
import { markdownTable, percentile } from "../tables.ts";
import { gaugeOf, ms, timedAnswer } from "./questions.ts";

export async function measureLoad(url: string, questions: readonly string[], seconds: number): Promise<string> {
  const rows: string[][] = [];
  for (const clients of [1, 8]) {
    const times: number[] = [];
    const cpuBefore = await gaugeOf(url, "process_cpu_seconds_total");
    const until = performance.now() + seconds * 1000;
    const client = async (first: number) => {
      for (let turn = first; performance.now() < until; turn += clients)
        times.push((await timedAnswer(`${url}/v1`, "rag", `${questions[turn % questions.length]}`, false)).totalMs);
    };
    await Promise.all(Array.from({ length: clients }, (_, first) => client(first)));
    const cpuSeconds = (await gaugeOf(url, "process_cpu_seconds_total")) - cpuBefore;
    rows.push([
      String(clients),
      (times.length / seconds).toFixed(0),
      ms(percentile(times, 0.5)),
      ms(percentile(times, 0.95)),
      ms((cpuSeconds * 1000) / times.length),
    ]);
  }
  const head = ["clients, embedded reader", "requests/s", "p50 ms", "p95 ms", "processor ms per request"];
  return markdownTable(head, rows);
}
