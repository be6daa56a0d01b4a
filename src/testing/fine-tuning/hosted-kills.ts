// The part of the contract in which the process is killed at every state, and resumed: no second upload, no second job, and the
// same model in the end.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { counted, type HostedCases, openStand, type Stand } from "./hosted-stand.ts";

/** A process that dies at its `left`-th sign of life: an answer that it heard, or an entry that it wrote. The dead do nothing. */
function mortal(left: number) {
  let lives = left;
  const live = (): void => {
    lives -= 1;
    if (lives <= 0) throw new Error("killed");
  };
  return {
    used: (): number => left - lives,
    onWritten: live,
    /** What it asked for is done; it dies before it hears of it. */
    async fetch(...request: Parameters<typeof fetch>): Promise<Response> {
      if (lives <= 0) throw new Error("killed");
      const response = await fetch(...request);
      const body = await response.arrayBuffer();
      live();
      const { status, headers } = response;
      return new Response(body.byteLength === 0 ? null : body, { status, headers });
    },
  };
}

const immortal = 1_000_000;

type Ran = { readonly model: string | undefined; readonly used: number };

/** `model` undefined: it was killed. */
async function runUntilKilled(stand: Stand, lives: number, directory = stand.directory): Promise<Ran> {
  const process = mortal(lives);
  const trainer = stand.trainer({ fetch: process.fetch as typeof fetch, onWritten: process.onWritten });
  try {
    const { model } = await stand.train(trainer, {}, stand.job({ directory }));
    return { model: model?.name, used: process.used() };
  } catch (error) {
    if (process.used() < lives) throw error;
    return { model: undefined, used: lives };
  }
}

/** Numbers from 1 to `most` that look random, the same every time. */
function* drawn(most: number, seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield 1 + (state % most);
  }
}

export const killCases: HostedCases = {
  "after each answer and each line of the journal, it repeats nothing": async ({ subject, stand, expect }) => {
    const { used, model } = await runUntilKilled(stand, immortal);
    expect([used > 15, model !== undefined]).toEqual([true, true]);
    for (let lives = 1; lives < used; lives++) {
      const own = await openStand(subject);
      const killed = await runUntilKilled(own, lives);
      const resumed = await runUntilKilled(own, immortal);
      const ends = { killed: killed.model, hasModel: resumed.model !== undefined };
      const counts = counted(own);
      await own.close();
      expect({ lives, ...ends, ...counts }).toEqual({
        ...{ lives, killed: undefined, hasModel: true },
        ...{ uploads: 2, jobs: 1, twice: [] },
      });
    }
  },
  "again and again, wherever, it repeats nothing": async ({ subject, expect }) => {
    for (let seed = 1; seed <= 10; seed++) {
      const own = await openStand(subject);
      const deaths = drawn(25, seed);
      for (let times = 0; times < 5; times++) await runUntilKilled(own, deaths.next().value as number);
      const { model } = await runUntilKilled(own, immortal);
      const counts = counted(own);
      await own.close();
      expect([seed, model !== undefined, counts]).toEqual([seed, true, { uploads: 2, jobs: 1, twice: [] }]);
    }
  },
  "and its folder lost, it finds what it paid for": async ({ stand, expect }) => {
    const { model } = await runUntilKilled(stand, immortal);
    const elsewhere = mkdtempSync(join(tmpdir(), "assay-hosted-"));
    expect((await runUntilKilled(stand, immortal, elsewhere)).model).toEqual(model);
    rmSync(elsewhere, { recursive: true, force: true });
    expect(counted(stand)).toEqual({ uploads: 2, jobs: 1, twice: [] });
  },
};
