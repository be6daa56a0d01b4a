// The ground that the fake fine-tuning services stand on: an HTTP server with a key, faults by script, and a ledger of all that
// was done. Knows no protocol.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json } from "../../core/json.ts";

export type FakeRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
};

export type FakeReply = {
  readonly status?: number;
  readonly json?: Json;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What happens to the next requests that fit, instead of or after what was asked. */
export type FakeFault = {
  /** `METHOD /path`, from its beginning. */
  readonly on: RegExp;
  /** Default 1. */
  readonly times?: number;
  /** Not before this is true. */
  readonly when?: () => boolean;
  /** The act is done, and its answer never comes as it should. */
  readonly afterTheAct?: boolean;
  /** Cuts the connection in place of an answer. */
  readonly cuts?: boolean;
  readonly reply?: FakeReply;
};

export type FakeServiceOptions = {
  /** Default `Date.now`. A test's own clock makes slow jobs fast. */
  readonly now?: () => number;
};

export type FakeService = {
  readonly url: string;
  /** Every request so far, e.g. `POST /v1/files`. */
  readonly requests: readonly FakeRequest[];
  fail(...faults: readonly FakeFault[]): void;
  close(): Promise<void>;
};

/** Keys and what they may do: `read-only` sees everything and changes nothing. */
export const fakeKeys = { valid: "fake-key-valid", readOnly: "fake-key-read-only" } as const;

export type Dialect = {
  handle(request: FakeRequest): FakeReply | Promise<FakeReply>;
  error(status: number, message: string, code?: string): FakeReply;
  /** Addresses that carry their own permission. */
  readonly isPresigned?: (request: FakeRequest) => boolean;
};

export async function fakeService(makeDialect: (url: string) => Dialect): Promise<FakeService> {
  const requests: FakeRequest[] = [];
  const faults: (FakeFault & { left: number })[] = [];
  let dialect: Dialect | undefined;
  const server = createServer((incoming, response) => {
    void received(incoming).then(async (request) => {
      requests.push(request);
      await answer(dialect!, faults, request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  dialect = makeDialect(url);
  return {
    url,
    requests,
    fail: (...more) => {
      faults.push(...more.map((fault) => ({ ...fault, left: fault.times ?? 1 })));
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(
  dialect: Dialect,
  faults: readonly (FakeFault & { left: number })[],
  request: FakeRequest,
  response: ServerResponse,
): Promise<void> {
  const fault = faults.find((one) => fits(one, request));
  const refused = dialect.isPresigned?.(request) ? undefined : refusal(dialect, request);
  const isHindered = fault !== undefined && fault.afterTheAct !== true;
  const done = isHindered ? undefined : (refused ?? (await safely(dialect, request)));
  if (fault) fault.left -= 1;
  if (fault?.cuts) response.destroy();
  else send(response, fault ? (fault.reply ?? dialect.error(500, "the fake was told to fail")) : done!);
}

const fits = ({ on, left, when = () => true }: FakeFault & { left: number }, { method, path }: FakeRequest): boolean =>
  left > 0 && on.test(`${method} ${path}`) && when();

/** A bug of a fake is to be seen by its test, not waited for. */
async function safely(dialect: Dialect, request: FakeRequest): Promise<FakeReply> {
  try {
    return await dialect.handle(request);
  } catch (error) {
    return dialect.error(500, `the fake broke: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refusal(dialect: Dialect, { headers, method }: FakeRequest): FakeReply | undefined {
  const given = headers["api-key"] ?? String(headers["authorization"] ?? "").replace(/^Bearer /, "");
  if (given === fakeKeys.readOnly && method !== "GET") {
    return dialect.error(403, "this key may only read", "insufficient_permissions");
  }
  if (given === fakeKeys.valid || given === fakeKeys.readOnly) return undefined;
  return dialect.error(401, `Incorrect API key provided: ${String(given)}`, "invalid_api_key");
}

async function received(incoming: IncomingMessage): Promise<FakeRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://fake");
  const { method = "GET", headers } = incoming;
  return { method, path: decodeURIComponent(pathname), query: searchParams, headers, body: Buffer.concat(parts) };
}

function send(response: ServerResponse, { status = 200, json, text, headers }: FakeReply): void {
  const type = text === undefined ? "application/json" : "text/plain";
  response.writeHead(status, { "content-type": type, "x-request-id": "req-fake", ...headers });
  response.end(text ?? JSON.stringify(json ?? {}));
}

export type JsonObject = { readonly [key: string]: Json };

export function jsonOf({ body }: FakeRequest): JsonObject {
  return body.length === 0 ? {} : (JSON.parse(body.toString("utf8")) as JsonObject);
}

/** Fields of a multipart body, files as their text. */
export async function formOf({
  body,
  headers,
}: FakeRequest): Promise<ReadonlyMap<string, { name: string; text: string }>> {
  const type = String(headers["content-type"]);
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
  const fields = new Map<string, { name: string; text: string }>();
  for (const [key, value] of form) {
    fields.set(
      key,
      typeof value === "string" ? { name: "", text: value } : { name: value.name, text: await value.text() },
    );
  }
  return fields;
}
