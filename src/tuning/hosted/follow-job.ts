// Follows a job elsewhere until its provider has ended it, or until nobody wants to wait any more: the job goes on then.
import { AssayError } from "../../core/errors.ts";
import type { ProgressStage } from "../../core/progress.ts";
import type { TrainCall } from "../../core/training.ts";
import type { JobLog } from "./job-log.ts";
import type { Journal } from "./journal.ts";
import { ServiceError } from "./service-error.ts";
import { noteEnd } from "./start-job.ts";
import type { HostedWire, JobView } from "./wire.ts";

export type FollowOptions = {
  readonly wire: HostedWire;
  readonly id: string;
  readonly log: JobLog;
  readonly journal: Journal;
  readonly pollMs: number;
  /** Somebody asks for this job to go on: one that was paused is let run. */
  readonly wakes: boolean;
  readonly call: TrainCall;
};

/** A laptop sleeps, a line drops: for this long nobody is told. */
const patienceMs = 600_000;

/** The last that was heard of it; null where the signal fired before its end. */
export async function followJob(options: FollowOptions): Promise<JobView | null> {
  const { wire, id, log, pollMs, wakes, call } = options;
  const { clock, label } = wire.service;
  const bar = progressBar(call.progress.start(`Training at ${label}`, 100));
  let heardAt = clock.now();
  let isAsleep = wakes;
  for (;;) {
    if (call.signal?.aborted) return bar.end("the job goes on");
    try {
      const view = await lookOnce(wire, id, log, call);
      heardAt = clock.now();
      bar.show(view);
      if (isEnded(view)) return bar.end(view.said, view);
      if (isDearer(view, call)) throw await stopped(options, view);
      if (isAsleep && view.status === "paused") await wire.goOn?.(id, call);
      isAsleep = false;
    } catch (error) {
      if (isCancel(error)) return bar.end("the job goes on");
      const waits = error instanceof ServiceError && error.isTransient && clock.now() - heardAt < patienceMs;
      if (!waits) {
        bar.end("not followed any more");
        throw error;
      }
    }
    try {
      await clock.sleep(pollMs, call.signal);
    } catch (error) {
      if (!call.signal?.aborted) throw error;
    }
  }
}

/** Asks once and writes down what is new. */
export async function lookOnce(wire: HostedWire, id: string, log: JobLog, call: Partial<TrainCall>): Promise<JobView> {
  const view = await wire.look(id, log.seen, call);
  log.add(view.news);
  log.stand(view);
  return view;
}

/** Where the price is known only once the job exists, the limit is held by stopping it. */
const isDearer = ({ cost, status }: JobView, { atMostUsd = Number.POSITIVE_INFINITY }: TrainCall): boolean =>
  cost?.status === "priced" && cost.usd > atMostUsd && status !== "cancelling";

async function stopped({ wire, id, journal, call }: FollowOptions, { cost, said }: JobView): Promise<AssayError> {
  const { atMostUsd, signal } = call;
  await wire.cancel(id, signal ? { signal } : {});
  noteEnd(journal, said);
  const usd = cost?.status === "priced" ? cost.usd.toFixed(2) : "?";
  return new AssayError({
    code: "bad-usage",
    message: `${wire.service.label} estimates $${usd} for job ${id}, more than the $${atMostUsd} of --max-usd: it was told to stop, and bills what was done`,
    remedy: "assay tune resume --yes --max-usd N, or train on fewer examples or epochs",
  });
}

const isEnded = ({ status }: JobView): boolean =>
  status === "succeeded" || status === "failed" || status === "cancelled" || status === "gone";

const isCancel = (error: unknown): boolean => AssayError.isInstance(error) && error.code === "cancelled";

function progressBar(stage: ProgressStage) {
  let shown = 0;
  return {
    show({ share, said }: JobView): void {
      const percent = Math.floor((share ?? 0) * 100);
      stage.advance(Math.max(0, percent - shown), said);
      shown = Math.max(shown, percent);
    },
    end<T>(summary: string, result: T | null = null): T | null {
      stage.end(summary);
      return result;
    },
  };
}
