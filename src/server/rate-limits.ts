// Requests per minute and caller: a bucket that refills steadily and holds one minute's worth. In memory, per process.
import type { Caller } from "./callers.ts";
import { HttpError } from "./http-errors.ts";

type Bucket = { tokens: number; filledAt: number };

export type RateLimits = {
  /** Takes one request from the caller's bucket; `HttpError` 429 where it is empty. Returns the headers that tell of it. */
  take(caller: Caller): Readonly<Record<string, string>>;
};

/** `now` in milliseconds; default the monotonic clock. */
export function rateLimits(now: () => number = () => performance.now()): RateLimits {
  const buckets = new Map<string, Bucket>();
  return {
    take({ name, key }) {
      const limit = key?.requestsPerMinute;
      if (limit === undefined) return {};
      const bucket = refilled(buckets.get(name), limit, now());
      buckets.set(name, bucket);
      if (bucket.tokens < 1) {
        const retryAfterSeconds = Math.ceil(((1 - bucket.tokens) * 60) / limit);
        const message = `this API key may ask ${limit} times a minute; try again in ${retryAfterSeconds} s`;
        throw new HttpError({ status: 429, code: "rate_limit_exceeded", message, retryAfterSeconds });
      }
      bucket.tokens -= 1;
      return {
        "x-ratelimit-limit-requests": String(limit),
        "x-ratelimit-remaining-requests": String(Math.floor(bucket.tokens)),
      };
    },
  };
}

function refilled(bucket: Bucket | undefined, limit: number, now: number): Bucket {
  if (bucket === undefined) return { tokens: limit, filledAt: now };
  const tokens = Math.min(limit, bucket.tokens + ((now - bucket.filledAt) * limit) / 60_000);
  return { tokens, filledAt: now };
}
