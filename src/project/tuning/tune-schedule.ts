// `assay tune --if-new N --every H`: stays, looks for new examples every so often, and trains when enough came in.
import { AssayError } from "../../core/errors.ts";
import type { ProjectContext } from "../wiring/context.ts";
import type { TuneResult } from "./tune.ts";
import { requestTuning, type TuneRequest } from "./tune-request.ts";

/** `waiting`: fewer new examples than asked for; `newExamples` tells how many. */
export type ScheduleEvent =
  | { readonly event: "waiting"; readonly newExamples: number; readonly wanted: number }
  | ({ readonly event: "trained" } & Pick<TuneResult, "tuning" | "reused">)
  | { readonly event: "failed"; readonly message: string; readonly remedy?: string };

export type TuneSchedule = {
  readonly everyMs: number;
  readonly onEvent: (event: ScheduleEvent) => void;
  /** Ends the schedule; a run in progress is saved and can be resumed. */
  readonly signal: AbortSignal;
  /** For tests: what trains, and how time passes. */
  readonly train?: typeof requestTuning;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/**
 * Where `request.from` names a run, each run continues the last one that succeeded. What fails at the first look is thrown: nobody
 * waits a day to learn of a typing mistake. Later failures are told, and the next look tries again.
 */
export async function tuneOnSchedule(
  context: ProjectContext,
  request: TuneRequest & { readonly ifNew: number },
  { everyMs, onEvent, signal, train = requestTuning, wait = pause }: TuneSchedule,
): Promise<void> {
  let { from } = request;
  for (let look = 0; !signal.aborted; look++) {
    try {
      const result = await train(context, { ...request, ...(from === undefined ? {} : { from }), signal });
      if (signal.aborted) return;
      onEvent(eventOf(result, request.ifNew));
      if (from !== undefined && result.tuning.status === "succeeded") from = result.tuning.id;
    } catch (error) {
      if (look === 0 || !AssayError.isInstance(error)) throw error;
      onEvent({ event: "failed", message: error.message, ...(error.remedy ? { remedy: error.remedy } : {}) });
    }
    await wait(everyMs, signal);
  }
}

type Looked = Awaited<ReturnType<typeof requestTuning>>;

function eventOf({ tuning, reused, newExamples }: Looked, wanted: number): ScheduleEvent {
  if (newExamples !== undefined) return { event: "waiting", newExamples, wanted };
  if (tuning.status === "succeeded") return { event: "trained", tuning, reused };
  const { message = `tuning ${tuning.id} has ${tuning.status}`, remedy = `assay tune resume ${tuning.id}` } =
    tuning.error ?? {};
  return { event: "failed", message, remedy };
}

/** Resolves early when told to stop. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
