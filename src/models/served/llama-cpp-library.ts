// The part of node-llama-cpp that is used here, and where it is loaded from. The package is an optional peer: it is never there when
// this is compiled.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AssayError } from "../../core/errors.ts";

/** A number that only the model it came from understands. */
export type LlamaToken = number;

export type LlamaCppLibrary = {
  getLlama(options: {
    readonly gpu: "auto" | false;
    readonly build: "never";
    readonly maxThreads: number;
    readonly logLevel: "error";
  }): Promise<Llama>;
  resolveChatWrapper(model: LlamaModel): ChatWrapper;
  readonly LlamaGrammarEvaluationState: new (options: {
    readonly model: LlamaModel;
    readonly grammar: unknown;
  }) => object;
};

export type Llama = {
  loadModel(options: { readonly modelPath: string }): Promise<LlamaModel>;
  createGrammarForJsonSchema(schema: unknown): Promise<unknown>;
};

export type LlamaModel = {
  readonly trainContextSize: number;
  readonly tokenizer: unknown;
  detokenize(tokens: readonly LlamaToken[]): string;
  createContext(options: {
    readonly contextSize: number;
    readonly threads: number;
    readonly lora?: { readonly adapters: readonly { readonly filePath: string; readonly scale: number }[] };
  }): Promise<{ getSequence(): LlamaSequence }>;
};

export type LlamaSequence = {
  clearHistory(): Promise<void>;
  evaluate(
    tokens: readonly LlamaToken[],
    options: { readonly temperature: number; readonly grammarEvaluationState?: object },
  ): AsyncIterable<LlamaToken>;
};

export type ChatTurn =
  | { readonly type: "system" | "user"; readonly text: string }
  | { readonly type: "model"; readonly response: readonly string[] };

type ChatWrapper = {
  generateContextState(options: { readonly chatHistory: readonly ChatTurn[] }): {
    readonly contextText: { tokenize(tokenizer: unknown): readonly LlamaToken[] };
  };
};

/** Widened, so that compiling does not look for it. */
const packageName: string = "node-llama-cpp";

/** `installedIn`: a folder whose `node_modules` hold it. Throws `AssayError` `missing-package`. */
export async function loadLlamaCpp(installedIn: string | undefined): Promise<LlamaCppLibrary> {
  try {
    const entry =
      installedIn === undefined
        ? packageName
        : pathToFileURL(createRequire(join(installedIn, "package.json")).resolve(packageName)).href;
    return (await import(entry)) as LlamaCppLibrary;
  } catch (cause) {
    throw new AssayError({
      code: "missing-package",
      message: `node-llama-cpp is not installed${installedIn === undefined ? "" : ` in ${installedIn}`}`,
      remedy: "npm install node-llama-cpp, beside Assay or in the folder that tuning.serve.installedIn names",
      cause,
    });
  }
}
