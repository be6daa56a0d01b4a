// assay tune --if-new N --every HOURS
import { AssayError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { TuneRequest } from "../../project/tuning/tune-request.ts";
import { type CommonOptions, printJson, withProject } from "../common-options.ts";
import { toldToStop } from "../told-to-stop.ts";

type EveryOptions = CommonOptions & {
  readonly ifNew?: number;
  /** Hours. */
  readonly every?: number;
};

const msPerHour = 3_600_000;

/** Stays until it is told to stop; a run in progress is saved. */
export async function tuneEvery<Options extends EveryOptions>(
  options: Options,
  requestOf: (options: Options, progress: Progress) => TuneRequest,
): Promise<void> {
  const { ifNew, every = 0, json } = options;
  if (ifNew === undefined) throw withoutCount();
  await withProject(options, async (context, progress) => {
    const { tuneOnSchedule } = await import("../../project/tuning/tune-schedule.ts");
    const { printScheduled } = await import("../print-tuning.ts");
    const stop = new AbortController();
    void toldToStop().then(() => stop.abort());
    await tuneOnSchedule(
      context,
      { ...requestOf(options, progress), ifNew },
      { everyMs: every * msPerHour, onEvent: json ? printJson : printScheduled, signal: stop.signal },
    );
  });
}

const withoutCount = (): AssayError =>
  new AssayError({
    code: "bad-usage",
    message: "--every needs to know how many new examples are worth a training",
    remedy: "assay tune --if-new 50 --every 6",
  });
