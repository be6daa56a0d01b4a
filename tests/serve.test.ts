// What the server answers, in both modes and both of OpenAI's formats, and what happens while documents change.
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { AssayError } from "../src/core/errors.ts";
import { silentProgress } from "../src/core/progress.ts";
import { ingest } from "../src/project/knowledge/ingest.ts";
import { openContext } from "../src/project/wiring/context.ts";
import { fakeChatModel } from "../src/testing/fake-chat-model.ts";
import { eventsOf, type ServedApp, servedApp } from "./served-app.ts";

type Annotation = {
  url_citation: { url: string; title: string; start_index: number; end_index: number };
  citation: { file: string; start: number; end: number; quote: string };
};
type Completion = {
  id: string;
  choices: { message: { content: string; annotations: Annotation[] }; finish_reason: string }[];
  assay: { approach: string; outcome: string; cached: boolean; question: string; notes: string[] };
};

const question = "How often does the island ferry leave?";
const ask = (text: string, more: object = {}) => ({
  model: "assay",
  messages: [{ role: "user", content: text }],
  ...more,
});

describe("without a language model", () => {
  let app: ServedApp;
  beforeAll(async () => {
    app = await servedApp();
  });
  afterAll(() => app.close());
  const completion = async (body: object) =>
    (await (await app.post("/v1/chat/completions", body)).json()) as Completion;

  test("an answer carries citations that point into the stored text and into the answer", async () => {
    const { choices, assay } = await completion(ask(question));
    const { content, annotations } = choices[0]!.message;
    expect(content).toContain("25 minutes");
    expect(assay).toMatchObject({ approach: "rag", outcome: "answered" });
    const { citation, url_citation } = annotations[0]!;
    const stored = readFileSync(app.project.path("docs/ferry.md"), "utf8");
    expect(stored.slice(citation.start, citation.end)).toBe(citation.quote);
    expect(content.slice(url_citation.start_index, url_citation.end_index)).toBe(citation.quote);
    const link = new URL(url_citation.url);
    const document = (await (await app.request(link.pathname + link.search)).json()) as { text: string };
    const [start, end] = link.hash.replace("#char=", "").split(",").map(Number);
    expect(document.text.slice(start, end)).toBe(citation.quote);
  });

  test("a stream says the same, with the same citations, and ends as clients expect", async () => {
    const whole = await completion(ask("How long are lost things kept?"));
    const response = await app.post(
      "/v1/chat/completions",
      ask("How long are lost things kept?", { stream: true, stream_options: { include_usage: true } }),
    );
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const events = eventsOf(await response.text()) as unknown as {
      choices: { delta: { content?: string; annotations?: Annotation[] }; finish_reason: string | null }[];
      usage?: object;
    }[];
    const deltas = events.slice(0, -1).flatMap(({ choices }) => choices.map(({ delta }) => delta));
    expect(deltas.map(({ content }) => content ?? "").join("")).toBe(whole.choices[0]?.message.content);
    expect(deltas.flatMap(({ annotations }) => annotations ?? [])).toEqual(whole.choices[0]?.message.annotations);
    expect(events.at(-1)).toBe("data: [DONE]");
    expect(events.at(-2)?.usage).toMatchObject({ total_tokens: expect.any(Number) });
    expect(events.at(-3)?.choices[0]?.finish_reason).toBe("stop");
  });

  test("a follow-up is read together with the question before it, and says so", async () => {
    const { choices, assay } = await completion({
      model: "rag",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Where does the island ferry leave from?" },
        { role: "assistant", content: "From the east pier." },
        { role: "user", content: "And how often?" },
      ],
    });
    expect(assay.question).toBe("Where does the island ferry leave from? And how often?");
    expect(assay.notes.join()).toContain("follow-up");
    expect(choices[0]?.message.content).toContain("25 minutes");
  });

  test("a question that stands alone is not mixed with what was asked before", async () => {
    const { assay } = await completion({
      model: "rag",
      messages: [
        { role: "user", content: "How much is a return ticket?" },
        { role: "assistant", content: "6.40 crowns." },
        { role: "user", content: "How long are lost things kept in the lodge?" },
      ],
    });
    expect(assay.question).toBe("How long are lost things kept in the lodge?");
  });

  test("what is not there is declined in words", async () => {
    const { choices, assay } = await completion(ask("Which metal melts at the highest temperature?"));
    expect(assay.outcome).toBe("declined");
    expect(choices[0]?.message).toMatchObject({ annotations: [] });
    expect(choices[0]?.message.content).not.toBe("");
  });

  test.each([
    {
      why: "tools",
      more: { tools: [{ type: "function", function: { name: "f", parameters: {} } }] },
      param: "tools",
      status: 400,
    },
    { why: "several choices", more: { n: 2 }, param: "n", status: 400 },
    { why: "stop", more: { stop: ["\n"] }, param: "stop", status: 400 },
    {
      why: "a schema it cannot write to",
      more: { response_format: { type: "json_schema", json_schema: { name: "a", schema: { type: "object" } } } },
      param: null,
      status: 400,
    },
    { why: "an unknown model", more: { model: "gpt-5" }, param: null, status: 404 },
    { why: "no messages", more: { messages: [] }, param: "messages", status: 400 },
    {
      why: "images",
      more: { messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      param: "messages.0.content",
      status: 400,
    },
    {
      why: "no question at the end",
      more: { messages: [{ role: "assistant", content: "hello" }] },
      param: null,
      status: 400,
    },
    {
      why: "an endless question",
      more: { messages: [{ role: "user", content: "ferry ".repeat(9000) }] },
      param: null,
      status: 400,
    },
  ])("$why is refused in OpenAI's shape", async ({ more, param, status }) => {
    for (const stream of [false, true]) {
      const response = await app.post("/v1/chat/completions", { ...ask(question), ...more, stream });
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({
        error: { message: expect.stringMatching(/.{10}/), type: expect.any(String), param, code: expect.any(String) },
      });
    }
  });

  test("the Responses API gives the same answer, whole and streamed", async () => {
    const whole = (await (await app.post("/v1/responses", { model: "assay", input: question })).json()) as {
      output: { content: { text: string; annotations: { url: string }[] }[] }[];
    };
    const part = whole.output[0]!.content[0]!;
    expect(part.text).toContain("25 minutes");
    const stream = await (await app.post("/v1/responses", { model: "assay", input: question, stream: true })).text();
    const events = eventsOf(stream) as unknown as {
      type: string;
      sequence_number: number;
      text?: string;
      response?: { output: unknown };
    }[];
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, position) => position));
    expect(events.find(({ type }) => type === "response.output_text.done")?.text).toBe(part.text);
    expect(events.at(-1)?.type).toBe("response.completed");
    expect(stream).toContain("event: response.output_text.annotation.added\n");
    expect(
      (await app.post("/v1/responses", { model: "assay", input: question, previous_response_id: "r" })).status,
    ).toBe(400);
  });

  test("models, embeddings and the description of it all", async () => {
    const { data } = (await (await app.request("/v1/models")).json()) as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining(["assay", "rag", "long-context"]));
    expect(data.map(({ id }) => id)).not.toContain("oracle");
    expect((await app.request("/v1/models/rag")).status).toBe(200);
    expect((await app.request("/v1/models/none")).status).toBe(404);
    const embed = async (more: object) =>
      (await (await app.post("/v1/embeddings", { model: "assay", input: ["ferry", "dogs"], ...more })).json()) as {
        data: { embedding: number[] | string }[];
      };
    const floats = (await embed({})).data.map(({ embedding }) => embedding as number[]);
    expect(floats).toHaveLength(2);
    const encoded = (await embed({ encoding_format: "base64" })).data[1]?.embedding as string;
    const bytes = Uint8Array.from(Buffer.from(encoded, "base64"));
    expect(Array.from(new Float32Array(bytes.buffer))).toEqual(floats[1]);
    expect((await app.post("/v1/embeddings", { model: "other", input: "x" })).status).toBe(404);
    const { paths } = (await (await app.request("/openapi.json")).json()) as { paths: object };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(["/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/models"]),
    );
  });

  test("a repeat comes from the cache; a changed document is found at once and no old answer is given", async () => {
    const asked = "What does a return ticket cost?";
    expect((await completion(ask(asked))).assay.cached).toBe(false);
    expect((await completion(ask(asked))).assay.cached).toBe(true);
    app.project.write("docs/ferry.md", "# Island ferry\n\nA return ticket costs 9.90 crowns since spring.\n");
    // Another process ingests: its commits come from another connection.
    const other = await openContext(app.project.directory);
    await ingest(other, { progress: silentProgress });
    other.close();
    const answers = [];
    for (let turn = 0; turn < 50; turn += 1) {
      answers.push(await completion(ask(asked)));
      if (answers.at(-1)?.choices[0]?.message.content.includes("9.90")) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(answers.every(({ choices }) => choices[0]?.finish_reason === "stop")).toBe(true);
    expect(answers.at(-1)?.choices[0]?.message.content).toContain("9.90");
  });

  test("a new generation of the index is swapped in while questions are being answered", async () => {
    const other = await openContext(app.project.directory);
    app.project.write("docs/kites.md", "# Kites\n\nKites may fly up to 60 metres over the north beach.\n");
    const stop = { now: false };
    const outcomes: number[] = [];
    const asking = (async () => {
      for (let turn = 0; !stop.now; turn += 1) {
        const response = await app.post("/v1/chat/completions", ask(`How long are lost things kept? ${turn}`));
        outcomes.push(response.status);
      }
    })();
    await ingest(other, { readapt: true, progress: silentProgress });
    other.close();
    const found = await completion(ask("How high may kites fly?"));
    stop.now = true;
    await asking;
    expect(found.choices[0]?.message.content).toContain("60 metres");
    expect(outcomes.length).toBeGreaterThan(0);
    expect(outcomes.every((status) => status === 200)).toBe(true);
  });
});

