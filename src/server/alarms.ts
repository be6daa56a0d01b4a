// Looks at the latest traffic every so often and raises an alert where a limit is broken: in the log, in /metrics, and by one
// POST to the configured address when it begins and when it is over.
import type { ServerConfig } from "../project/config/serve-config.ts";
import { readWindow } from "../project/serve/traffic.ts";
import { type BrokenLimit, brokenLimits, limitSentence } from "../project/serve/traffic-limits.ts";
import type { ControlDatabase } from "../project/state/control-database.ts";

export type Alarms = {
  /** Alerts that are raised now. */
  readonly raised: number;
  check(): Promise<void>;
  close(): void;
};

export type AlarmsOptions = {
  readonly database: ControlDatabase;
  readonly config: ServerConfig["evaluation"]["alerts"];
  readonly log: (line: string) => void;
  readonly onRaise: (broken: BrokenLimit) => void;
};

const webhookTimeoutMs = 5000;

export function alarms({ database, config, log, onRaise }: AlarmsOptions): Alarms {
  const { windowMinutes, minAnswers, min, max, webhookUrl, checkSeconds } = config;
  const raised = new Map<string, BrokenLimit>();
  const post = async (status: "raised" | "over", { figure, bound, value, limit }: BrokenLimit) => {
    if (webhookUrl === undefined) return;
    const body = JSON.stringify({ status, figure, bound, value, limit, windowMinutes, at: new Date().toISOString() });
    const headers = { "content-type": "application/json" };
    const signal = AbortSignal.timeout(webhookTimeoutMs);
    try {
      // A redirect would lead to an address that nobody configured.
      const response = await fetch(webhookUrl, { method: "POST", headers, body, redirect: "error", signal });
      if (!response.ok) log(`the webhook for alerts answered ${response.status}`);
    } catch {
      // Its address may hold a secret: the log does not repeat it.
      log("the webhook for alerts could not be reached");
    }
  };
  const check = async () => {
    const traffic = readWindow(database, Date.now() - windowMinutes * 60_000);
    const broken = new Map(
      brokenLimits(traffic, { min, max }, minAnswers).map((one) => [`${one.bound} ${one.figure}`, one]),
    );
    for (const [key, one] of broken) {
      if (raised.has(key)) continue;
      raised.set(key, one);
      onRaise(one);
      log(`alert: ${limitSentence(one, `in the last ${windowMinutes} minutes`)}`);
      await post("raised", one);
    }
    for (const [key, one] of raised) {
      if (broken.has(key)) continue;
      raised.delete(key);
      log(`alert over: ${one.figure}`);
      await post("over", one);
    }
  };
  const isOn = Object.keys(min).length + Object.keys(max).length > 0;
  const look = () => void check().catch((error: unknown) => log(`alerts could not be checked: ${String(error)}`));
  const timer = isOn ? setInterval(look, checkSeconds * 1000).unref() : undefined;
  return {
    get raised() {
      return raised.size;
    },
    check,
    close: () => clearInterval(timer),
  };
}
