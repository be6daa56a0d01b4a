// A natural language inference model from a local folder: how likely a premise is to entail a hypothesis. Knows no judge.
import { AssayError } from "../../core/errors.ts";
import { openEngine } from "../../neural/onnx-engine.ts";
import { integers } from "../../neural/sequence-feeds.ts";
import { type NliFolder, type NliLabel, readNliFolder } from "./nli-folder.ts";

/** Probabilities that sum to 1. */
export type Inference = Readonly<Record<NliLabel, number>>;

export type NliModel = {
  /** SHA-256 of the weights' file. */
  readonly modelHash: string;
  /** Throws `AssayError` `bad-input` for a pair longer than the model reads: nothing is cut in silence. */
  entails(premise: string, hypothesis: string): Promise<Inference>;
  close(): Promise<void>;
};

/** Runs on WebAssembly, so that every machine gives the same verdicts. Throws as `readNliFolder` does. */
export async function openNliModel(directory: string): Promise<NliModel> {
  const folder = await readNliFolder(directory);
  const encode = await pairEncoder(directory, folder);
  const engine = await openEngine({ prefer: "wasm", threads: 1 });
  const session = await engine.openFile(folder.model).catch((cause: unknown) => {
    throw unusable(directory, "onnx/model.onnx is no model that ONNX Runtime can open", cause);
  });
  const infer = async (pair: EncodedPair) => {
    const { logits } = await session.run(feedsOf(pair, session.inputNames));
    if (logits?.length !== 3) throw unusable(directory, "the model has no output `logits` of three labels");
    return probabilities(logits, folder.columns);
  };
  // One session runs one pair at a time, however many questions are graded at once.
  let last: Promise<unknown> = Promise.resolve();
  return {
    modelHash: folder.modelHash,
    async entails(premise, hypothesis) {
      const pair = encode(premise, hypothesis);
      const inference = last.then(() => infer(pair));
      last = inference.catch(() => undefined);
      return inference;
    },
    close: () => session.close(),
  };
}

type EncodedPair = Readonly<Record<"input_ids" | "attention_mask" | "token_type_ids", readonly number[]>>;

async function pairEncoder(
  directory: string,
  { tokenizer, tokenizerConfig, maximumTokens }: NliFolder,
): Promise<(premise: string, hypothesis: string) => EncodedPair> {
  const { Tokenizer } = await import("@huggingface/tokenizers");
  const reader = new Tokenizer(tokenizer, tokenizerConfig);
  return (premise, hypothesis) => {
    const { ids, attention_mask, token_type_ids } = reader.encode(premise, {
      text_pair: hypothesis,
      return_token_type_ids: true,
    });
    if (ids.length > maximumTokens) {
      throw unusable(directory, `a passage and a claim have ${ids.length} tokens, the model reads ${maximumTokens}`);
    }
    return { input_ids: ids, attention_mask, token_type_ids };
  };
}

/** Models without segments (RoBERTa) take no `token_type_ids`. */
function feedsOf(pair: EncodedPair, inputNames: readonly string[]) {
  const wanted = Object.entries(pair).filter(([name]) => inputNames.includes(name));
  return Object.fromEntries(wanted.map(([name, values]) => [name, integers(values, [1, values.length])]));
}

function probabilities(logits: Float32Array, columns: NliFolder["columns"]): Inference {
  const most = Math.max(...logits);
  const weights = [...logits].map((logit) => Math.exp(logit - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const of = (label: NliLabel) => weights[columns[label]]! / sum;
  return { entailment: of("entailment"), neutral: of("neutral"), contradiction: of("contradiction") };
}

function unusable(directory: string, message: string, cause?: unknown): AssayError {
  const remedy = "name the folder of a natural language inference model in evaluation.judge: nli/DIR";
  return new AssayError({ code: "bad-input", message: `${directory}: ${message}`, remedy, cause });
}
