// The loop: batches in, steps, held-out loss, best weights and checkpoints out. Ends by budget, early stop, divergence or signal.
import { AssayError } from "../../core/errors.ts";
import type { TrainingBatch, TrainingSession } from "../../neural/training-session.ts";
import { type Batch, epochBatches, heldOutBatches, paddedLength } from "./batches.ts";
import type { EncodedExample } from "./chat-template.ts";
import { type TrainingState, writeCheckpoint } from "./checkpoint.ts";
import { writeTuned } from "./model-files.ts";
import { learningRate, type Schedule } from "./schedule.ts";
import type { EventLog, StopReason } from "./training-events.ts";

export type TrainingPlan = {
  /** Names the plan in its checkpoints. */
  readonly identity: string;
  readonly directory: string;
  readonly examples: readonly EncodedExample[];
  readonly heldOut: readonly EncodedExample[];
  readonly seed: number;
  readonly isAdapter: boolean;
  readonly schedule: Schedule;
  /** Tokens of one run through the graph, and how many such runs make a step. */
  readonly batchTokens: number;
  readonly accumulation: number;
  /** Steps between two evaluations. */
  readonly evaluateEvery: number;
  /** Evaluations without a better loss before training stops. */
  readonly patience: number;
  /** With minutes, the number of steps is planned from the speed and revised after each; it never exceeds `mostSteps`. */
  readonly budget: { readonly steps: number } | { readonly minutes: number; readonly mostSteps: number };
};

export type TrainingOutcome = { readonly reason: StopReason; readonly state: TrainingState };

type Run = {
  readonly plan: TrainingPlan;
  readonly session: TrainingSession;
  readonly log: EventLog;
  readonly signal?: AbortSignal;
};

/** Steps after which the speed is known well enough to plan by. */
const planAfter = 10;
/** Lines in the log per run, roughly. */
const logLines = 400;
const smoothing = 0.9;
/** A loss this much above where it began has run away. */
const runaway = 1.5;

export const freshState = (plan: TrainingPlan): TrainingState => ({
  step: 0,
  epoch: 0,
  batch: 0,
  totalSteps: "steps" in plan.budget ? plan.budget.steps : plan.budget.mostSteps,
  tokens: 0,
  elapsedMs: 0,
  sinceBest: 0,
});

const toTrainingBatch = (batch: Batch): TrainingBatch => ({ sequences: batch, length: paddedLength(batch) });

export async function runTraining(run: Run, from: TrainingState): Promise<TrainingOutcome> {
  const { plan } = run;
  const heldOut = heldOutBatches(plan.heldOut, plan.batchTokens).map(toTrainingBatch);
  const batches = batchSource(plan);
  const startedAt = performance.now() - from.elapsedMs;
  let state = from;
  let evaluationMs = 0;
  for (;;) {
    const reason = stopReason(run, state);
    if (reason) return finish(run, state, reason);
    const next = batches(state);
    const rate = learningRate(plan.schedule, state.step + 1, state.totalSteps);
    const done = await run.session.step(next.batches, state.step + 1, rate);
    if (!Number.isFinite(done.loss) || !Number.isFinite(done.gradientNorm)) return finish(run, state, "diverged");
    const stepped = { ...afterStep(state, done.loss), ...next.cursor, tokens: state.tokens + done.tokens };
    state = replanned(plan, { ...stepped, elapsedMs: performance.now() - startedAt }, evaluationMs);
    logStep(run, state, { ...done, learningRate: rate, epoch: state.epoch + state.batch / next.perEpoch });
    if (state.step % plan.evaluateEvery === 0 || state.step === state.totalSteps) {
      state = await evaluated(run, state, heldOut);
      evaluationMs = performance.now() - startedAt - state.elapsedMs;
      state = { ...state, elapsedMs: state.elapsedMs + evaluationMs };
      await checkpointed(run, state);
    }
  }
}

function stopReason({ plan, signal }: Run, state: TrainingState): StopReason | undefined {
  if (signal?.aborted) return "cancelled";
  if (state.step >= state.totalSteps) return "budget";
  if (state.sinceBest >= plan.patience) return "early-stop";
  const { firstLoss = 0, smoothLoss = 0 } = state;
  return state.step > planAfter && smoothLoss > runaway * Math.max(1, firstLoss) ? "diverged" : undefined;
}

async function finish(run: Run, state: TrainingState, reason: StopReason): Promise<TrainingOutcome> {
  if (reason === "cancelled") await checkpointed(run, state);
  // Without held-out examples there is no best: the last finite weights are the result.
  else if (state.bestStep === undefined)
    await writeTuned(run.plan.directory, run.session.optimizer.weights, run.plan.isAdapter);
  run.log.write({ type: "end", step: state.step, reason });
  return { reason, state };
}

