// /mcp: search, ask and why as tools of the Model Context Protocol, with the rights of the caller's key.
import type { McpServer, McpServerFactory } from "@modelcontextprotocol/server";
import { z } from "zod";
import { recommendedModel } from "../../project/serve/project.ts";
import { answerAsked } from "../answering.ts";
import { type App, baseOf, type ServerParts } from "../app-parts.ts";
import type { Caller } from "../callers.ts";
import { assayPart } from "../chat-format.ts";
import { toHttpError } from "../http-errors.ts";
import { wholeReply } from "../reply.ts";
import { urlCitation, wireCitation } from "../wire-citations.ts";

type McpLibrary = typeof import("@modelcontextprotocol/server");

export function mcpRoute(app: App, parts: ServerParts): void {
  let loaded: Promise<McpLibrary> | undefined;
  app.all("/mcp", async (context) => {
    loaded ??= import("@modelcontextprotocol/server");
    const { createMcpHandler, McpServer } = await loaded;
    const { caller } = context.var;
    const factory: McpServerFactory = () => {
      const server = new McpServer({ name: "assay", version: "1" });
      if (caller.scopes.includes("answer"))
        registerAsk(server, parts, caller, baseOf(context, parts), context.req.raw.signal);
      if (caller.scopes.includes("search")) registerLookups(server, parts, caller, context.req.raw.signal);
      return server;
    };
    // A handler is a few closures: one per request keeps the caller's rights out of any shared state.
    return createMcpHandler(factory, { maxRequestBodySize: parts.project.config.limits.bodyBytes }).fetch(
      context.req.raw,
    );
  });
}

function registerAsk(server: McpServer, parts: ServerParts, caller: Caller, base: string, signal: AbortSignal): void {
  const inputSchema = z.object({
    question: z.string().min(1),
    model: z.string().optional().describe("an approach; default: the recommended one"),
  });
  server.registerTool(
    "ask",
    { title: "Ask", description: "Answers a question from the documents, with verified citations.", inputSchema },
    ({ question, model = recommendedModel }) =>
      toolResult(async () => {
        const messages = [{ role: "user" as const, content: question }];
        const ask = { id: `mcp_${crypto.randomUUID()}`, model, messages, stream: false, signal };
        const reply = await wholeReply(answerAsked(parts, caller, ask));
        const citations = reply.served.citations.map((citation) => ({
          ...wireCitation(citation),
          url: urlCitation(citation, base).url,
        }));
        return { id: ask.id, text: reply.served.answer.text, citations, ...assayPart(reply) };
      }),
  );
}

function registerLookups(server: McpServer, parts: ServerParts, caller: Caller, signal: AbortSignal): void {
  const searchInput = z.object({ query: z.string().min(1), topK: z.int().min(1).max(50).optional() });
  server.registerTool(
    "search",
    {
      title: "Search",
      description: "Ranked passages of the documents, with their place in them.",
      inputSchema: searchInput,
    },
    ({ query, topK }) =>
      toolResult(async () => ({
        hits: await parts.project.search({ query, signal, ...caller.access, ...(topK === undefined ? {} : { topK }) }),
      })),
  );
  const whyInput = z.object({ question: z.string().min(1), document: z.string().min(1) });
  const description = "Follows one document through every stage for a question, to the place where it was cut.";
  server.registerTool("why", { title: "Why", description, inputSchema: whyInput }, ({ question, document }) =>
    toolResult(async () => ({ ...(await parts.project.why(question, document, caller.access)) })),
  );
}

/** The result as JSON for programs and for models; a refusal is a tool error in the words that HTTP callers get. */
async function toolResult(work: () => Promise<Record<string, unknown>>) {
  try {
    const value = await work();
    return { content: [{ type: "text" as const, text: JSON.stringify(value) }], structuredContent: value };
  } catch (error) {
    return { content: [{ type: "text" as const, text: toHttpError(error).message }], isError: true };
  }
}
