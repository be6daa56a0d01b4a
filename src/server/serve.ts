// Puts a served project behind HTTP: everything that one server holds, made once and closed in order.
import { AssayError } from "../core/errors.ts";
import { feedbackStore } from "../project/serve/feedback.ts";
import { liveEvaluation } from "../project/serve/live-evaluation.ts";
import { requireMeasured } from "../project/serve/live-metrics.ts";
import { openServedProject, type ServedProject } from "../project/serve/project.ts";
import { requirePrices, spendBook } from "../project/serve/spend.ts";
import { traceStore } from "../project/serve/traces.ts";
import type { ProjectContext } from "../project/wiring/context.ts";
import { priceBookOf } from "../project/wiring/prices.ts";
import { admission } from "./admission.ts";
import { alarms } from "./alarms.ts";
import { createApp } from "./app.ts";
import type { App, ServerParts } from "./app-parts.ts";
import { callersFrom } from "./callers.ts";
import { guardFrom } from "./guardrails.ts";
import { readOnlyReason } from "./http-errors.ts";
import { listen } from "./listen.ts";
import { metrics } from "./metrics.ts";
import { isLoopback } from "./origins.ts";
import { rateLimits } from "./rate-limits.ts";
import { exportTelemetry } from "./telemetry-export.ts";

export type ServeOptions = {
  /** Default: the configuration's. */
  readonly host?: string;
  readonly port?: number;
  /** Hears of what went wrong, one line each; never a key, never what was asked. */
  readonly log: (line: string) => void;
};

export type OpenedApp = {
  readonly app: App;
  readonly project: ServedProject;
  /** From here on answers ask their clients to disconnect, and /readyz says so. */
  drain(): void;
  close(): Promise<void>;
};

export type RunningServer = {
  readonly url: string;
  /** What `assay` stands for. */
  readonly recommended: string;
  readonly models: readonly string[];
  /** Lets answers in the making finish, then closes. */
  stop(): Promise<void>;
};

/** The application without a socket. Throws `AssayError` where the project cannot be served. The context stays the caller's. */
export async function openApp(context: ProjectContext, log: (line: string) => void): Promise<OpenedApp> {
  const { config, database } = context;
  const { generator, embedder, retrieval } = config;
  requirePrices(config.server, [generator, embedder, retrieval.reranker], await priceBookOf(config));
  const callers = callersFrom(config.server.keys);
  const project = await openServedProject(context);
  const told = (line: string) => log(oneLine(line));
  const traces = traceStore(database, config.server.keepTracesDays, (problem) =>
    told(`read-only: ${readOnlyReason} (${problem})`),
  );
  const spend = spendBook(database);
  const watching = { admission: admission(config.server.limits), metrics: metrics(), log: told };
  const { evaluation, alarms } = await openEvaluation(context, project, watching);
  let draining = false;
  const app = createApp({
    ...watching,
    project,
    callers,
    traces,
    spend,
    evaluation,
    alarms,
    feedback: feedbackStore(database),
    rateLimits: rateLimits(),
    guard: guardFrom(config.server.guardrails),
    isDraining: () => draining,
  });
  return {
    app,
    project,
    drain() {
      draining = true;
    },
    async close() {
      alarms.close();
      await evaluation.close();
      traces.close();
      spend.flush();
      await project.close();
    },
  };
}

type Watching = Pick<ServerParts, "admission" | "metrics" | "log">;

/** Scores a sample of what is answered and watches the figures. Throws `AssayError` for a judge that cannot be opened. */
async function openEvaluation(context: ProjectContext, project: ServedProject, { admission, metrics, log }: Watching) {
  const { database } = context;
  const { server } = context.config;
  const { share, alerts } = server.evaluation;
  try {
    requireMeasured(server, share > 0 ? await project.liveMetrics() : []);
  } catch (error) {
    await project.close();
    throw error;
  }
  return {
    evaluation: liveEvaluation({
      database,
      share,
      metrics: project.liveMetrics,
      isBusy: () => admission.waiting > 0,
      onScore: metrics.scored,
      onProblem: (problem) => log(`an answer could not be scored: ${problem}`),
    }),
    alarms: alarms({
      database,
      log,
      config: alerts,
      onRaise: ({ figure, bound }) => metrics.alerts.add(1, { figure, bound }),
    }),
  };
}

/** Throws `AssayError`: `port-in-use`, `bad-config` for a public address without keys, and as `openApp`. */
export async function startServer(context: ProjectContext, options: ServeOptions): Promise<RunningServer> {
  const { server } = context.config;
  const { host = server.host, port = server.port } = options;
  requireKeysFor(host, server.keys.length);
  const telemetry = await exportTelemetry(server.telemetry);
  const opened = await openApp(context, options.log);
  try {
    const { fetch } = opened.app;
    const listening = await listen({ fetch, host, port, requestTimeoutMs: server.limits.requestTimeoutMs });
    const models = await opened.project.models();
    return {
      url: `http://${host.includes(":") ? `[${host}]` : host}:${listening.port}`,
      recommended: opened.project.recommended(),
      models: models.map(({ name }) => name),
      async stop() {
        opened.drain();
        await listening.stop(server.limits.drainMs);
        await opened.close();
        await telemetry.close();
      },
    };
  } catch (error) {
    await opened.close();
    await telemetry.close();
    throw error;
  }
}

function requireKeysFor(host: string, keys: number): void {
  if (keys > 0 || isLoopback(host)) return;
  throw new AssayError({
    code: "bad-config",
    message: `${host} can be reached from other machines, and no key is configured: anybody could read every document`,
    remedy: "set server.keys in assay.config.ts (`assay serve --new-key` makes one), or serve on 127.0.0.1",
  });
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
