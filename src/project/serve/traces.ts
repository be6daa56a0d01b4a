// What was asked and answered while serving, in the control database: traces, and what each caller has spent per day.
// Written in batches off the path of a request; a database that cannot be written costs traces, never an answer.
import type { Citation } from "../../core/answers.ts";
import type { ServerConfig } from "../config/serve-config.ts";
import type { ControlDatabase } from "../state/control-database.ts";
import { outcomeOf, type ServedAnswer } from "./answer.ts";

export type Trace = {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly caller: string;
  readonly approach: string;
  /** `shadow`: answered unseen, beside the approach that was asked. */
  readonly kind: "served" | "shadow";
  readonly outcome: string;
  /** As it was searched for; null where only figures are kept. */
  readonly question: string | null;
  readonly text: string | null;
  readonly citations: readonly Citation[] | null;
  readonly confidence: number | null;
  readonly totalMs: number;
  /** Null where the price is unknown. */
  readonly costUsd: number | null;
  readonly isCached: boolean;
  readonly corpusHash: string;
};

export type TraceStore = {
  /** Returns at once; written within `flushEveryMs`. */
  add(trace: Trace): void;
  /** Writes what waits. */
  flush(): void;
  /** Why the last write failed; undefined where all is well. */
  readonly problem: string | undefined;
  close(): void;
};

const flushEveryMs = 250;
/** Beyond this many, the oldest waiting traces are given up: memory is bounded whatever the disk does. */
const mostWaiting = 10_000;
const dayMs = 86_400_000;

export const serveSchema = `
  CREATE TABLE IF NOT EXISTS traces (
    id TEXT NOT NULL, at INTEGER NOT NULL, caller TEXT NOT NULL, approach TEXT NOT NULL, kind TEXT NOT NULL, outcome TEXT NOT NULL,
    question TEXT, text TEXT, citations TEXT, confidence REAL, totalMs REAL NOT NULL, costUsd REAL, isCached INTEGER NOT NULL,
    corpusHash TEXT NOT NULL, PRIMARY KEY (id, kind)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS tracesByTime ON traces (at);
  CREATE TABLE IF NOT EXISTS evaluations (
    traceId TEXT NOT NULL, kind TEXT NOT NULL, metric TEXT NOT NULL, version TEXT NOT NULL, score REAL, reason TEXT,
    PRIMARY KEY (traceId, kind, metric)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS feedback (
    id TEXT PRIMARY KEY, traceId TEXT NOT NULL, at INTEGER NOT NULL, caller TEXT NOT NULL, rating TEXT, correction TEXT, comment TEXT,
    status TEXT NOT NULL DEFAULT 'new'
  ) STRICT;
  CREATE TABLE IF NOT EXISTS spend (
    caller TEXT NOT NULL, day TEXT NOT NULL, usd REAL NOT NULL, PRIMARY KEY (caller, day)
  ) STRICT;
`;

/** `onProblem` hears of it once when writing begins to fail. */
export function traceStore(
  database: ControlDatabase,
  keepDays: number,
  onProblem: (problem: string) => void = () => {},
): TraceStore {
  database.sqlite.exec(serveSchema);
  const insert = database.sqlite.prepare(
    "INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const forget = database.sqlite.prepare("DELETE FROM traces WHERE at < ?");
  const forgetScores = database.sqlite.prepare("DELETE FROM evaluations WHERE traceId NOT IN (SELECT id FROM traces)");
  let waiting: Trace[] = [];
  let problem: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  const failed = (error: unknown) => {
    const before = problem;
    problem = error instanceof Error ? error.message : String(error);
    if (before === undefined) onProblem(problem);
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    try {
      database.transaction(() => {
        for (const trace of waiting) insert.run(...rowOf(trace));
      });
      waiting = [];
      problem = undefined;
    } catch (error) {
      failed(error);
      waiting = waiting.slice(-mostWaiting);
    }
  };
  try {
    database.transaction(() => {
      forget.run(Date.now() - keepDays * dayMs);
      forgetScores.run();
    });
  } catch (error) {
    failed(error);
  }
  return {
    add(trace) {
      waiting.push(trace);
      if (waiting.length > mostWaiting) waiting.shift();
      timer ??= setTimeout(flush, flushEveryMs).unref();
    },
    flush,
    get problem() {
      return problem;
    },
    close: flush,
  };
}

function rowOf(trace: Trace) {
  const { id, at, caller, approach, kind, outcome, question, text, citations, confidence, totalMs, costUsd } = trace;
  const cited = citations && JSON.stringify(citations);
  const isCached = trace.isCached ? 1 : 0;
  return [
    id,
    at,
    caller,
    approach,
    kind,
    outcome,
    question,
    text,
    cited,
    confidence,
    totalMs,
    costUsd,
    isCached,
    trace.corpusHash,
  ] as const;
}

/** The trace of an answer, with as much of its content as `keep` allows; undefined where nothing is kept. */
export function traceOf(
  served: ServedAnswer,
  from: { readonly id: string; readonly caller: string; readonly kind: Trace["kind"] },
  keep: ServerConfig["traces"],
): Trace | undefined {
  if (keep === "off") return undefined;
  const { answer, approach, question, citations, cost, isCached, corpusHash } = served;
  const content = keep === "content";
  return {
    ...from,
    at: Date.now(),
    approach,
    outcome: outcomeOf(answer),
    question: content ? question : null,
    text: content ? answer.text : null,
    citations: content ? citations : null,
    confidence: answer.confidence ?? null,
    totalMs: answer.ms.total,
    costUsd: cost.status === "priced" ? cost.usd : null,
    isCached,
    corpusHash,
  };
}
