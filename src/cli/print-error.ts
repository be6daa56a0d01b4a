// One line for people: what, where, and the next command to type. The cause chain only with --verbose.
import pc from "picocolors";
import { AssayError } from "../core/errors.ts";

/** Prints to stderr and returns the exit code. */
export function printError(error: unknown, verbose: boolean): number {
  const known = AssayError.isInstance(error) ? error : unexpected(error);
  const remedy = known.remedy ? ` → ${known.remedy}` : "";
  process.stderr.write(`${pc.red("assay:")} ${oneLine(known.message)}${remedy}\n`);
  if (verbose) for (const cause of causesOf(error)) process.stderr.write(pc.dim(`${cause}\n`));
  return known.exitCode;
}

function unexpected(error: unknown): AssayError {
  const message = error instanceof Error ? error.message : String(error);
  return new AssayError({
    code: "internal",
    message: `unexpected: ${message}`,
    remedy: "run again with --verbose and report what it prints",
  });
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}

function causesOf(error: unknown): readonly string[] {
  const causes: string[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 8; cause = cause.cause)
    causes.push(cause.stack ?? cause.message);
  return causes;
}
