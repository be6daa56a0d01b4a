// How much memory a training would take, from the shapes in a base's files alone. Rough on purpose: it shall stop what cannot fit
// before anything is loaded, and it is told as an estimate.
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import type { TuningSettings } from "../../core/training.ts";

export type BaseShape = {
  readonly parameters: number;
  /** Of matrices inside the layers: these take an adapter, and 4 bits. */
  readonly layerParameters: number;
  /** In + out over those matrices: an adapter has this many numbers per rank. */
  readonly adapterSides: number;
  readonly layers: number;
  readonly width: number;
  readonly vocabulary: number;
};

export type EstimateOptions = {
  readonly weights: TuningSettings["weights"];
  readonly rank: number;
  /** Examples at once. */
  readonly batchSize: number;
  readonly maxLength: number;
  /** Halves where the device computes in 16 bits, and trades time for activations. */
  readonly onGpu: boolean;
};

/** Of the interpreter and the libraries, before any model. */
const runtimeBytes = 0.7e9;
/** Weight, gradient and two moments, all in 32 bits. */
const bytesPerTrained = 16;
/** NF4 with its scales quantised again. */
const bytesPer4Bit = 0.52;
/** Numbers kept per position, layer and unit of width for the way back; what attention keeps is linear with today's kernels. */
const activationsPerWidth = 34;

export function estimatedBytes(shape: BaseShape, options: EstimateOptions): number {
  return Math.round(runtimeBytes + weightBytes(shape, options) + activationBytes(shape, options));
}

function weightBytes({ parameters, layerParameters, adapterSides }: BaseShape, options: EstimateOptions): number {
  if (options.weights === "full") return bytesPerTrained * parameters;
  const trained = bytesPerTrained * options.rank * adapterSides;
  const wide = options.onGpu ? 2 : 4;
  if (options.weights === "lora") return wide * parameters + trained;
  return bytesPer4Bit * layerParameters + wide * (parameters - layerParameters) + trained;
}

function activationBytes(shape: BaseShape, { batchSize, maxLength, onGpu }: EstimateOptions): number {
  const { layers, width, vocabulary } = shape;
  const positions = batchSize * maxLength;
  // Checkpointing keeps what enters a layer, and all of one layer at a time.
  const kept = onGpu ? layers + activationsPerWidth : layers * activationsPerWidth;
  // Logits, their softmax and its gradient, in 32 bits.
  return positions * (kept * width * (onGpu ? 2 : 4) + 3 * 4 * vocabulary);
}

/** Undefined where the folder is no Hugging Face model whose shapes can be read. */
export function baseShape(directory: string): BaseShape | undefined {
  try {
    const config = JSON.parse(readFileSync(join(directory, "config.json"), "utf8")) as Record<string, number>;
    const files = readdirSync(directory).filter((name) => name.endsWith(".safetensors"));
    if (files.length === 0) return undefined;
    const shapes = files.flatMap((name) => tensorShapes(join(directory, name)));
    const inLayers = shapes.filter(({ name, shape }) => shape.length === 2 && /\.layers\.\d+\./.test(name));
    return {
      parameters: sum(shapes.map(({ shape }) => product(shape))),
      layerParameters: sum(inLayers.map(({ shape }) => product(shape))),
      adapterSides: sum(inLayers.map(({ shape }) => sum(shape))),
      layers: config["num_hidden_layers"] ?? 0,
      width: config["hidden_size"] ?? 0,
      vocabulary: config["vocab_size"] ?? 0,
    };
  } catch {
    return undefined;
  }
}

export const isModelFolder = (directory: string): boolean => existsSync(join(directory, "config.json"));

const product = (values: readonly number[]): number => values.reduce((all, value) => all * value, 1);
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

type NamedShape = { readonly name: string; readonly shape: readonly number[] };

/** A header larger than this is no header. */
const mostHeaderBytes = 100_000_000;

/** From the header of a safetensors file; its numbers are left alone. */
function tensorShapes(path: string): readonly NamedShape[] {
  const file = openSync(path, "r");
  try {
    const size = Buffer.alloc(8);
    readSync(file, size, 0, 8, 0);
    const length = Number(size.readBigUInt64LE());
    if (length > mostHeaderBytes) throw new Error(`${path} is no safetensors file`);
    const header = Buffer.alloc(length);
    readSync(file, header, 0, length, 8);
    const entries = JSON.parse(header.toString("utf8")) as Record<string, { shape?: number[] }>;
    return Object.entries(entries).flatMap(([name, { shape }]) => (shape ? [{ name, shape }] : []));
  } finally {
    closeSync(file);
  }
}
