// A small project served inside the test process: the same application as `assay serve`, without a socket.
import type { ChatModel } from "../src/core/models.ts";
import { silentProgress } from "../src/core/progress.ts";
import type { AssayConfig } from "../src/project/config/config-schema.ts";
import { ingest } from "../src/project/knowledge/ingest.ts";
import { openContext, type ProjectContext } from "../src/project/wiring/context.ts";
import { openApp } from "../src/server/serve.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

export type ServedApp = {
  readonly project: FerryProject;
  readonly context: ProjectContext;
  /** What the operator was told. */
  readonly log: readonly string[];
  request(path: string, init?: RequestInit): Promise<Response>;
  /** POSTs JSON, as the operator or with `key`. */
  post(path: string, body: unknown, key?: string): Promise<Response>;
  /** For clients that take a `fetch` of their own. */
  readonly fetch: typeof globalThis.fetch;
  drain(): void;
  close(): Promise<void>;
};

export type ServedAppOptions = {
  readonly config?: AssayConfig;
  readonly generator?: ChatModel;
  readonly documents?: Readonly<Record<string, string>>;
};

/** Ingests and opens the ferry project; `documents` are added to it. */
export async function servedApp(options: ServedAppOptions = {}): Promise<ServedApp> {
  const project = ferryProject();
  for (const [name, text] of Object.entries(options.documents ?? {})) project.write(name, text);
  project.write("assay.config.json", JSON.stringify(options.config ?? {}));
  const opened = await openContext(project.directory);
  const { generator } = options;
  const context = generator ? withGenerator(opened, generator) : opened;
  await ingest(context, { progress: silentProgress });
  const log: string[] = [];
  const { app, drain, close } = await openApp(context, (line) => log.push(line));
  const request = async (path: string, init?: RequestInit) => app.request(path, init);
  return {
    project,
    context,
    log,
    request,
    post: (path, body, key) =>
      request(path, {
        method: "POST",
        headers: { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    fetch: async (input, init) => app.fetch(new Request(input, init)),
    drain,
    async close() {
      await close();
      context.close();
      project.remove();
    },
  };
}

/** The project as if `generator` were configured. */
export function withGenerator(context: ProjectContext, generator: ChatModel): ProjectContext {
  const models = { ...context.models, generator: async () => generator, withoutKeeping: () => models };
  return { ...context, models };
}

/** The values of a stream's `data:` lines; `[DONE]` is left as text. */
export function eventsOf(stream: string): readonly Record<string, never>[] {
  return stream
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => (line === "data: [DONE]" ? line : JSON.parse(line.slice(6))));
}
