// Calls to a service: what is tried again, how long it waits, what it never does twice, and what it never shows.
import { describe, expect, test } from "vitest";
import { testClock } from "../../testing/fine-tuning/test-clock.ts";
import { ServiceError } from "./service-error.ts";
import { type ServiceRequest, service } from "./service-http.ts";

type Answer = { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> };

function serviceThat(...answers: readonly (Answer | Error)[]) {
  const clock = testClock();
  const left = [...answers];
  let calls = 0;
  const answer = async () => {
    calls += 1;
    const next = left.shift() ?? { status: 200, body: "{}" };
    if (next instanceof Error) throw next;
    return new Response(next.body ?? "{}", { status: next.status, headers: next.headers ?? {} });
  };
  const made = service({
    label: "Fake",
    baseUrl: "http://fake/v1/",
    key: () => "sk-secret-000",
    clock,
    fetch: answer as typeof fetch,
  });
  const began = clock.now();
  return {
    call: (request: Partial<ServiceRequest> = {}) => made.call({ method: "GET", path: "/x", ...request }),
    calls: () => calls,
    waitedMs: () => clock.now() - began,
  };
}

const failing = (status: number, more: Partial<Answer> = {}): Answer => ({
  status,
  body: '{"error":{"message":"no"}}',
  ...more,
});

describe("what is tried again", () => {
  test.each([408, 409, 429, 500, 502, 503])("a reading that met %i", async (status) => {
    const { call, calls } = serviceThat(failing(status), failing(status));
    expect((await call()).status).toBe(200);
    expect(calls()).toBe(3);
  });

  test("a making only where nothing was done", async () => {
    const turnedAway = serviceThat(failing(429));
    expect((await turnedAway.call({ method: "POST" })).status).toBe(200);
    for (const answer of [failing(500), failing(409), new TypeError("reset")]) {
      const { call, calls } = serviceThat(answer);
      const error = await call({ method: "POST" }).catch((thrown: unknown) => thrown);
      expect([error instanceof ServiceError && error.isAmbiguous, calls()]).toEqual([true, 1]);
    }
  });

  test.each([400, 401, 402, 403, 404, 412, 422])("nothing that met %i", async (status) => {
    const { call, calls } = serviceThat(failing(status));
    await expect(call()).rejects.toMatchObject({ status, isAmbiguous: false });
    expect(calls()).toBe(1);
  });

  test("no quota that is used up: it does not fill by waiting", async () => {
    const body = '{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}';
    const { call, calls } = serviceThat(failing(429, { body }));
    await expect(call()).rejects.toMatchObject({ isQuota: true, isTransient: false });
    expect(calls()).toBe(1);
  });

  test("not for ever", async () => {
    const { call, calls } = serviceThat(...Array.from({ length: 20 }, () => failing(500)));
    await expect(call()).rejects.toMatchObject({ status: 500 });
    expect(calls()).toBe(5);
  });
});

describe("how long it waits", () => {
  test.each([
    [{ "retry-after": "40" }, 40_000],
    [{ "retry-after-ms": "250" }, 250],
    [{}, 1000],
  ])("%j", async (headers, ms) => {
    const { call, waitedMs } = serviceThat(failing(429, { headers }));
    await call();
    expect(waitedMs()).toBe(ms);
  });

  test("until a date that it is told", async () => {
    const headers = { "retry-after": new Date(Date.now() + 30_000).toUTCString() };
    const { call, waitedMs } = serviceThat(failing(503, { headers }));
    await call();
    expect(waitedMs()).toBeGreaterThan(25_000);
    expect(waitedMs()).toBeLessThanOrEqual(30_000);
  });

  test("no longer than two minutes: then it says so", async () => {
    const { call, calls } = serviceThat(failing(429, { headers: { "retry-after": "3600" } }));
    await expect(call()).rejects.toMatchObject({ retryAfterMs: 3_600_000 });
    expect(calls()).toBe(1);
  });
});

test("a key that is echoed is not shown, and what is no JSON is an answer that cannot be read", async () => {
  const body = '{"error":{"message":"Incorrect API key provided: sk-secret-000"}}';
  const echoed = await serviceThat(failing(401, { body }))
    .call()
    .catch((error: Error) => error);
  expect((echoed as Error).message).toBe("Fake: HTTP 401: Incorrect API key provided: [key]");
  const page = Array.from({ length: 9 }, () => ({ status: 200, body: "<html>" }));
  await expect(serviceThat(...page).call()).rejects.toMatchObject({ message: expect.stringContaining("not JSON") });
});
