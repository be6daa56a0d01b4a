// `assay/client`: a typed client for a served project. Needs nothing but `fetch`; imports no part of the server.

export type AssayClientOptions = {
  /** Of the server, without `/v1`. Default `http://127.0.0.1:8787`. */
  readonly url?: string;
  readonly apiKey?: string;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
};

export type ClientMessage = { readonly role: "system" | "user" | "assistant"; readonly content: string };

/** A quote that was verified character by character against its document. */
export type ClientCitation = {
  readonly documentId: string;
  readonly file: string;
  readonly page?: number;
  /** UTF-16 offsets into the document's extracted text. */
  readonly start: number;
  readonly end: number;
  readonly quote: string;
  readonly url: string;
  readonly title: string;
  /** UTF-16 offsets into the answer's text. */
  readonly startIndex: number;
  readonly endIndex: number;
};

export type ClientAnswer = {
  /** For `feedback`. */
  readonly id: string;
  readonly text: string;
  readonly outcome: "answered" | "declined";
  readonly approach: string;
  readonly confidence?: number;
  readonly citations: readonly ClientCitation[];
  /** Null where the price is unknown. */
  readonly costUsd: number | null;
};

export type ClientAskOptions = {
  /** An approach; default the recommended one. */
  readonly model?: string;
  readonly filter?: Readonly<Record<string, string | number | boolean | readonly (string | number | boolean)[]>>;
  /** Narrows what the key may see. */
  readonly groups?: readonly string[];
  readonly signal?: AbortSignal;
};

export type ClientEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "answer"; readonly answer: ClientAnswer };

export type ClientHit = Pick<ClientCitation, "documentId" | "file" | "page" | "start" | "end"> & {
  readonly score: number;
  readonly text: string;
};

export type AssayClient = {
  /** A question, or a conversation that ends with one. Rejects with `AssayClientError`, as all of these do. */
  ask(question: string | readonly ClientMessage[], options?: ClientAskOptions): Promise<ClientAnswer>;
  /** Text as it comes; the last event is the whole answer. */
  stream(question: string | readonly ClientMessage[], options?: ClientAskOptions): AsyncIterable<ClientEvent>;
  search(
    query: string,
    options?: Omit<ClientAskOptions, "model"> & { readonly topK?: number },
  ): Promise<readonly ClientHit[]>;
  feedback(
    answerId: string,
    given: { readonly rating?: "up" | "down"; readonly correction?: string; readonly comment?: string },
  ): Promise<void>;
  models(): Promise<readonly string[]>;
};

/** A refusal of the server, with its status and its code. */
export class AssayClientError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "AssayClientError";
    this.status = status;
    this.code = code;
  }
}

type Send = (path: string, body?: object, signal?: AbortSignal) => Promise<Response>;

export function assayClient(options: AssayClientOptions = {}): AssayClient {
  const { url = "http://127.0.0.1:8787", apiKey, fetch = globalThis.fetch } = options;
  const base = url.replace(/\/+$/, "");
  const headers = { "content-type": "application/json", ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) };
  const send: Send = async (path, body, signal) => {
    const response = await fetch(`${base}${path}`, {
      headers,
      ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
      ...(signal ? { signal } : {}),
    });
    if (!response.ok) throw await refusal(response);
    return response;
  };
  return {
    async ask(question, asked = {}) {
      const response = await send("/v1/chat/completions", askBody(question, asked, false), asked.signal);
      const whole = (await response.json()) as Completion;
      const { content, annotations } = whole.choices[0].message;
      return answerFrom(whole.id, content, annotations, whole.assay);
    },
    stream: (question, asked = {}) => streamed(send, question, asked),
    async search(query, { topK, filter, groups, signal } = {}) {
      const response = await send("/v1/search", { query, top_k: topK, filter, groups }, signal);
      const { data } = (await response.json()) as { data: WireHit[] };
      return data.map(({ document_id: documentId, ...hit }) => ({ documentId, ...hit }));
    },
    async feedback(id, given) {
      await send("/v1/feedback", { id, ...given });
    },
    async models() {
      const { data } = (await (await send("/v1/models")).json()) as { data: { id: string }[] };
      return data.map(({ id }) => id);
    },
  };
}

type WireAnnotation = {
  readonly url_citation: {
    readonly url: string;
    readonly title: string;
    readonly start_index: number;
    readonly end_index: number;
  };
  readonly citation: {
    readonly document_id: string;
    readonly file: string;
    readonly page?: number;
    readonly start: number;
    readonly end: number;
    readonly quote: string;
  };
};
type WireAssay = {
  readonly approach: string;
  readonly outcome: "answered" | "declined";
  readonly confidence?: number;
  readonly cost_usd: number | null;
};
type Completion = {
  readonly id: string;
  readonly choices: readonly [
    { readonly message: { readonly content: string; readonly annotations: readonly WireAnnotation[] } },
  ];
  readonly assay: WireAssay;
};
type Chunk = {
  readonly id: string;
  readonly choices: readonly {
    readonly delta: { readonly content?: string; readonly annotations?: readonly WireAnnotation[] };
  }[];
  readonly assay?: WireAssay;
  readonly error?: { readonly message: string; readonly code: string };
};
type WireHit = Omit<ClientHit, "documentId"> & { readonly document_id: string };

async function* streamed(
  send: Send,
  question: string | readonly ClientMessage[],
  asked: ClientAskOptions,
): AsyncIterable<ClientEvent> {
  const response = await send("/v1/chat/completions", askBody(question, asked, true), asked.signal);
  const annotations: WireAnnotation[] = [];
  let text = "";
  for await (const chunk of chunksOf(response)) {
    if (chunk.error) throw new AssayClientError(response.status, chunk.error.code, chunk.error.message);
    const delta = chunk.choices[0]?.delta;
    annotations.push(...(delta?.annotations ?? []));
    if (delta?.content) {
      text += delta.content;
      yield { type: "text-delta", text: delta.content };
    }
    if (chunk.assay) {
      yield { type: "answer", answer: answerFrom(chunk.id, text, annotations, chunk.assay) };
      return;
    }
  }
  throw new AssayClientError(response.status, "stream_broken", "the stream ended before the answer did");
}

async function* chunksOf(response: Response): AsyncIterable<Chunk> {
  if (response.body === null) return;
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("data: ") && line !== "data: [DONE]") yield JSON.parse(line.slice(6));
  }
}

function askBody(
  question: string | readonly ClientMessage[],
  { model = "assay", filter, groups }: ClientAskOptions,
  stream: boolean,
) {
  const messages = typeof question === "string" ? [{ role: "user", content: question }] : question;
  return { model, messages, stream, assay: { filter, groups } };
}

function answerFrom(id: string, text: string, annotations: readonly WireAnnotation[], assay: WireAssay): ClientAnswer {
  const { approach, outcome, confidence, cost_usd: costUsd } = assay;
  const citations = annotations.map(({ url_citation, citation: { document_id: documentId, ...place } }) => ({
    documentId,
    ...place,
    url: url_citation.url,
    title: url_citation.title,
    startIndex: url_citation.start_index,
    endIndex: url_citation.end_index,
  }));
  return { id, text, outcome, approach, ...(confidence === undefined ? {} : { confidence }), citations, costUsd };
}

async function refusal(response: Response): Promise<AssayClientError> {
  const body = (await response.json().catch(() => undefined)) as
    | { error?: { code?: string; message?: string } }
    | undefined;
  const { code = "unknown", message = `the server answered ${response.status}` } = body?.error ?? {};
  return new AssayClientError(response.status, code, message);
}
