// The wires of vLLM, llama-server and Ollama as far as tuned weights go: what they list, load, refuse and answer. No model is behind
// them: an answer says which weights would have given it, so that a test sees whether base and tuned model are kept apart.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type LoraWire =
  | {
      readonly server: "vllm";
      readonly base: string;
      /** Adapters may be loaded while it runs. */
      readonly loadsAtRuntime?: boolean;
      /** Paths that hold an adapter. Default: every path. */
      readonly adapterPaths?: readonly string[];
    }
  | { readonly server: "llama-server"; readonly modelPath: string; readonly adapterPaths?: readonly string[] }
  | { readonly server: "ollama"; readonly models?: readonly string[]; readonly failsToCreate?: string };

type LoraRequest = { readonly method: string; readonly path: string; readonly body: unknown; readonly bytes: number };

export type LoraWireServer = {
  readonly origin: string;
  readonly requests: readonly LoraRequest[];
  close(): Promise<void>;
};

type Reply = { readonly status: number; readonly body: unknown };
type Handle = (request: LoraRequest & { readonly raw: Buffer }) => Reply;

const ok = (body: unknown): Reply => ({ status: 200, body });
const notFound: Reply = { status: 404, body: { detail: "Not Found" } };

export async function loraWireServer(wire: LoraWire): Promise<LoraWireServer> {
  const requests: LoraRequest[] = [];
  const handle = handlerOf(wire);
  const server = createServer((request, response) => {
    void receive(request).then((received) => {
      const { raw: _, ...kept } = received;
      requests.push(kept);
      send(response, handle(received));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function handlerOf(wire: LoraWire): Handle {
  if (wire.server === "vllm") return vllm(wire);
  return wire.server === "llama-server" ? llamaServer(wire) : ollama(wire);
}

async function receive(request: IncomingMessage): Promise<LoraRequest & { readonly raw: Buffer }> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const raw = Buffer.concat(parts);
  const isJson = request.headers["content-type"]?.includes("json") ?? false;
  const body: unknown = isJson && raw.length > 0 ? JSON.parse(raw.toString("utf8")) : undefined;
  return { method: request.method ?? "GET", path: request.url ?? "/", body, bytes: raw.length, raw };
}

function send(response: ServerResponse, { status, body }: Reply): void {
  const isText = typeof body === "string";
  response.writeHead(status, { "content-type": isText ? "text/plain" : "application/json" });
  response.end(body === undefined ? undefined : isText ? body : JSON.stringify(body));
}

function completion(model: string, text: string): Reply {
  return ok({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  });
}

const modelIn = (body: unknown): string => (body as { model: string }).model;

function vllm({ base, loadsAtRuntime = false, adapterPaths }: Extract<LoraWire, { server: "vllm" }>): Handle {
  const adapters = new Map<string, string>();
  const failure = (status: number, message: string): Reply => ({
    status,
    body: { error: { message, type: status === 404 ? "NotFoundError" : "BadRequestError", param: null, code: status } },
  });
  const load = (body: unknown): Reply => {
    const { lora_name: name, lora_path: path } = body as { lora_name: string; lora_path: string };
    if (adapters.has(name)) return failure(400, `The lora adapter '${name}' has already been loaded.`);
    if (adapterPaths && !adapterPaths.includes(path)) return failure(404, `No adapter found for ${path}`);
    adapters.set(name, path);
    return ok(`Success: LoRA adapter '${name}' added successfully.`);
  };
  return ({ method, path, body }) => {
    if (path === "/v1/models") {
      const listed = [{ id: base, parent: null }, ...[...adapters.keys()].map((id) => ({ id, parent: base }))];
      return ok({ object: "list", data: listed.map((entry) => ({ object: "model", ...entry })) });
    }
    if (path === "/v1/load_lora_adapter" && method === "POST" && loadsAtRuntime) return load(body);
    if (path !== "/v1/chat/completions") return notFound;
    const model = modelIn(body);
    if (model === base) return completion(model, "the base");
    const adapter = adapters.get(model);
    return adapter === undefined
      ? failure(404, `The model \`${model}\` does not exist.`)
      : completion(model, `the adapter of ${adapter}`);
  };
}

function llamaServer({ modelPath, adapterPaths = [] }: Extract<LoraWire, { server: "llama-server" }>): Handle {
  return ({ path, body }) => {
    // As after `--lora-init-without-apply`.
    if (path === "/lora-adapters") return ok(adapterPaths.map((adapter, id) => ({ id, path: adapter, scale: 0 })));
    if (path === "/props") return ok({ model_path: modelPath, total_slots: 1, chat_template: "" });
    if (path !== "/v1/chat/completions") {
      return { status: 404, body: { error: { code: 404, message: "File Not Found", type: "not_found_error" } } };
    }
    const { lora = [] } = body as { lora?: readonly { id: number; scale: number }[] };
    const applied = lora.filter(({ scale }) => scale !== 0).map(({ id, scale }) => `${adapterPaths[id]} at ${scale}`);
    return completion(modelIn(body), applied.length === 0 ? "the base" : `the adapter of ${applied.join(", ")}`);
  };
}

type Creation = {
  readonly model: string;
  readonly from?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly adapters?: Readonly<Record<string, string>>;
};

function ollama({ models = [], failsToCreate }: Extract<LoraWire, { server: "ollama" }>): Handle {
  const blobs = new Set<string>();
  const made = new Map<string, string>(models.map((name) => [name, `the model ${name}`]));
  const create = (body: unknown): Reply => {
    const { model, from, files, adapters } = body as Creation;
    if (failsToCreate !== undefined) return { status: 400, body: { error: failsToCreate } };
    const digests = [...Object.values(files ?? {}), ...Object.values(adapters ?? {})];
    const unknown = digests.find((digest) => !blobs.has(digest));
    if (unknown !== undefined) return { status: 400, body: { error: `digest ${unknown} not found` } };
    if (from !== undefined && !made.has(from)) return { status: 400, body: { error: `pull model manifest: ${from}` } };
    made.set(model, from === undefined ? "the whole model" : `the adapter over ${from}`);
    return ok({ status: "success" });
  };
  return ({ method, path, body, raw }) => {
    const [, digest] = /^\/api\/blobs\/(sha256:[0-9a-f]{64})$/.exec(path) ?? [];
    if (digest !== undefined && method === "HEAD")
      return blobs.has(digest) ? ok(undefined) : { ...notFound, body: undefined };
    if (digest !== undefined) {
      const found = `sha256:${createHash("sha256").update(raw).digest("hex")}`;
      if (found !== digest)
        return { status: 400, body: { error: `digest mismatch, expected "${digest}", got "${found}"` } };
      blobs.add(digest);
      return { status: 201, body: undefined };
    }
    if (path === "/api/create") return create(body);
    const said = made.get(modelIn(body));
    const absent: Reply = { status: 404, body: { error: `model '${modelIn(body)}' not found` } };
    if (path === "/api/show") return said === undefined ? absent : ok({ details: {} });
    if (path === "/v1/chat/completions") return said === undefined ? absent : completion(modelIn(body), said);
    return notFound;
  };
}
