// Tuned weights behind Ollama: files go to it by their digest, and a model is made of them under a name. The template goes along,
// because a model that is asked otherwise than it was taught answers badly without a word of warning.
import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { basename } from "node:path";
import type { ChatModel } from "../../core/models.ts";
import { aiSdkChatModel } from "../ai-sdk/chat-model.ts";
import type { Endpoint } from "../ai-sdk/endpoint.ts";
import { type ServedWeights, servedModel } from "./served-weights.ts";
import { callServer, isOk, refusal, type ServerAddress, type ServerReply, saidBy } from "./server-calls.ts";
import { originOf, type ServerOptions } from "./server-options.ts";

export type OllamaOptions = ServerOptions & {
  /** The very base that was tuned, as Ollama calls it: then only the adapter is sent. Default: the whole model is. */
  readonly base?: string;
  /** The chat template in Ollama's own language. Default: known for some bases; with `base`, that of the base. */
  readonly template?: string;
  /** What ends an answer, where the template does not tell. */
  readonly stop?: string;
};

export function ollamaModel(weights: ServedWeights, options: OllamaOptions): ChatModel {
  const origin = originOf(options.baseUrl);
  const address: ServerAddress = { server: "Ollama", origin, ...options };
  const { name } = weights;
  const id = `ollama/${name}`;
  const endpoint: Endpoint = { ...options, id, wire: "openai-compatible", model: name, baseUrl: `${origin}/v1` };
  const about = { name: id, version: "1", label: `tuned from ${weights.base}, behind Ollama` };
  return servedModel(weights, { ...about, engine: { engine: "ollama", baseUrl: origin } }, async () => {
    if (!(await isThere(address, name))) await create(address, weights, options);
    return aiSdkChatModel(endpoint);
  });
}

/** Its name is the hash of its run, so what is there under this name is this model. */
async function isThere(address: ServerAddress, name: string): Promise<boolean> {
  return isOk(await callServer(address, "/api/show", { model: name }));
}

/** Files of several gigabytes are copied and read. */
const copyTimeoutMs = 3_600_000;

async function create(server: ServerAddress, weights: ServedWeights, options: OllamaOptions): Promise<void> {
  const address = { ...server, timeoutMs: copyTimeoutMs };
  const files = await weights.gguf();
  const { base } = options;
  const sendsAdapter = base !== undefined && files.adapter !== undefined;
  const { template, stop }: Pick<OllamaOptions, "template" | "stop"> = {
    ...(sendsAdapter ? {} : files.ollama),
    ...asked(options),
  };
  const path = sendsAdapter ? files.adapter : files.whole;
  const blob = { [basename(path)]: await upload(address, path) };
  if (template === undefined && !sendsAdapter) {
    throw refusal(address, "it cannot read the base's chat template", "set tuning.serve.template in assay.config.ts");
  }
  const reply = await callServer(address, "/api/create", {
    model: weights.name,
    ...(sendsAdapter ? { from: base, adapters: blob } : { files: blob }),
    ...(template === undefined ? {} : { template }),
    ...(stop === undefined ? {} : { parameters: { stop: [stop] } }),
    stream: false,
  });
  const failed = failureIn(reply);
  if (failed !== undefined) throw refusal(address, failed, "check the base and its name: `ollama show BASE`");
}

const asked = ({ template, stop }: OllamaOptions): Pick<OllamaOptions, "template" | "stop"> => ({
  ...(template === undefined ? {} : { template }),
  ...(stop === undefined ? {} : { stop }),
});

/** It may stream its progress all the same; an error can come as the last line of a reply that began well. */
function failureIn(reply: ServerReply): string | undefined {
  if (!isOk(reply)) return saidBy(reply);
  const last = reply.text.trim().split("\n").at(-1) ?? "";
  try {
    const { error, status } = JSON.parse(last) as { error?: string; status?: string };
    return error ?? (status === "success" ? undefined : `it ended with "${status}"`);
  } catch {
    return `it ended with "${last.slice(0, 80)}"`;
  }
}

/** The digest. What is there already is not sent again. */
async function upload(address: ServerAddress, path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  const digest = `sha256:${hash.digest("hex")}`;
  if (isOk(await callServer(address, `/api/blobs/${digest}`, undefined, "HEAD"))) return digest;
  const sent = await callServer(address, `/api/blobs/${digest}`, await openAsBlob(path));
  if (isOk(sent)) return digest;
  throw refusal(address, `it did not take ${basename(path)}: ${saidBy(sent)}`, "free some space at the server");
}
