// Who may ask, how often and for how much; what a key shows of itself; which pages may call.
import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { fakeChatModel } from "../src/testing/fake-chat-model.ts";
import { assay } from "./command-line.ts";
import { ferryProject } from "./ferry-project.ts";
import { type ServedApp, servedApp } from "./served-app.ts";

const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");
const [boardKey, crewKey, searchKey] = ["assay-board-1f7a", "assay-crew-93bc", "assay-search-77aa"];
const keys = [
  { name: "board", hash: sha256(boardKey), groups: ["board"] },
  { name: "crew", hash: sha256(crewKey), groups: ["crew"], requestsPerMinute: 5 },
  { name: "searcher", hash: sha256(searchKey), groups: "all" as const, scopes: ["search" as const] },
];
const documents = {
  "docs/secret.md": "---\ngroups: [board]\n---\n# Takeover\n\nThe takeover price is 81 crowns a share.\n",
};
const chat = (text: string) => ({ model: "rag", messages: [{ role: "user", content: text }] });

let app: ServedApp;
afterEach(() => app.close());

describe("keys", () => {
  test("without a valid one nothing is answered, and a key is never written anywhere", async () => {
    app = await servedApp({ config: { server: { keys } }, documents });
    const paths = [
      "/v1/models",
      "/v1/chat/completions",
      "/v1/responses",
      "/v1/embeddings",
      "/v1/documents/docs%2Fdogs.md",
      "/metrics",
    ];
    const wrong = [
      "",
      "Bearer",
      "Bearer ",
      `Basic ${boardKey}`,
      `Bearer ${boardKey}x`,
      "Bearer undefined",
      `Bearer ${sha256(boardKey)}`,
    ];
    for (const path of paths) {
      for (const method of ["GET", "POST", "HEAD", "PUT"]) {
        for (const authorization of wrong) {
          const response = await app.request(path, {
            method,
            headers: { authorization, "content-type": "application/json" },
          });
          expect([401, 404]).toContain(response.status);
          if (response.status === 401 && method !== "HEAD")
            expect(await response.json()).toMatchObject({ error: { code: "invalid_api_key" } });
        }
      }
    }
    expect((await app.request("/healthz")).status).toBe(200);
    await app.post("/v1/chat/completions", "{broken", boardKey);
    await app.post("/v1/chat/completions", chat("What is the takeover price?"), boardKey);
    const kept = JSON.stringify([
      app.log,
      app.context.database.sqlite.prepare("SELECT * FROM traces").all(),
      await (await app.request("/openapi.json")).text(),
    ]);
    expect(kept).not.toContain(boardKey);
  });

  test("each sees its own groups' documents only, and cannot ask for more", async () => {
    app = await servedApp({ config: { server: { keys } }, documents });
    const textFor = async (key: string, more: object = {}) =>
      (await app.post("/v1/chat/completions", { ...chat("What is the takeover price?"), ...more }, key)).text();
    expect(await textFor(boardKey)).toContain("81 crowns");
    expect(await textFor(crewKey)).not.toContain("81 crowns");
    expect(await textFor(crewKey, { assay: { groups: ["board"] } })).not.toContain("81 crowns");
    expect(await textFor(boardKey, { assay: { groups: [] } })).not.toContain("81 crowns");
    const secret = (key: string) =>
      app.request("/v1/documents/docs%2Fsecret.md", { headers: { authorization: `Bearer ${key}` } });
    expect((await secret(boardKey)).status).toBe(200);
    const [hidden, missing] = [
      await secret(crewKey),
      await app.request("/v1/documents/docs%2Fnone.md", { headers: { authorization: `Bearer ${crewKey}` } }),
    ];
    expect([hidden.status, missing.status]).toEqual([404, 404]);
    expect(await hidden.text()).toBe(await missing.text());
  });

  test("scopes and rates are kept to", async () => {
    app = await servedApp({ config: { server: { keys } }, documents });
    expect((await app.post("/v1/chat/completions", chat("Dogs?"), searchKey)).status).toBe(403);
    const responses = [];
    for (let turn = 0; turn < 7; turn += 1)
      responses.push(await app.post("/v1/chat/completions", chat("Dogs?"), crewKey));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(Number(responses[5]?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(responses[0]?.headers.get("x-ratelimit-remaining-requests")).toBe("4");
  });

  test("a budget ends what a key may spend, and a budget that cannot be counted is refused at the start", async () => {
    const generator = fakeChatModel({ replies: ["Every 25 minutes [1]."], name: "box/small" });
    const model = { inputUsdPerMillionTokens: 1000, outputUsdPerMillionTokens: 1000 };
    const budget = { server: { cachedAnswers: 0, keys: [{ name: "a", hash: sha256(boardKey), dailyUsd: 0.02 }] } };
    const config = { ...budget, prices: { models: { "box/small": model } } };
    app = await servedApp({ config, generator });
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1)
      statuses.push(
        (await app.post("/v1/chat/completions", chat(`How often does the ferry leave? ${turn}`), boardKey)).status,
      );
    // A call is 10 + 5 tokens: 1.5 cents.
    expect(statuses).toEqual([200, 200, 429, 429]);
    const unpriced = { ...budget, generator: "box/big", providers: { box: { baseUrl: "http://127.0.0.1:9/v1" } } };
    await expect(servedApp({ config: unpriced, generator })).rejects.toThrow(/box\/big costs is unknown/);
  });
});

describe("pages and addresses", () => {
  test("foreign pages and foreign host names are turned away", async () => {
    app = await servedApp();
    const status = async (headers: Record<string, string>) => (await app.request("/v1/models", { headers })).status;
    expect(await status({ host: "localhost:8787" })).toBe(200);
    expect(await status({ host: "rebound.example:8787" })).toBe(403);
    expect(await status({ host: "localhost:8787", origin: "https://evil.example" })).toBe(403);
    expect(await status({ host: "localhost:8787", origin: "null" })).toBe(403);
    expect(await status({ host: "localhost:8787", origin: "http://localhost:8787" })).toBe(200);
    const plain = await app.request("/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: JSON.stringify(chat("Dogs?")),
    });
    expect(plain.status).toBe(415);
  });

  test("configured origins get CORS headers, others none", async () => {
    app = await servedApp({ config: { server: { corsOrigins: ["https://app.example"] } } });
    const preflight = (origin: string) =>
      app.request("/v1/chat/completions", {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
    expect((await preflight("https://app.example")).headers.get("access-control-allow-origin")).toBe(
      "https://app.example",
    );
    expect((await preflight("https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
  });

  test("a public address without keys is refused in one line", async () => {
    app = await servedApp();
    const run = await assay("serve", "--host", "0.0.0.0", "--port", "0", "--project", app.project.directory);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/no key is configured/);
  });

  test("a project that has nothing to serve says what to do", async () => {
    app = await servedApp();
    const empty = ferryProject();
    const run = await assay("serve", "--port", "0", "--project", empty.directory);
    empty.remove();
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/assay ingest/);
    expect((await assay("serve", "--port", "many", "--project", app.project.directory)).exitCode).toBe(2);
  });

  test("a new key is printed with the line that admits it", async () => {
    app = await servedApp();
    const run = await assay("serve", "--new-key", "--json");
    const { key, hash } = run.rows[0] as unknown as { key: string; hash: string };
    expect(sha256(key)).toBe(hash);
  });
});
