// Progress on stderr: a bar with rate and ETA on a terminal, one line per finished stage elsewhere.
import { progress as clackProgress, type ProgressResult } from "@clack/prompts";
import type { Progress, ProgressStage } from "../core/progress.ts";

/** Stages shorter than this leave no bar: a flash of one only distracts. */
const quietMs = 150;

export function terminalProgress(output: NodeJS.WriteStream = process.stderr): Progress {
  return { start: (stage, total) => (output.isTTY ? barStage(stage, total, output) : lineStage(stage, output)) };
}

function barStage(name: string, total: number | undefined, output: NodeJS.WriteStream): ProgressStage {
  const started = performance.now();
  let bar: ProgressResult | undefined;
  let done = 0;
  return {
    advance(steps = 1, note = "") {
      done += steps;
      if (bar === undefined && performance.now() - started < quietMs) return;
      bar ??= startBar(name, total, output);
      bar.advance(steps, `${name}  ${paceOf(done, total, performance.now() - started)}  ${shorten(note)}`);
    },
    end(summary) {
      bar ??= startBar(name, total, output);
      bar.stop(`${name}${summary ? `: ${summary}` : ""} (${seconds(performance.now() - started)})`);
    },
  };
}

function startBar(name: string, total: number | undefined, output: NodeJS.WriteStream): ProgressResult {
  const bar = clackProgress({ max: Math.max(1, total ?? 100), output });
  bar.start(name);
  return bar;
}

function lineStage(name: string, output: NodeJS.WriteStream): ProgressStage {
  const started = performance.now();
  return {
    advance() {},
    end: (summary) =>
      void output.write(`${name}${summary ? `: ${summary}` : ""} (${seconds(performance.now() - started)})\n`),
  };
}

/** "120/240 · 38/s · 3 s left" */
export function paceOf(done: number, total: number | undefined, elapsedMs: number): string {
  const perSecond = done / Math.max(0.001, elapsedMs / 1000);
  const rate = `${perSecond >= 10 ? Math.round(perSecond) : perSecond.toFixed(1)}/s`;
  if (total === undefined) return `${done} · ${rate}`;
  const left = perSecond > 0 ? ` · ${seconds(((total - done) / perSecond) * 1000)} left` : "";
  return `${done}/${total} · ${rate}${left}`;
}

export function seconds(ms: number): string {
  const rounded = Math.round(ms / 1000);
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  return rounded < 120 ? `${rounded} s` : `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
}

function shorten(text: string): string {
  return text.length > 40 ? `…${text.slice(-39)}` : text;
}
