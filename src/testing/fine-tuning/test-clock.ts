// Time that passes only when somebody waits for it: a job of an hour is over at once.

export type TestClock = {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/** Begins on a day well before every announced end. */
const beginning = Date.UTC(2026, 10, 1);

export function testClock(startsAt: number = beginning): TestClock {
  let now = startsAt;
  return {
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      now += ms;
      await new Promise(setImmediate);
      signal?.throwIfAborted();
    },
  };
}
