// Opens exports with llama.cpp through node-llama-cpp and compares them with what Assay computed. Arguments: the folder of exports
// and cases, and a folder whose node_modules hold node-llama-cpp. Prints one JSON object.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, engines] = process.argv.slice(2);
const entry = createRequire(join(engines, "package.json")).resolve("node-llama-cpp");
const { getLlama, resolveChatWrapper } = await import(pathToFileURL(entry).href);
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));

// Threads that wait for each other on a busy machine cost seconds a token; these models need one.
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: 1 });
const open = (file) => llama.loadModel({ modelPath: join(folder, file) });

async function greedyMatches(model, key, lora) {
  const context = await model.createContext({ contextSize: 256, threads: 1, ...(lora && { lora }) });
  const sequence = context.getSequence();
  let matches = 0;
  for (const sample of cases.greedy) {
    await sequence.clearHistory();
    const answer = [];
    for await (const token of sequence.evaluate(sample.prompt, { temperature: 0, yieldEogToken: true })) {
      answer.push(token);
      if (answer.length === sample[key].length) break;
    }
    if (`${answer}` === `${sample[key]}`) matches += 1;
  }
  await context.dispose();
  return matches;
}

const whole = await open("gguf/model.gguf");
const base = await open("gguf-lora/base.gguf");
const halves = await open("gguf-float16/model.gguf");
const adapter = (scale) => ({ adapters: [{ filePath: join(folder, "gguf-lora/adapter.gguf"), scale }] });

const wellFormed = (text) => text.toWellFormed();
const texts = cases.texts.filter(({ text, ids, decoded }) => {
  const tokens = whole.tokenize(wellFormed(text), false);
  return `${tokens}` === `${ids}` && whole.detokenize(tokens) === decoded;
});
const wrapper = resolveChatWrapper(whole);
const conversations = cases.conversations.filter(({ messages, ids }) => {
  const chatHistory = [
    ...messages.map(({ role, content }) => ({ type: role, text: content })),
    { type: "model", response: [] },
  ];
  return `${wrapper.generateContextState({ chatHistory }).contextText.tokenize(whole.tokenizer)}` === `${ids}`;
});

const report = {
  version: JSON.parse(readFileSync(join(engines, "node_modules/node-llama-cpp/package.json"), "utf8")).version,
  texts: texts.length,
  conversations: conversations.length,
  greedy: {
    merged: await greedyMatches(whole, "on"),
    float16: await greedyMatches(halves, "on"),
    base: await greedyMatches(base, "off"),
    adapter: await greedyMatches(base, "on", adapter(1)),
    adapterOff: await greedyMatches(base, "off", adapter(1e-6)),
  },
  detokenized: cases.greedy.filter(({ on, onText }) => whole.detokenize(on) === onText).length,
};
process.stdout.write(`${JSON.stringify(report)}\n`);
await llama.dispose();
