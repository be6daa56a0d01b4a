// Starts and stops the servers that are measured, each in a process of its own.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const cli = join(import.meta.dirname, "../../bin/assay.mjs");

export type Running = {
  readonly url: string;
  /** Asks it to end and waits until it has. Returns how long that took, in milliseconds. */
  stop(): Promise<number>;
};

/** Runs a command of Assay to its end. */
export async function runAssay(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [cli, ...args], { maxBuffer: 1 << 26 })).stdout;
}

export function startAssay(directory: string): Promise<Running> {
  return started(cli, "serve", "--port", "0", "--json", "--project", directory);
}

export async function withAssay<T>(directory: string, work: (url: string) => Promise<T>): Promise<T> {
  const server = await startAssay(directory);
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}

/** Base URLs by name, `model alone` first. */
export type ModelServers = ReadonlyMap<string, string>;

/** The model, and every server that stands before it. */
export async function withModelServers<T>(
  directory: string,
  model: string,
  work: (servers: ModelServers) => Promise<T>,
): Promise<T> {
  const beside = (file: string, ...args: readonly string[]) => started(join(import.meta.dirname, file), model, ...args);
  const running: Running[] = [];
  const url = async (server: Promise<Running>) => {
    running.push(await server);
    return `${running.at(-1)?.url}/v1`;
  };
  try {
    return await work(
      new Map([
        ["model alone", model],
        ["Hono, nothing else", await url(beside("echo-server.ts"))],
        ["LangChain.js RAG behind Hono", await url(beside("langchain-server.ts", directory))],
        ["Assay, rag", await url(startAssay(directory))],
      ]),
    );
  } finally {
    for (const server of running) await server.stop();
  }
}

/** Starts a process that prints `{url}` on its first line. */
async function started(...args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [...args], { stdio: ["ignore", "pipe", "inherit"] });
  // A measurement that fails must leave no server behind.
  process.once("exit", () => child.kill());
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (bytes: Buffer) => resolve(bytes.toString().split("\n", 1).join()));
    child.once("exit", () => reject(new Error(`${args.join(" ")} ended before it served`)));
  });
  return { url: (JSON.parse(line) as { url: string }).url, stop: () => stopped(child) };
}

async function stopped(child: ChildProcess): Promise<number> {
  const began = performance.now();
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
  return performance.now() - began;
}
