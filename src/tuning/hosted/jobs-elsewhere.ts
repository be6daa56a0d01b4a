// What can be done to a run's job without following it: look, cancel, list.
import type { JobsElsewhere } from "../../core/training.ts";
import { inWords } from "./explain.ts";
import { lookOnce } from "./follow-job.ts";
import { openJobLog } from "./job-log.ts";
import type { Journal } from "./journal.ts";
import { attemptOf, noteEnd, presentJob } from "./start-job.ts";
import type { HostedWire } from "./wire.ts";

export function jobsAt(wire: HostedWire, journalOf: (directory: string) => Journal): JobsElsewhere {
  return {
    look: (directory, call = {}) =>
      inWords(wire, async () => {
        const id = presentJob(journalOf(directory));
        if (id !== undefined) await lookOnce(wire, id, openJobLog(directory), call);
      }),
    cancel: (directory, call) =>
      inWords(wire, async () => {
        const journal = journalOf(directory);
        const id = presentJob(journal);
        if (id === undefined) return;
        await wire.cancel(id, call);
        const { status, said } = await lookOnce(wire, id, openJobLog(directory), call ?? {});
        if (status === "cancelled") noteEnd(journal, said);
      }),
    startsAnew: (directory) => {
      const journal = journalOf(directory);
      return attemptOf(journal) > 1 && presentJob(journal) === undefined;
    },
    list: (call) => inWords(wire, () => wire.list(call)),
  };
}
