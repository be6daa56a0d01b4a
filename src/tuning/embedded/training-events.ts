// What a run tells while it trains: JSON lines in its folder for curves and reports, and a bar for whoever waits.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Progress, ProgressStage } from "../../core/progress.ts";

export type TrainingEvent =
  | {
      readonly type: "step";
      readonly step: number;
      readonly totalSteps: number;
      /** Passes over the examples so far, with a fraction. */
      readonly epoch: number;
      /** Mean over the answer tokens of this step, in nats. */
      readonly loss: number;
      readonly learningRate: number;
      readonly gradientNorm: number;
      readonly tokensPerSecond: number;
      readonly elapsedMs: number;
      readonly etaMs: number;
    }
  | { readonly type: "evaluation"; readonly step: number; readonly heldOutLoss: number; readonly best: boolean }
  | { readonly type: "warning"; readonly step: number; readonly message: string }
  | { readonly type: "end"; readonly step: number; readonly reason: StopReason };

/** Why training ended. `cancelled` can be continued; `diverged` kept the best weights so far. */
export type StopReason = "budget" | "early-stop" | "diverged" | "cancelled";

const eventsFile = (directory: string): string => join(directory, "events.jsonl");

export function readEvents(directory: string): readonly TrainingEvent[] {
  if (!existsSync(eventsFile(directory))) return [];
  const lines = readFileSync(eventsFile(directory), "utf8").split("\n");
  return lines.flatMap((line) => parsed(line));
}

/** A kill can cut the last line short. */
function parsed(line: string): readonly TrainingEvent[] {
  try {
    return [JSON.parse(line) as TrainingEvent];
  } catch {
    return [];
  }
}

export type EventLog = { write(event: TrainingEvent): void; end(summary: string): void };

/** Continues the log after `fromStep`: what a killed run wrote beyond its checkpoint is dropped, because it will be written again. */
export function eventLog(
  directory: string,
  options: { readonly fromStep: number; readonly progress: Progress; readonly totalSteps: number },
): EventLog {
  mkdirSync(directory, { recursive: true });
  const kept = readEvents(directory).filter(({ step, type }) => step <= options.fromStep && type !== "end");
  writeFileSync(eventsFile(directory), kept.map((event) => `${JSON.stringify(event)}\n`).join(""));
  const bar: ProgressStage = options.progress.start("train", options.totalSteps);
  let heldOut = "";
  let shown = 0;
  return {
    write(event) {
      appendFileSync(eventsFile(directory), `${JSON.stringify(event)}\n`);
      if (event.type === "evaluation") heldOut = `, held out ${event.heldOutLoss.toFixed(3)}`;
      if (event.type === "step") {
        bar.advance(event.step - shown, note(event, heldOut));
        shown = event.step;
      }
    },
    end: (summary) => bar.end(summary),
  };
}

const note = ({ loss, tokensPerSecond }: { loss: number; tokensPerSecond: number }, heldOut: string): string =>
  `loss ${loss.toFixed(3)}${heldOut}, ${Math.round(tokensPerSecond).toLocaleString("en")} tokens/s`;
