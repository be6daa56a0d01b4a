// Tuned weights behind llama-server: adapters are named when it starts, and each request says how much of which is applied. What a
// request does not name gets none of it, so the base stays the base.
import type { ChatModel } from "../../core/models.ts";
import { aiSdkChatModel } from "../ai-sdk/chat-model.ts";
import type { Endpoint } from "../ai-sdk/endpoint.ts";
import { openAiCompatibleModel } from "../ai-sdk/load-sdk.ts";
import { adapterScale, type GgufFiles, type ServedWeights, servedModel } from "./served-weights.ts";
import { callServer, isOk, jsonOf, refusal, type ServerAddress, saidBy } from "./server-calls.ts";
import { originOf, type ServerOptions } from "./server-options.ts";

export function llamaServerModel(weights: ServedWeights, options: ServerOptions): ChatModel {
  const origin = originOf(options.baseUrl);
  const address: ServerAddress = { server: "llama-server", origin, ...options };
  const id = `llamacpp/${weights.name}`;
  const endpoint: Endpoint = {
    ...options,
    id,
    wire: "openai-compatible",
    model: weights.name,
    baseUrl: `${origin}/v1`,
  };
  const about = { name: id, version: "1", label: `tuned from ${weights.base}, behind llama-server` };
  return servedModel(weights, { ...about, engine: { engine: "llama-server", baseUrl: origin } }, async () => {
    const files = await weights.gguf();
    if (weights.kind === "whole") {
      await checkWhole(address, files.whole);
      return aiSdkChatModel(endpoint);
    }
    const lora = [{ id: await adapterId(address, files), scale: adapterScale }];
    return aiSdkChatModel(endpoint, () => openAiCompatibleModel(endpoint, { lora }));
  });
}

type Adapter = { readonly id: number; readonly path: string; readonly scale: number };

async function adapterId(address: ServerAddress, { base, adapter }: GgufFiles): Promise<number> {
  const reply = await callServer(address, "/lora-adapters");
  if (!isOk(reply)) throw refusal(address, saidBy(reply), "check that it is llama-server, version of 2025 or later");
  const adapters = jsonOf<readonly Adapter[]>(address, reply);
  const found = adapters.find(({ path }) => ending(path) === ending(adapter ?? ""));
  if (found) return found.id;
  const held = adapters.length === 0 ? "no adapter" : adapters.map(({ path }) => path).join(", ");
  throw refusal(
    address,
    `it holds ${held}, not ${adapter}`,
    `llama-server -m ${base} --lora ${adapter} --lora-init-without-apply --jinja`,
  );
}

/** The file and its folder, which is named after the run: the server may see the rest of the path otherwise. */
const ending = (path: string): string => path.split(/[\\/]/).slice(-2).join("/");

async function checkWhole(address: ServerAddress, path: string): Promise<void> {
  const reply = await callServer(address, "/props");
  if (!isOk(reply)) throw refusal(address, saidBy(reply), "check that it is llama-server");
  const { model_path: serving = "another model" } = jsonOf<{ model_path?: string }>(address, reply);
  if (ending(serving) === ending(path)) return;
  throw refusal(address, `it serves ${serving}, not ${path}`, `llama-server -m ${path} --jinja`);
}
