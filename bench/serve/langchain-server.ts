// The usual RAG server, for comparison: LangChain.js behind Hono, over the very chunks, vectors and query embedder of the Assay
// project that is measured beside it. Arguments: the model's base URL, the project. Prints its address.
import { serve } from "@hono/node-server";
import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import { Embeddings } from "@langchain/core/embeddings";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda, RunnablePassthrough, RunnableSequence } from "@langchain/core/runnables";
import { ChatOpenAI } from "@langchain/openai";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { groundedInstructions } from "../../src/approaches/instructions.ts";
import type { Embedder } from "../../src/core/models.ts";
import { openKnowledge } from "../../src/project/knowledge/knowledge.ts";
import { openContext } from "../../src/project/wiring/context.ts";

const [baseURL = "", directory = ""] = process.argv.slice(2);

/** Assay's own embedder, so that a query costs both servers the same. */
class QueryEmbeddings extends Embeddings {
  readonly embedder: Embedder;

  constructor(embedder: Embedder) {
    super({});
    this.embedder = embedder;
  }

  async embedQuery(text: string): Promise<number[]> {
    const { vectors } = await this.embedder.embed({ values: [text], role: "query" });
    return Array.from(vectors[0] ?? []);
  }

  embedDocuments(): Promise<number[][]> {
    throw new Error("the vectors come from the project's index");
  }
}

const context = await openContext(directory);
const knowledge = await openKnowledge(context);
const store = new MemoryVectorStore(new QueryEmbeddings(knowledge.embedder));
for await (const chunks of knowledge.index.scan()) {
  const vectors = await knowledge.index.vectors(chunks.map(({ id }) => id));
  const rows = chunks.map(({ id }) => Array.from(vectors.get(id) ?? []));
  await store.addVectors(
    rows,
    chunks.map(({ id, text, title }) => ({ pageContent: text, metadata: { id, title } })),
  );
}
await knowledge.close();
context.close();

const retrieve = store
  .asRetriever({ k: context.config.retrieval.topK })
  .pipe((documents) => documents.map(({ pageContent }, place) => `[${place + 1}] ${pageContent}`).join("\n\n"));
const chain = RunnableSequence.from([
  RunnablePassthrough.assign({
    passages: RunnableLambda.from(({ question }: { question: string }) => question).pipe(retrieve),
  }),
  ChatPromptTemplate.fromMessages([
    ["system", groundedInstructions()],
    ["human", "{passages}\n\n{question}"],
  ]),
  new ChatOpenAI({ model: "model", apiKey: "none", temperature: 0, configuration: { baseURL } }),
  new StringOutputParser(),
]);

const app = new Hono();
app.post("/v1/chat/completions", async (http) => {
  const { messages, stream } = (await http.req.json()) as { messages: { content: string }[]; stream?: boolean };
  const question = messages.at(-1)?.content ?? "";
  if (!stream) {
    const content = await chain.invoke({ question });
    return http.json({ choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }] });
  }
  return streamSSE(http, async (events) => {
    for await (const content of await chain.stream({ question }))
      await events.writeSSE({ data: JSON.stringify({ choices: [{ index: 0, delta: { content } }] }) });
    await events.writeSSE({ data: "[DONE]" });
  });
});
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.once("SIGTERM", () => {
  server.close();
  if ("closeAllConnections" in server) server.closeAllConnections();
});
