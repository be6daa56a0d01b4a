// Runs graphs on ONNX Runtime: the native engine where it is installed, else WebAssembly. Nothing else imports either.
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type * as Ort from "onnxruntime-web";
import { AssayError } from "../core/errors.ts";
import { enginesDirectory } from "./engines-directory.ts";
import type { Graph } from "./graph/graph-builder.ts";
import { onnxFile } from "./graph/onnx-format.ts";
import type { Feeds } from "./sequence-feeds.ts";

export type GraphSession = {
  readonly inputNames: readonly string[];
  /** Outputs by name. Native runs write into the arrays of `into`; others return arrays of their own. */
  run(feeds: Feeds, into?: Readonly<Record<string, Float32Array>>): Promise<Readonly<Record<string, Float32Array>>>;
  close(): Promise<void>;
};

export type Engine = {
  readonly name: "onnxruntime-node" | "onnxruntime-web";
  readonly threads: number;
  open(graph: Graph): Promise<GraphSession>;
  /** A model in the ONNX format, as it stands in a file. */
  openFile(bytes: Uint8Array): Promise<GraphSession>;
};

export type EngineOptions = {
  /** Default: native if present, else wasm. */
  readonly prefer?: "native" | "wasm";
  /** Default: the processors this process may use. */
  readonly threads?: number;
  /** A folder whose `node_modules` may hold `onnxruntime-node`, besides Assay's own. Default: the user's. */
  readonly enginesDirectory?: string;
};

type OrtModule = typeof Ort;

/**
 * Threads that wait spin for a tenth of a millisecond, then sleep: long enough to catch the next operation of a graph, short enough that on a
 * busy machine they take little from those they wait for. The engine's default is ten times that and costs half as much again there.
 */
const nativeSettings = {
  "session.intra_op.allow_spinning": "1",
  "session.intra_op.spin_duration_us": "100",
  "session.force_spinning_stop": "1",
  "session.set_denormal_as_zero": "1",
};

/** Throws `missing-package` where the engine asked for by name is not there. */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const threads = options.threads ?? availableParallelism();
  const native =
    options.prefer === "wasm" ? undefined : await loadNative(options.enginesDirectory ?? enginesDirectory());
  if (native) return engine("onnxruntime-node", native, threads);
  if (options.prefer === "native") {
    throw new AssayError({
      code: "missing-package",
      message: "the native engine (onnxruntime-node) is not installed",
      remedy: "assay engines install",
    });
  }
  const web: OrtModule = await import("onnxruntime-web");
  web.env.wasm.numThreads = threads;
  return engine("onnxruntime-web", web, threads);
}

/** Assay's own, else the one in `directory`; undefined where neither is there and loads. */
export async function loadNative(directory: string): Promise<OrtModule | undefined> {
  try {
    return await import("onnxruntime-node");
  } catch {
    return loadFrom(directory);
  }
}

export function loadFrom(directory: string): OrtModule | undefined {
  try {
    return createRequire(join(directory, "package.json"))("onnxruntime-node") as OrtModule;
  } catch {
    return undefined;
  }
}

function engine(name: Engine["name"], ort: OrtModule, threads: number): Engine {
  const isNative = name === "onnxruntime-node";
  const open = async (bytes: Uint8Array, written?: Graph) => {
    const session = await ort.InferenceSession.create(bytes, {
      graphOptimizationLevel: "all",
      intraOpNumThreads: threads,
      ...(isNative ? { extra: nativeSettings } : { executionProviders: ["wasm"] }),
    });
    return graphSession(ort, session, written);
  };
  return {
    name,
    threads,
    open: (graph) => open(onnxFile(graph), isNative ? graph : undefined),
    openFile: (bytes) => open(bytes),
  };
}

/** `written` is the graph where the engine can write into arrays it is handed. */
function graphSession(ort: OrtModule, session: Ort.InferenceSession, written: Graph | undefined): GraphSession {
  const tensor = (data: Float32Array | BigInt64Array, shape: readonly number[]) =>
    data instanceof Float32Array ? new ort.Tensor("float32", data, shape) : new ort.Tensor("int64", data, shape);
  return {
    inputNames: session.inputNames,
    async run(feeds, into) {
      const inputs = Object.fromEntries(
        Object.entries(feeds).map(([key, { data, shape }]) => [key, tensor(data, shape)]),
      );
      if (!into || !written) return arraysOf(await session.run(inputs));
      const copies = arraysOf(await session.run(inputs, targets(written, into)));
      return Object.fromEntries(Object.entries(copies).map(([key, copy]) => [key, kept(copy, into[key])]));
    },
    close: () => session.release(),
  };

  function targets(graph: Graph, into: Readonly<Record<string, Float32Array>>) {
    return Object.fromEntries(
      graph.outputs.map(({ name, shape }) => {
        const array = into[name];
        return [name, array ? tensor(array, shape as readonly number[]) : null];
      }),
    );
  }
}

const arraysOf = (results: Ort.InferenceSession.OnnxValueMapType): Readonly<Record<string, Float32Array>> =>
  Object.fromEntries(Object.entries(results).map(([key, { data }]) => [key, data as Float32Array]));

/** The engine copies even what it wrote where it was told. Such copies are let go at once, or hundreds of MB wait for the collector. */
function kept(copy: Float32Array, target: Float32Array | undefined): Float32Array {
  if (!target) return copy;
  (copy.buffer as ArrayBuffer).transfer(0);
  return target;
}
