// What only a socket shows: ports, slow bodies, readers that leave, and stopping without dropping a request.
import { connect, createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { silentProgress } from "../src/core/progress.ts";
import type { AssayConfig } from "../src/project/config/config-schema.ts";
import { ingest } from "../src/project/knowledge/ingest.ts";
import { openContext } from "../src/project/wiring/context.ts";
import { type RunningServer, startServer } from "../src/server/serve.ts";
import { type FakeChatModel, fakeChatModel } from "../src/testing/fake-chat-model.ts";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";
import { withGenerator } from "./served-app.ts";

let project: FerryProject;
let server: RunningServer | undefined;
let closeContext = () => {};

async function started(config: AssayConfig = {}, generator?: FakeChatModel): Promise<RunningServer> {
  project = ferryProject();
  project.write("assay.config.json", JSON.stringify(config));
  const opened = await openContext(project.directory);
  closeContext = opened.close;
  await ingest(opened, { progress: silentProgress });
  const context = generator ? withGenerator(opened, generator) : opened;
  server = await startServer(context, { port: 0, log: () => {} });
  return server;
}

afterEach(async () => {
  await server?.stop();
  server = undefined;
  closeContext();
  project.remove();
});

const chat = (text: string, more: object = {}) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "rag", messages: [{ role: "user", content: text }], ...more }),
});

test("a port in use is one line and exit 1", async () => {
  await started();
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address() as { port: number };
  const run = await assay("serve", "--port", String(port), "--project", project.directory);
  holder.close();
  expect(run.exitCode).toBe(1);
  expect(run.stderr).toMatch(/^assay: port \d+ on 127\.0\.0\.1 is in use → .*--port/);
  expect(run.stderr.trim().split("\n")).toHaveLength(1);
});

test("a body that is too large or never comes is cut off", async () => {
  const { url } = await started({ server: { limits: { requestTimeoutMs: 300, bodyBytes: 2000 } } });
  const large = await fetch(`${url}/v1/chat/completions`, chat("x".repeat(5000)));
  expect(large.status).toBe(413);
  expect(await large.json()).toMatchObject({ error: { code: "body_too_large" } });
  const began = performance.now();
  const reply = await slowBody(Number(new URL(url).port));
  expect(performance.now() - began).toBeLessThan(5000);
  expect(reply).not.toContain("200 OK");
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

function slowBody(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    socket.on("data", (bytes) => {
      received += bytes.toString();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(received));
    socket.write(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{",
    );
  });
}

test("a reader that leaves frees its place, streamed or not", async () => {
  const generator = fakeChatModel({ replies: ["Every 25 minutes [1]."], delayMs: 10_000 });
  const { url } = await started({ server: { limits: { concurrency: 1, queue: 0 } } }, generator);
  for (const stream of [false, true]) {
    const leaving = new AbortController();
    const asked = fetch(`${url}/v1/chat/completions`, { ...chat("How often?", { stream }), signal: leaving.signal });
    asked.catch(() => {});
    await inProgress(url, 1);
    const turnedAway = await fetch(`${url}/v1/chat/completions`, chat("Dogs?"));
    expect(turnedAway.status).toBe(503);
    expect(turnedAway.headers.get("retry-after")).toBe("1");
    leaving.abort();
    await inProgress(url, 0);
  }
});

async function inProgress(url: string, count: number): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    if ((await (await fetch(`${url}/metrics`)).text()).includes(`assay_answers_in_progress ${count}\n`)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never ${count} answers in progress`);
}

test("stopping lets answers in the making finish, whole and streamed, and takes no new connection", async () => {
  const generator = fakeChatModel({ replies: ["Every 25 minutes [1]."], delayMs: 400 });
  const { url, stop } = await started({}, generator);
  const asked = [false, true].map((stream) => fetch(`${url}/v1/chat/completions`, chat("How often?", { stream })));
  await inProgress(url, 2);
  const stopped = stop();
  const replies = await Promise.all(asked.map(async (one) => (await one).text()));
  expect(replies[0]).toContain("Every 25 minutes");
  expect(replies[1]).toContain("[DONE]");
  await stopped;
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  server = undefined;
});

test("an answer that never ends is cut when the time to drain is over", async () => {
  const generator = fakeChatModel({ replies: ["late"], delayMs: 60_000 });
  const { url, stop } = await started({ server: { limits: { drainMs: 300 } } }, generator);
  const asked = fetch(`${url}/v1/chat/completions`, chat("How often?"));
  asked.catch(() => {});
  await inProgress(url, 1);
  const began = performance.now();
  await stop();
  expect(performance.now() - began).toBeLessThan(3000);
  await expect(asked).rejects.toThrow();
  server = undefined;
});
