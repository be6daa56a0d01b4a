// What runs the server: is it alive, can it answer, how is it doing, and what can it be asked.
import { AssayError } from "../../core/errors.ts";
import type { App, ServerParts } from "../app-parts.ts";
import { readOnlyReason } from "../http-errors.ts";

export function operationRoutes(app: App, parts: ServerParts): void {
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  app.get("/readyz", async (context) => {
    if (parts.isDraining()) return context.json({ status: "draining" }, 503);
    try {
      const problem = await parts.project.check();
      if (problem !== undefined) parts.log(`the newest index is not served: ${problem}`);
      if (parts.traces.problem !== undefined) return context.json({ status: "read-only", reason: readOnlyReason });
      if (problem === undefined) return context.json({ status: "ready" });
      return context.json({
        status: "degraded",
        reason: "the newest documents could not be opened: older ones are served",
      });
    } catch (error) {
      const code = AssayError.isInstance(error) ? error.code : "internal";
      parts.log(`not ready: ${error instanceof Error ? error.message : String(error)}`);
      return context.json({ status: "unavailable", code }, 503);
    }
  });
  app.get("/metrics", (context) => {
    const { admission, metrics, traces, alarms } = parts;
    const { user, system } = process.cpuUsage();
    const gauges = {
      assay_answers_in_progress: admission.active,
      assay_answers_waiting: admission.waiting,
      assay_traces_failing: traces.problem === undefined ? 0 : 1,
      assay_alerts_raised: alarms.raised,
      process_resident_memory_bytes: process.memoryUsage.rss(),
      process_cpu_seconds_total: (user + system) / 1e6,
    };
    return context.body(metrics.render(gauges), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
  });
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Assay",
      version: "1",
      description: "Answers from your documents, with verified citations, in the shape of OpenAI's API.",
    },
  });
}
