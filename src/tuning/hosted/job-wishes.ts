// What a job is to be, from the settings of a run; and the finished job that it goes on from.
import { AssayError } from "../../core/errors.ts";
import type { TuningJob } from "../../core/training.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { EarlierJob, HostedWire, JobWishes } from "./wire.ts";

const resultAct = "result";

/** What a later run needs to go on from this one. */
export function noteResult(journal: Journal, finished: EarlierJob): void {
  journal.note(resultAct, finished);
}

/** Throws `AssayError` for what no provider, or not this one, can be asked. */
export function wishesOf(wire: HostedWire, job: TuningJob): JobWishes {
  const { method, settings } = job;
  const { label } = wire.service;
  if (!("epochs" in settings.budget)) {
    throw new AssayError({
      code: "bad-usage",
      message: `${label} trains by epochs, not by minutes or steps`,
      remedy: "assay tune --epochs N",
    });
  }
  if ((settings.canaries ?? 0) > 0) {
    throw new AssayError({
      code: "bad-usage",
      message: `${label} does not tell how likely its models find a text, so canaries would measure nothing`,
      remedy: "leave --canaries out",
    });
  }
  const earlier = settings.from === undefined ? null : earlierJob(settings.from, wire);
  const base = earlier?.base ?? settings.base;
  if (base === undefined) {
    throw new AssayError({
      code: "bad-usage",
      message: `${label} needs a base model`,
      remedy: "assay tune --base NAME",
    });
  }
  const wishes = { method, settings, epochs: settings.budget.epochs, base, earlier };
  wire.check(wishes);
  return wishes;
}

function earlierJob(directory: string, { service: { clock } }: HostedWire): EarlierJob {
  const finished = openJournal(directory, { clock }).made(resultAct);
  if (finished !== undefined) return finished as EarlierJob;
  throw new AssayError({
    code: "not-found",
    message: `${directory}: no finished job to go on from`,
    remedy: "assay tune list",
  });
}
