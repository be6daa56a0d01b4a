// Answers with llama.cpp through node-llama-cpp. Arguments: a folder whose node_modules hold it, a JSON file of conversations, "exact"
// for float32 throughout or "default" for what people run, a GGUF file and, where there is one, a GGUF adapter. Prints what
// tuned_answers.py prints.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [engines, conversations, arithmetic, modelPath, adapter] = process.argv.slice(2);
const entry = createRequire(join(engines, "package.json")).resolve("node-llama-cpp");
const { getLlama, resolveChatWrapper } = await import(pathToFileURL(entry).href);
const most = 32;

// Threads that wait for each other on a busy machine cost seconds a token; these models need one.
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: 1 });
const model = await llama.loadModel({ modelPath });
// By default keys and values are kept in 16 bits, and flash attention computes in 16 bits.
const exact =
  arithmetic === "exact"
    ? { flashAttention: false, experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32" }
    : {};
const lora = adapter === undefined ? {} : { lora: { adapters: [{ filePath: adapter, scale: 1 }] } };
const context = await model.createContext({ contextSize: 256, threads: 1, ...exact, ...lora });
const sequence = context.getSequence();
const wrapper = resolveChatWrapper(model);

async function answered(messages) {
  const chatHistory = [
    ...messages.map(({ role, content }) => ({ type: role, text: content })),
    { type: "model", response: [] },
  ];
  const prompt = wrapper.generateContextState({ chatHistory }).contextText.tokenize(model.tokenizer);
  await sequence.clearHistory();
  const [answer, likeliest] = [[], []];
  const options = { temperature: 0, yieldEogToken: true };
  for await (const { token, probabilities } of sequence.evaluateWithMetadata(
    prompt,
    { probabilities: true },
    options,
  )) {
    answer.push(token);
    const highest = [...probabilities].sort(([, a], [, b]) => b - a).slice(0, 5);
    likeliest.push(highest.map(([id, probability]) => [id, Math.log(probability)]));
    if (answer.length === most || model.isEogToken(token)) break;
  }
  return { prompt: [...prompt], answer, likeliest };
}

const answers = [];
for (const messages of JSON.parse(readFileSync(conversations, "utf8"))) answers.push(await answered(messages));
process.stdout.write(`${JSON.stringify(answers)}\n`);
await llama.dispose();
