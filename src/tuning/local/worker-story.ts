// What a worker's log amounts to: the curve as if no worker had ever been killed, and how its last session stands.
import type { TuningEvent } from "../../core/training.ts";
import type { Done, Hello, WorkerMessage } from "./worker-message.ts";

/** The last worker that wrote here. */
export type LastSession = {
  readonly hello: Hello;
  /** Seconds since 1970 when it last said anything. */
  readonly heardAt: number;
  /** Absent while it trains, and where it died without a word. */
  readonly ended?: "error" | Done;
};

export function lastSession(messages: readonly WorkerMessage[]): LastSession | undefined {
  const from = messages.findLastIndex(({ type }) => type === "hello");
  if (from < 0) return undefined;
  const own = messages.slice(from);
  const last = own.findLast(({ type }) => type === "done" || type === "error");
  return {
    hello: own[0] as Hello,
    heardAt: own.at(-1)!.at,
    ...(last ? { ended: last.type === "done" ? last : "error" } : {}),
  };
}

/** Oldest first. What a killed worker told beyond its checkpoint is left out, because the next one told it again. */
export function eventsOf(messages: readonly WorkerMessage[]): readonly TuningEvent[] {
  let events: TuningEvent[] = [];
  for (const message of messages) {
    if (message.type === "hello") {
      events = events.filter(({ type, step }) => type !== "end" && step <= message.resumedFromStep);
    }
    events.push(...eventOf(message, events.at(-1)?.step ?? 0));
  }
  return events;
}

function eventOf(message: WorkerMessage, stepBefore: number): readonly TuningEvent[] {
  switch (message.type) {
    case "progress": {
      const { step, totalSteps, loss, elapsedMs } = message;
      if (loss === null) return [];
      const { epoch, tokensPerSecond, etaMs } = message;
      const pace = { tokensPerSecond: tokensPerSecond ?? 0, elapsedMs, etaMs: etaMs ?? 0 };
      return [{ type: "step", step, totalSteps, epoch: epoch ?? 0, loss, ...pace }];
    }
    case "eval":
      if (message.loss === null) return [];
      return [{ type: "evaluation", step: message.step, heldOutLoss: message.loss, best: message.best }];
    case "checkpoint":
      return [{ type: "checkpoint", step: message.step, model: message.path }];
    case "warn":
      return [{ type: "warning", step: stepBefore, message: message.message }];
    case "done":
      return [{ type: "end", step: message.step, reason: message.reason }];
    default:
      return [];
  }
}
