// Which memory a training would have here. Asks the driver's own tool, and loads nothing.
import { execFile } from "node:child_process";
import { freemem, totalmem } from "node:os";
import { promisify } from "node:util";

export type TrainingMachine = {
  readonly isGpu: boolean;
  readonly name: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
};

const run = promisify(execFile);
const query = ["--query-gpu=name,memory.free,memory.total", "--format=csv,noheader,nounits"];
const mebibyte = 2 ** 20;

/** The first GPU of NVIDIA's, else this machine's own memory. */
export async function trainingMachine(device: "auto" | "cpu" | "cuda" | "mps"): Promise<TrainingMachine> {
  const own = { isGpu: false, name: "this machine", freeBytes: freemem(), totalBytes: totalmem() };
  if (device === "cpu" || device === "mps") return own;
  try {
    const { stdout } = await run("nvidia-smi", query, { timeout: 10_000 });
    return gpuOf(stdout) ?? own;
  } catch {
    return own;
  }
}

function gpuOf(csv: string): TrainingMachine | undefined {
  const [name, free, total] = (csv.split("\n")[0] ?? "").split(",").map((cell) => cell.trim());
  const bytes = [free, total].map((cell) => Number(cell) * mebibyte);
  if (!name || bytes.some((value) => !(value > 0))) return undefined;
  return { isGpu: true, name, freeBytes: bytes[0]!, totalBytes: bytes[1]! };
}
