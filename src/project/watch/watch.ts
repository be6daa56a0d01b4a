// `assay watch`: keeps the index in step with the documents, from the moment it starts until it is told to stop.
import { AssayError } from "../../core/errors.ts";
import { type Progress, silentProgress } from "../../core/progress.ts";
import { documentPaths } from "../knowledge/discover-documents.ts";
import { type IngestResult, ingest } from "../knowledge/ingest.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { fileEvents } from "./file-events.ts";
import { changesBetween, type FileChanges, type FileMarks, markFiles } from "./file-marks.ts";

export type WatchEvent =
  | ({ readonly event: "ingested"; readonly files: FileChanges } & IngestResult)
  /** Nothing was lost: the same is tried again. */
  | { readonly event: "failed"; readonly code: string; readonly message: string };

export type WatchOptions = {
  readonly onEvent: (event: WatchEvent) => void;
  readonly progress?: Progress;
  /** How long nothing must move before files are read: editors write in several steps. Default 300. */
  readonly settleMs?: number;
  /** How often to look without an event: not every disk sends them. Default 30,000. */
  readonly lookMs?: number;
  /** After a failure. Default 2,000. */
  readonly retryMs?: number;
};

export type Watching = {
  /** Lets an ingest in the making finish. */
  stop(): Promise<void>;
};

const nothing: FileMarks = new Map();

/** Ingests once, then after every change. Errors are events: watching ends only when it is told to. */
export function watchDocuments(context: ProjectContext, options: WatchOptions): Watching {
  const { settleMs = 300, lookMs = 30_000, retryMs = 2000 } = options;
  const bell = alarm();
  const events = fileEvents(context.directory, bell.ring);
  let stopped = false;
  const watching = (async () => {
    let seen: FileMarks | undefined;
    let failure: string | undefined;
    while (!stopped) {
      await events.follow(documentPaths(context));
      const step = await inStep(context, seen, options.progress ?? silentProgress);
      // What fails again in the same way has been told.
      if (step.event && (step.event.event === "ingested" || step.event.message !== failure))
        options.onEvent(step.event);
      failure = step.event?.event === "failed" ? step.event.message : undefined;
      seen = step.seen;
      await bell.wait(failure === undefined ? lookMs : retryMs);
      while (!stopped && (await bell.wait(settleMs)));
    }
  })();
  return {
    async stop() {
      stopped = true;
      bell.ring();
      await watching;
      events.close();
    },
  };
}

type Step = { readonly seen: FileMarks | undefined; readonly event?: WatchEvent };

/** `seen` moves on only with an ingest that succeeded; what changes meanwhile is seen the next time. */
async function inStep(context: ProjectContext, seen: FileMarks | undefined, progress: Progress): Promise<Step> {
  try {
    const now = await markFiles(context);
    const files = changesBetween(seen ?? nothing, now);
    const moved = [...files.added, ...files.changed, ...files.removed];
    if (seen !== undefined && moved.length === 0) return { seen };
    const result = await ingest(context, { progress });
    // A broken file is told of when it changes, not every time that another does.
    const failures = seen ? result.failures.filter(({ source }) => moved.includes(source)) : result.failures;
    const told = seen ? files : { added: [], changed: [], removed: [] };
    return { seen: now, event: { event: "ingested", files: told, ...result, failures } };
  } catch (error) {
    const { code, message } = AssayError.isInstance(error) ? error : { code: "internal", message: String(error) };
    return { seen, event: { event: "failed", code, message } };
  }
}

/** A bell that one may wait for: rung before anybody waits, it is heard all the same. */
function alarm() {
  let rung = false;
  let hear: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      hear?.();
    },
    /** True where it was rung within `ms`. */
    async wait(ms: number): Promise<boolean> {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          hear = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      hear = undefined;
      const was = rung;
      rung = false;
      return was;
    },
  };
}
