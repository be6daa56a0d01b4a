// What a server costs that does nothing: Hono, and a call of the model at the base URL that is the first argument. Prints its address.
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const model = `${process.argv[2]}/chat/completions`;
const app = new Hono();
app.post("/v1/chat/completions", async (context) => {
  const body = JSON.stringify(await context.req.json());
  const reply = await fetch(model, { method: "POST", headers: { "content-type": "application/json" }, body });
  return new Response(reply.body, { headers: { "content-type": reply.headers.get("content-type") ?? "" } });
});
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.once("SIGTERM", () => server.close());
