// A budget of minutes on a machine whose speed changes: a clock that the test moves, and a session that takes as long as it is told.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TrainingSession } from "../../neural/training-session.ts";
import type { TrainingEvent } from "./training-events.ts";
import { freshState, runTraining, type TrainingPlan } from "./training-loop.ts";

const directory = mkdtempSync(join(tmpdir(), "assay-loop-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

const example = { ids: [1, 2, 3], answers: [1] };
const plan: TrainingPlan = {
  identity: "test",
  directory,
  examples: [example],
  heldOut: [example],
  seed: 1,
  isAdapter: false,
  schedule: { kind: "cosine", peak: 1, warmUpSteps: 1, floor: 0 },
  batchTokens: 64,
  accumulation: 1,
  evaluateEvery: 100,
  patience: 100,
  budget: { minutes: 1, mostSteps: 10_000 },
};

async function run(msOfStep: (step: number) => number, evaluationMs = 0) {
  const rates: number[] = [];
  const events: TrainingEvent[] = [];
  const session: TrainingSession = {
    optimizer: { weights: new Map(), gradients: new Map(), state: new Map(), update: () => 1 },
    async step(_, step, learningRate) {
      vi.advanceTimersByTime(msOfStep(step));
      rates.push(learningRate);
      return { loss: 1, gradientNorm: 1, tokens: 16 };
    },
    async loss() {
      vi.advanceTimersByTime(evaluationMs);
      return 1;
    },
    close: async () => undefined,
  };
  const log = { write: (event: TrainingEvent) => void events.push(event), end: () => undefined };
  const { state, reason } = await runTraining({ plan, session, log }, freshState(plan));
  return { state, reason, rates, events };
}

test("a steady machine: the minutes are used and the rate falls to its floor", async () => {
  const { state, reason, rates } = await run(() => 100);
  expect(reason).toBe("budget");
  expect(state.elapsedMs).toBe(60_000);
  expect(rates.at(-1)).toBeLessThan(0.01);
});

test("a machine that becomes ten times slower between two evaluations: training stops on the clock", async () => {
  const { state } = await run((step) => (step < 250 ? 100 : 1000));
  expect(state.elapsedMs).toBeLessThanOrEqual(61_000);
  expect(state.elapsedMs).toBeGreaterThan(55_000);
});

test("steps of half a minute: the clock counts before the speed is known", async () => {
  const { state } = await run(() => 30_000);
  expect(state).toMatchObject({ step: 2, elapsedMs: 60_000 });
});

test("the last look at the held-out loss has its room", async () => {
  const { state, events } = await run(() => 100, 5000);
  expect(events.filter(({ type }) => type === "evaluation").length).toBeGreaterThan(2);
  expect(state.elapsedMs).toBeLessThanOrEqual(60_500);
});
