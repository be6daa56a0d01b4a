// Runs the command line inside the test process: the same code path as `bin/assay.mjs`, without starting Node each time.
import { main } from "../src/cli/main.ts";

export type CommandRun = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Every line of stdout, parsed. */
  readonly rows: readonly Record<string, never>[];
};

/** Captures both streams. Never throws for a failing command. */
export async function assay(...args: readonly string[]): Promise<CommandRun> {
  const captured = { stdout: "", stderr: "" };
  const restore = [capture("stdout", captured), capture("stderr", captured)];
  try {
    const exitCode = await main(args);
    const rows = args.includes("--json") ? parsed(captured.stdout) : [];
    return { exitCode, ...captured, rows };
  } finally {
    for (const undo of restore) undo();
  }
}

function capture(stream: "stdout" | "stderr", into: Record<"stdout" | "stderr", string>): () => void {
  const original = process[stream].write;
  process[stream].write = ((text: string | Uint8Array) => {
    into[stream] += typeof text === "string" ? text : new TextDecoder().decode(text);
    return true;
  }) as typeof original;
  return () => {
    process[stream].write = original;
  };
}

function parsed(stdout: string): readonly Record<string, never>[] {
  return stdout
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line));
}
