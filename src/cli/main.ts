// The command line: reads arguments, calls one command, turns its outcome into an exit code. 0 done, 1 failed, 2 misuse.
import { Command, CommanderError } from "commander";
import { commands } from "./commands/index.ts";
import { printError } from "./print-error.ts";

/** Runs one command. Never throws; the number is the process's exit code. */
export async function main(args: readonly string[]): Promise<number> {
  // A reader that stops early (`| head`) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
  });
  const outcome = { exitCode: 0 };
  try {
    await programFor(outcome).parseAsync([...args], { from: "user" });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return printError(error, args.includes("--verbose"));
  }
}

/** Commander's sentence in the one line that every error has. */
function misuseLine(text: string): string {
  const sentence = text
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return `assay: ${sentence} → type \`assay --help\`, or \`assay COMMAND --help\`\n`;
}

function programFor(outcome: { exitCode: number }): Command {
  const program = new Command("assay")
    .description(
      "Prompt, long context, retrieval or fine-tuning? Assay measures them on your own data and says which to ship.",
    )
    .version(process.env["npm_package_version"] ?? "0.1.0")
    // Options belong to the command that they follow: `tune` and `tune list` both take --json.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(misuseLine(text)) });
  for (const register of commands)
    register(program, (exitCode) => {
      outcome.exitCode = exitCode;
    });
  return program;
}
