// Tuned weights behind vLLM: an adapter is loaded by its path and asked for by its name; a whole model must be what the server runs.
import type { ChatModel } from "../../core/models.ts";
import { aiSdkChatModel } from "../ai-sdk/chat-model.ts";
import type { Endpoint } from "../ai-sdk/endpoint.ts";
import { type ServedWeights, servedModel } from "./served-weights.ts";
import { callServer, isOk, jsonOf, refusal, type ServerAddress, saidBy } from "./server-calls.ts";
import { originOf, type ServerOptions } from "./server-options.ts";

export function vllmModel(weights: ServedWeights, options: ServerOptions): ChatModel {
  const origin = originOf(options.baseUrl);
  const address: ServerAddress = { server: "vLLM", origin, ...options };
  const id = `vllm/${weights.name}`;
  const endpoint: Endpoint = {
    ...options,
    id,
    wire: "openai-compatible",
    model: weights.name,
    baseUrl: `${origin}/v1`,
  };
  const about = { name: id, version: "1", label: `tuned from ${weights.base}, behind vLLM` };
  return servedModel(weights, { ...about, engine: { engine: "vllm", baseUrl: origin } }, async () => {
    await present(address, weights);
    return aiSdkChatModel(endpoint);
  });
}

/** Its name is the hash of its run, so what is there under this name is this adapter. */
async function present(address: ServerAddress, weights: ServedWeights): Promise<void> {
  const reply = await callServer(address, "/v1/models");
  if (!isOk(reply)) throw refusal(address, saidBy(reply), "check the server and tuning.serve.apiKeyEnv");
  const { data } = jsonOf<{ data: readonly { id: string }[] }>(address, reply);
  if (data.some(({ id }) => id === weights.name)) return;
  const { name, directory, kind } = weights;
  if (kind === "whole") {
    const serving = data.map(({ id }) => id).join(", ");
    throw refusal(address, `it serves ${serving}, not ${name}`, `vllm serve ${directory} --served-model-name ${name}`);
  }
  const loaded = await callServer(address, "/v1/load_lora_adapter", { lora_name: name, lora_path: directory });
  // Another process of ours may have been faster.
  if (isOk(loaded) || /already/i.test(loaded.text)) return;
  throw refusal(
    address,
    loaded.status === 404 ? `it may not load adapters while it runs (${saidBy(loaded)})` : saidBy(loaded),
    `vllm serve ${weights.base} --enable-lora --lora-modules ${name}=${directory}`,
  );
}
