// Back-pressure: so many answers in the making, so many waiting, and everybody else is told to come back.
import { AssayError } from "../core/errors.ts";
import { HttpError } from "./http-errors.ts";

export type Admission = {
  /** Resolves with `leave`, to be called once the answer is given. Throws `HttpError` 503 where the queue is full. */
  enter(signal?: AbortSignal): Promise<() => void>;
  readonly active: number;
  readonly waiting: number;
};

export function admission(limits: { readonly concurrency: number; readonly queue: number }): Admission {
  let active = 0;
  const queue: { readonly admit: () => void }[] = [];

  const leaveOnce = () => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = queue.shift();
      // The place is handed on: `active` stays as it is.
      if (next) next.admit();
      else active -= 1;
    };
  };
  return {
    get active() {
      return active;
    },
    get waiting() {
      return queue.length;
    },
    async enter(signal) {
      if (active < limits.concurrency) {
        active += 1;
        return leaveOnce();
      }
      if (queue.length >= limits.queue) {
        const message = `${active} requests are being answered and ${queue.length} wait: try again shortly`;
        throw new HttpError({ status: 503, code: "overloaded", message, retryAfterSeconds: 1 });
      }
      await turn(queue, signal);
      return leaveOnce();
    },
  };
}

function turn(queue: { readonly admit: () => void }[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      queue.splice(queue.indexOf(place), 1);
      reject(new AssayError({ code: "cancelled", message: "the request was cancelled while it waited" }));
    };
    const place = {
      admit: () => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      },
    };
    if (signal?.aborted) {
      queue.push(place);
      return giveUp();
    }
    signal?.addEventListener("abort", giveUp, { once: true });
    queue.push(place);
  });
}
