// The part of the contract in which all goes well.
import type { TuningEvent } from "../../core/training.ts";
import { counted, type HostedCases } from "./hosted-stand.ts";

const statusesIn = (events: readonly TuningEvent[]) =>
  events.flatMap((event) => (event.type === "status" ? [event.status] : []));

export const lifeCases: HostedCases = {
  "plans without uploading, creating or spending": async ({ stand, expect }) => {
    const { fake, trainer, job } = stand;
    const { epochs, tokensPerEpoch, hosting } = await trainer().plan(job());
    expect([epochs, tokensPerEpoch > 50, hosting !== undefined]).toEqual([3, true, true]);
    expect(fake.requests.filter(({ method }) => method !== "GET").length).toEqual(0);
  },
  "trains, tells what happened, and names a model": async ({ subject, stand, expect }) => {
    const { trainer, train, directory } = stand;
    const { reason, examples, heldOut, origin, model, ms, steps, firstLoss, bestLoss } = await train();
    expect({ reason, examples, heldOut, origin }).toEqual({
      ...{ reason: "budget", examples: 12, heldOut: 2, origin: { base: "tunable-base" } },
    });
    expect([model?.name.startsWith(`${subject.name}/`), ms > 60_000]).toEqual([true, true]);
    const events = trainer().events(directory);
    const seen = statusesIn(events);
    expect([seen.at(-1), seen.includes("running")]).toEqual(["succeeded", true]);
    const told = events.flatMap((event) => (event.type === "step" ? [event.step] : []));
    const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect([told, steps]).toEqual(subject.tellsLosses ? [all, 10] : [[], null]);
    expect(subject.tellsLosses ? bestLoss! < firstLoss! : bestLoss === null).toEqual(true);
    expect(counted(stand)).toEqual({ uploads: 2, jobs: 1, twice: [] });
  },
  "learns from preferences": async ({ stand, expect }) => {
    const { fake, train, trainer, job } = stand;
    expect((await train(trainer(), {}, job({ method: "dpo" }))).reason).toEqual("budget");
    expect(/dpo/i.test(JSON.stringify(fake.jobs[0]!.body))).toEqual(true);
  },
  "lists every job of the account, however they are handed out": async ({ stand, expect }) => {
    const { trainer, job, train, directory } = stand;
    for (const examples of [12, 13, 14, 15, 16]) {
      await train(trainer(), {}, job({ examples, directory: `${directory}/${examples}` }));
    }
    const jobs = await trainer().elsewhere!.list();
    expect(new Set(jobs.map(({ id }) => id)).size).toEqual(5);
    expect(jobs.filter(({ status, base }) => status !== "succeeded" || base === null)).toEqual([]);
  },
  "learns on top of an earlier run": async ({ stand, expect }) => {
    const { trainer, job, train, directory, fake } = stand;
    const first = await train();
    const next = job({ examples: 14, directory: `${directory}/next` });
    const { base: _, ...settings } = next.settings;
    const result = await train(trainer(), {}, { ...next, settings: { ...settings, from: directory } });
    const model = first.model!.name.slice(first.model!.name.indexOf("/") + 1);
    expect([result.reason, result.origin]).toEqual(["budget", { base: model }]);
    const sent = JSON.stringify(fake.jobs[1]!.body);
    expect([model, fake.jobs[0]!.id].some((name) => sent.includes(name))).toEqual(true);
  },
  "shows a status that it does not know as it is, and goes on asking": async ({ subject, stand, expect }) => {
    const { fake, train, trainer, directory } = stand;
    fake.setTimeline(subject.timelines.strange);
    expect((await train()).reason).toEqual("budget");
    const strange = trainer()
      .events(directory)
      .flatMap((event) => (event.type === "status" && event.status === "unknown" ? [event.said] : []));
    expect(strange.map((said) => said.toLowerCase().replace("job_state_", ""))).toEqual(["teleporting"]);
  },
};
