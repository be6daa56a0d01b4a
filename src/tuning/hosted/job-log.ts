// What a job elsewhere has told so far: JSON lines in the run's folder, each thing once, however often it is asked.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TuningEvent } from "../../core/training.ts";
import type { JobNews, JobView } from "./wire.ts";

export type JobLog = {
  /** Ids of what was told. */
  readonly seen: ReadonlySet<string>;
  add(news: readonly JobNews[]): void;
  /** Writes the status where it is another than the last. */
  stand(view: Pick<JobView, "status" | "said" | "share" | "etaMs">): void;
};

type Line = TuningEvent & { readonly id?: string };

export function openJobLog(directory: string): JobLog {
  const lines = linesIn(directory);
  const seen = new Set(lines.flatMap(({ id }) => (id === undefined ? [] : [id])));
  let last = lines.findLast(isStatus);
  let step = Math.max(0, ...lines.map((line) => line.step));
  const write = (line: Line): void => {
    mkdirSync(directory, { recursive: true });
    appendFileSync(fileIn(directory), `${JSON.stringify(line)}\n`);
    step = Math.max(step, line.step);
  };
  return {
    seen,
    add(news) {
      for (const { id, event } of news) {
        if (seen.has(id)) continue;
        seen.add(id);
        write({ ...event, id });
      }
    },
    stand({ status, said, share, etaMs }) {
      if (last?.said === said && last.share === share) return;
      const event = { type: "status", step, status, said, share, etaMs } as const;
      last = event;
      write(event);
    },
  };
}

export function readJobLog(directory: string): readonly TuningEvent[] {
  const told = new Set<string>();
  return linesIn(directory).flatMap(({ id, ...event }) => {
    // Whoever looks beside whoever follows writes down the same.
    if (id !== undefined && told.has(id)) return [];
    if (id !== undefined) told.add(id);
    return [event as TuningEvent];
  });
}

const isStatus = (line: Line): line is Extract<Line, { type: "status" }> => line.type === "status";

const fileIn = (directory: string): string => join(directory, "events.jsonl");

function linesIn(directory: string): readonly Line[] {
  if (!existsSync(fileIn(directory))) return [];
  return readFileSync(fileIn(directory), "utf8").split("\n").flatMap(parsed);
}

/** A kill can cut a line short: what it told is told again. */
function parsed(line: string): readonly Line[] {
  try {
    return [JSON.parse(line) as Line];
  } catch {
    return [];
  }
}
