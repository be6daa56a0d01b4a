import { describe, expect, test } from "vitest";
import { serverSchema } from "../project/config/serve-config.ts";
import { admission } from "./admission.ts";
import { rateLimits } from "./rate-limits.ts";

describe("admission", () => {
  test("admits in order, turns away beyond the queue, and never loses a place", async () => {
    const door = admission({ concurrency: 1, queue: 2 });
    const leave = await door.enter();
    const order: string[] = [];
    const leaving = new AbortController();
    const gaveUp = door.enter(leaving.signal);
    const second = door.enter().then((next) => {
      order.push("second");
      return next;
    });
    await expect(door.enter()).rejects.toMatchObject({ status: 503, retryAfterSeconds: 1 });
    leaving.abort();
    await expect(gaveUp).rejects.toMatchObject({ code: "cancelled" });
    expect([door.active, door.waiting]).toEqual([1, 1]);
    leave();
    leave();
    (await second)();
    expect(order).toEqual(["second"]);
    expect([door.active, door.waiting]).toEqual([0, 0]);
  });
});

test("a rate refills steadily and never beyond one minute's worth", () => {
  let now = 0;
  const limits = rateLimits(() => now);
  const [key] = serverSchema.parse({ keys: [{ name: "a", apiKeyEnv: "X", requestsPerMinute: 2 }] }).keys;
  const caller = { name: "a", access: {}, scopes: [], key: key! };
  const admitted = () => {
    try {
      limits.take(caller);
      return true;
    } catch {
      return false;
    }
  };
  expect([admitted(), admitted(), admitted()]).toEqual([true, true, false]);
  now += 30_000;
  expect([admitted(), admitted()]).toEqual([true, false]);
  now += 3_600_000;
  expect([admitted(), admitted(), admitted()]).toEqual([true, true, false]);
});