describe("with a language model", () => {
  let app: ServedApp;
  afterEach(() => app.close());

  test("the history is condensed to one question, which is searched for", async () => {
    const generator = fakeChatModel({
      replies: (prompt) =>
        prompt.passages.length === 0 ? "How often does the ferry leave the east pier?" : "Every 25 minutes [1].",
    });
    app = await servedApp({ generator });
    const response = await app.post("/v1/chat/completions", {
      model: "rag",
      messages: [
        { role: "user", content: "Tell me of the ferry." },
        { role: "assistant", content: "It leaves from the east pier." },
        { role: "user", content: "How often?" },
      ],
    });
    const { assay, choices } = (await response.json()) as Completion;
    expect(assay.question).toBe("How often does the ferry leave the east pier?");
    expect(choices[0]?.message.content).toBe("Every 25 minutes [1].");
    expect(generator.prompts[1]?.history).toHaveLength(2);
    expect(generator.prompts[1]?.question).toBe("How often does the ferry leave the east pier?");
  });

  test("schema, temperature and output limit reach the model", async () => {
    const generator = fakeChatModel({ replies: ['{"minutes": [25]}'] });
    app = await servedApp({ generator });
    const schema = { type: "object", properties: { minutes: { type: "array" } } };
    const response = await app.post("/v1/chat/completions", {
      ...ask(question),
      temperature: 0.5,
      max_tokens: 40,
      response_format: { type: "json_schema", json_schema: { name: "a", schema } },
    });
    expect(((await response.json()) as Completion).choices[0]?.message.content).toBe('{"minutes": [25]}');
    expect(generator.prompts[0]?.schema).toEqual(schema);
    expect(generator.options[0]).toEqual({ temperature: 0.5, maxOutputTokens: 40 });
  });

  test("an outage is a clear error, in both modes, and says nothing of the inside", async () => {
    const generator = fakeChatModel({
      replies: [new AssayError({ code: "model-failed", message: "secret-host refused" })],
    });
    app = await servedApp({ generator });
    for (const stream of [false, true]) {
      const response = await app.post("/v1/chat/completions", { ...ask(question), stream });
      expect(response.status).toBe(502);
      expect(await response.text()).not.toContain("secret-host");
    }
    expect(app.log.join()).toContain("secret-host");
  });

  test("the configured fallback bridges an outage and says so", async () => {
    const generator = fakeChatModel({ replies: [new AssayError({ code: "model-failed", message: "down" })] });
    app = await servedApp({ generator, config: { server: { fallback: "bm25-extractive" } } });
    const response = await app.post("/v1/chat/completions", ask(question));
    const { choices, assay } = (await response.json()) as Completion;
    expect(assay).toMatchObject({ approach: "bm25-extractive", notes: [expect.stringContaining("could not answer")] });
    expect(choices[0]?.message.content).toContain("25 minutes");
  });

  test("a canary answers its share of the conversations with `assay`, and never one that named its approach", async () => {
    const generator = fakeChatModel({ replies: ["Every 25 minutes [1]."] });
    app = await servedApp({ generator, config: { server: { canary: { approach: "long-context", share: 0.5 } } } });
    const approachFor = async (model: string, turn: number) => {
      const response = await app.post("/v1/chat/completions", { ...ask(`${question} ${turn}`), model });
      return ((await response.json()) as Completion).assay.approach;
    };
    const turns = Array.from({ length: 40 }, (_, turn) => turn);
    const first = await Promise.all(turns.map((turn) => approachFor("assay", turn)));
    expect(new Set(first)).toEqual(new Set(["rag", "long-context"]));
    expect(await Promise.all(turns.map((turn) => approachFor("assay", turn)))).toEqual(first);
    expect(new Set(await Promise.all(turns.map((turn) => approachFor("rag", turn))))).toEqual(new Set(["rag"]));
  });

  test("a shadow answers unseen and leaves a trace of its own; an approach that is not known is refused at the start", async () => {
    const generator = fakeChatModel({ replies: ["Every 25 minutes [1]."] });
    app = await servedApp({ generator, config: { server: { shadow: { approach: "long-context", share: 1 } } } });
    const response = await app.post("/v1/chat/completions", ask(question));
    expect(((await response.json()) as Completion).assay.approach).toBe("rag");
    const kinds = () => app.context.database.sqlite.prepare("SELECT kind, approach FROM traces ORDER BY kind").all();
    for (let turn = 0; turn < 100 && kinds().length < 2; turn += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(kinds()).toEqual([
      { kind: "served", approach: "rag" },
      { kind: "shadow", approach: "long-context" },
    ]);
    await expect(servedApp({ config: { server: { fallback: "rga" } } })).rejects.toThrow(/no approach is called "rga"/);
  });

  test("guardrails: redacted before it is asked, kept or said, and refused by rule", async () => {
    const generator = fakeChatModel({ replies: ["Write to ada@example.org [1]."] });
    const guardrails = {
      redactInput: ["card" as const],
      redactOutput: ["email" as const],
      blockedTopics: [{ name: "law", pattern: "lawsuit" }],
      refusal: "Ask a lawyer.",
    };
    app = await servedApp({ generator, config: { server: { guardrails } } });
    const asked = "How often does the ferry leave, my card is 4242 4242 4242 4242?";
    const streamed = await (await app.post("/v1/chat/completions", ask(asked, { stream: true }))).text();
    expect(streamed).toContain("Write to [email]");
    expect(streamed).not.toContain("ada@");
    expect(JSON.stringify(generator.prompts)).not.toContain("4242");
    const refusal = (await (await app.post("/v1/chat/completions", ask("Any lawsuit?"))).json()) as Completion;
    expect(refusal.choices[0]).toMatchObject({
      message: { content: "Ask a lawyer." },
      finish_reason: "content_filter",
    });
    expect(generator.prompts).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const traces = JSON.stringify(
      app.context.database.sqlite.prepare("SELECT question, text, citations FROM traces").all(),
    );
    expect(traces).not.toMatch(/4242|ada@/);
  });
});
