// Time as the hosted trainers see it, so that a test can own it.

export type Clock = {
  now(): number;
  /** Rejects with the signal's reason where it fires first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const wallClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      signal?.addEventListener("abort", stop, { once: true });
    }),
};