function afterStep(state: TrainingState, loss: number): TrainingState {
  const { firstLoss = loss, smoothLoss = loss } = state;
  return { ...state, step: state.step + 1, firstLoss, smoothLoss: smoothing * smoothLoss + (1 - smoothing) * loss };
}

/** Hands out the batches of the next step and where the data stands after it. */
function batchSource(plan: TrainingPlan) {
  const epochs = new Map<number, readonly Batch[]>();
  const batchesOf = (epoch: number): readonly Batch[] => {
    const known = epochs.get(epoch);
    if (known) return known;
    const made = epochBatches(plan.examples, { tokens: plan.batchTokens, seed: plan.seed, epoch });
    epochs.clear();
    epochs.set(epoch, made);
    return made;
  };
  return ({ epoch, batch }: TrainingState) => {
    const cursor = { epoch, batch };
    const batches: TrainingBatch[] = [];
    while (batches.length < plan.accumulation) {
      batches.push(toTrainingBatch(batchesOf(cursor.epoch)[cursor.batch]!));
      cursor.batch += 1;
      if (cursor.batch === batchesOf(cursor.epoch).length) Object.assign(cursor, { epoch: cursor.epoch + 1, batch: 0 });
    }
    return { batches, cursor, perEpoch: batchesOf(cursor.epoch).length };
  };
}

/**
 * Fits the number of steps into the minutes at the speed so far, after every step: other work may take the machine at any time. Room is
 * kept for the last look at the held-out loss. A budget of steps is left alone: such runs repeat exactly.
 */
function replanned({ budget }: TrainingPlan, state: TrainingState, evaluationMs: number): TrainingState {
  if ("steps" in budget) return state;
  const msPerStep = state.elapsedMs / state.step;
  const left = Math.floor((budget.minutes * 60_000 - state.elapsedMs - evaluationMs) / msPerStep);
  if (state.step < planAfter && left > 0) return state;
  return { ...state, totalSteps: Math.min(budget.mostSteps, state.step + Math.max(0, left)) };
}

function logStep(
  { log }: Run,
  state: TrainingState,
  done: { readonly loss: number; readonly gradientNorm: number; readonly learningRate: number; readonly epoch: number },
): void {
  const every = Math.max(1, Math.floor(state.totalSteps / logLines));
  if (state.step % every !== 0 && state.step !== state.totalSteps) return;
  const { step, totalSteps, elapsedMs } = state;
  const { loss, gradientNorm, epoch } = done;
  const pace = { tokensPerSecond: (state.tokens / elapsedMs) * 1000, etaMs: (elapsedMs / step) * (totalSteps - step) };
  log.write({
    type: "step",
    step,
    totalSteps,
    epoch,
    loss,
    learningRate: done.learningRate,
    gradientNorm,
    elapsedMs,
    ...pace,
  });
}

/** Keeps the weights where they are the best so far. */
async function evaluated(run: Run, state: TrainingState, heldOut: readonly TrainingBatch[]): Promise<TrainingState> {
  if (heldOut.length === 0) return state;
  const heldOutLoss = await run.session.loss(heldOut);
  const best = heldOutLoss < (state.bestLoss ?? Number.POSITIVE_INFINITY);
  run.log.write({ type: "evaluation", step: state.step, heldOutLoss, best });
  if (!best) return { ...state, sinceBest: state.sinceBest + 1 };
  const kept = await survivingFullDisk(run, state, () =>
    writeTuned(run.plan.directory, run.session.optimizer.weights, run.plan.isAdapter),
  );
  return kept ? { ...state, sinceBest: 0, bestLoss: heldOutLoss, bestStep: state.step } : state;
}

async function checkpointed(run: Run, state: TrainingState): Promise<void> {
  const { directory, identity } = run.plan;
  const checkpoint = { state, weights: run.session.optimizer.weights, moments: run.session.optimizer.state };
  await survivingFullDisk(run, state, () => writeCheckpoint(directory, identity, checkpoint));
}

/** A full disk costs one save, not the run: the files of the save before stay, and training goes on. */
async function survivingFullDisk(run: Run, state: TrainingState, save: () => Promise<void>): Promise<boolean> {
  try {
    await save();
    return true;
  } catch (error) {
    if (!AssayError.isInstance(error) || error.code !== "disk-full") throw error;
    run.log.write({ type: "warning", step: state.step, message: error.message });
    return false;
  }
}
