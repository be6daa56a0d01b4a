// Training runs in the terminal: a plan, a result, a run, a list.
import pc from "picocolors";
import type { Cost } from "../core/scores.ts";
import type { Hosting, JobElsewhere, ProviderModel } from "../core/training.ts";
import type { LearningCurve } from "../project/tuning/learning-curve.ts";
import type { PlannedTuning, TuneResult } from "../project/tuning/tune.ts";
import type { JobState, TuningState } from "../project/tuning/tune-jobs.ts";
import type { ScheduleEvent } from "../project/tuning/tune-schedule.ts";
import type { TuningRecord } from "../project/tuning/tuning-records.ts";
import { printLine } from "./common-options.ts";
import { seconds } from "./terminal-progress.ts";

/** An unknown is a dash, never a zero. */
const count = (value: number | null): string => value?.toLocaleString("en") ?? "–";

export function printPlan(plan: PlannedTuning): void {
  const { examples, heldOut, tokensPerEpoch, epochs, cost, hosting, notes = [] } = plan;
  printLine(`${pc.bold(plan.method)} by the ${plan.trainer} trainer, run ${plan.id}: nothing was trained`);
  printLine(`  examples   ${count(examples)} to train on, ${count(heldOut)} held out`);
  const passes = epochs === undefined ? "" : `, ${count(epochs * tokensPerEpoch)} in ${epochs} epochs`;
  printLine(`  tokens     about ${count(tokensPerEpoch)} in one pass${passes}`);
  printLine(`  time       ${timeOf(plan)}`);
  printLine(`  price      ${priceOf(cost)}${hosting ? "" : ", besides this machine's time"}`);
  if (hosting) printLine(`  answering  ${hostingInWords(hosting)}`);
  printNotes([...plan.warnings, ...notes]);
}

function timeOf({ expectedMinutes, hosting }: PlannedTuning): string {
  if (expectedMinutes !== null) return `at most ${expectedMinutes} minutes`;
  return hosting ? "known once the job runs" : "known after the first steps";
}

const priceOf = (cost: Cost): string => (cost.status === "priced" ? `about $${cost.usd.toFixed(2)}` : cost.reason);

function hostingInWords(hosting: Hosting): string {
  if (hosting.kind === "per-token") return "by the token, as any model of the provider";
  const { usdPerHour, billsWhenIdle } = hosting;
  const hour = usdPerHour === null ? "by the hour, at a price that is not known here" : `$${usdPerHour} an hour`;
  return `a dedicated endpoint, ${hour}${billsWhenIdle ? ", also while nobody asks" : ""}`;
}

export function printCurve({ points, heldOut, verdict }: LearningCurve): void {
  printLine(`held-out loss on ${heldOut} examples, by the number of examples trained on`);
  for (const { examples, heldOutLoss, steps, ms } of points) {
    const loss = heldOutLoss === null ? "–" : heldOutLoss.toFixed(3);
    printLine(`  ${String(examples).padStart(6)}  ${loss}  ${pc.dim(`${count(steps)} steps, ${seconds(ms)}`)}`);
  }
  printLine(verdict);
}

export function printTuned({ tuning, reused, newExamples }: TuneResult & { readonly newExamples?: number }): void {
  if (newExamples !== undefined) printLine(`${newExamples} new examples: too few to train again`);
  else if (reused) printLine(pc.dim("trained before with the same examples and settings"));
  printTuning(tuning);
}

export function printScheduled(event: ScheduleEvent): void {
  if (event.event === "trained") printTuned(event);
  else if (event.event === "waiting") {
    printLine(`${event.newExamples} new examples, ${event.wanted} are worth a training: looking again later`);
  } else printLine(`${pc.red("not trained")}: ${event.message}${event.remedy ? pc.dim(` → ${event.remedy}`) : ""}`);
}

export function printTuning(tuning: TuningRecord & Partial<TuningState>): void {
  const { id, method, trainer, examples, heldOut, result, progress, job, unasked, checkpoints = [] } = tuning;
  printLine(`${pc.bold(id)} ${coloured(tuning)}  ${method} by ${trainer}, ${examples} examples, ${heldOut} held out`);
  if (job) printLine(`  at ${trainer}: ${jobInWords(job)}`);
  if (unasked !== undefined) printLine(`  ${trainer} could not be asked: ${unasked}`);
  if (result) {
    const origin =
      result.origin === "random" ? "from random weights: knows only your examples" : `from ${result.origin.base}`;
    printLine(`  ${count(result.parameters)} parameters, ${count(result.trainableParameters)} trained, ${origin}`);
    const best =
      result.bestLoss === null ? "" : `, best held-out loss ${result.bestLoss.toFixed(3)} at step ${result.bestStep}`;
    printLine(
      `  ${count(result.steps)} steps, ${count(result.tokens)} tokens in ${seconds(result.ms)} (${result.reason})${best}`,
    );
  }
  if (progress) printProgress(progress);
  if (result?.model) printProvided(result.model, result.cost);
  for (const { step, model } of checkpoints) printLine(pc.dim(`  checkpoint of step ${count(step)}: ${model}`));
  printNotes(tuning.notes);
}

function jobInWords({ status, said, share }: JobState): string {
  const done = share === null ? "" : `, ${Math.round(share * 100)}% done`;
  return status === "unknown" ? `"${said}", a word that is new here${done}` : `${status} (${said})${done}`;
}

function printProvided({ name, hosting, retires, toDo }: ProviderModel, cost: Cost | undefined): void {
  printLine(`  answers as ${name}, ${hostingInWords(hosting)}${cost ? `; training: ${priceOf(cost)}` : ""}`);
  if (retires) printLine(`  ${retires.model} retires on ${retires.date} (${retires.source})`);
  for (const step of toDo) printLine(`  before it answers: ${step}`);
}

/** Every job of the account, whoever made it. */
export function printJobs(jobs: readonly JobElsewhere[]): void {
  if (jobs.length === 0) printLine("the account has no fine-tuning jobs");
  for (const { id, said, base, model, createdAt } of jobs) {
    printLine([id, said, base ?? "–", model ?? "–", createdAt ?? "–"].join("  "));
  }
}

function printProgress({
  step,
  totalSteps,
  loss,
  heldOutLoss,
  tokensPerSecond,
  etaMs,
}: NonNullable<TuningState["progress"]>): void {
  const heldOut = heldOutLoss === null ? "" : `, held out ${heldOutLoss.toFixed(3)}`;
  const left = etaMs !== null && etaMs > 0 ? `, ${seconds(etaMs)} left` : "";
  const pace = tokensPerSecond === null ? "" : `, ${count(Math.round(tokensPerSecond))} tokens/s`;
  printLine(`  step ${count(step)} of ${count(totalSteps)}: loss ${loss.toFixed(3)}${heldOut}${pace}${left}`);
}

export function printTunings(tunings: readonly TuningRecord[]): void {
  if (tunings.length === 0) printLine("no training has been started here: assay tune");
  for (const tuning of tunings) {
    const loss = tuning.result?.bestLoss?.toFixed(3) ?? "–";
    printLine(
      `${tuning.id}  ${coloured(tuning).padEnd(22)} ${tuning.method}  held-out loss ${loss}  ${tuning.createdAt}`,
    );
  }
}

function printNotes(notes: readonly string[]): void {
  for (const note of notes) printLine(`  ${pc.yellow("note")} ${note}`);
}

function coloured({ status }: TuningRecord): string {
  if (status === "succeeded") return pc.green(status);
  return status === "running" || status === "detached" ? pc.cyan(status) : pc.red(status);
}
