// Sends spans to a collector over OTLP/HTTP where the configuration names one. A process that registered a tracer of its own
// needs none of this.
import { setTimeout as delay } from "node:timers/promises";
import { context, propagation, trace } from "@opentelemetry/api";
import { AssayError } from "../core/errors.ts";
import type { ServerConfig } from "../project/config/serve-config.ts";

export type TelemetryExport = {
  /** Sends what waits. */
  close(): Promise<void>;
};

const mostCloseMs = 2000;

/** Throws `AssayError` `missing-package` where the exporter is not installed. */
export async function exportTelemetry({ otlpUrl, serviceName }: ServerConfig["telemetry"]): Promise<TelemetryExport> {
  if (otlpUrl === undefined) return { close: async () => {} };
  const sdk = await load();
  const exporter = new sdk.OTLPTraceExporter({ url: otlpUrl });
  const provider = new sdk.TracerProvider({
    resource: sdk.defaultResource().merge(sdk.resourceFromAttributes({ "service.name": serviceName })),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new sdk.AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new sdk.W3CTraceContextPropagator());
  return {
    async close() {
      // A collector that is gone must not keep the server from stopping.
      await Promise.race([provider.shutdown().catch(() => {}), delay(mostCloseMs, undefined, { ref: false })]);
      for (const api of [trace, context, propagation]) api.disable();
    },
  };
}

async function load() {
  try {
    return {
      ...(await import("@opentelemetry/sdk-trace")),
      ...(await import("@opentelemetry/exporter-trace-otlp-http")),
      ...(await import("@opentelemetry/context-async-hooks")),
      ...(await import("@opentelemetry/core")),
      ...(await import("@opentelemetry/resources")),
    };
  } catch (cause) {
    const packages = ["sdk-trace", "exporter-trace-otlp-http", "context-async-hooks", "core", "resources"];
    throw new AssayError({
      code: "missing-package",
      message: "server.telemetry.otlpUrl needs OpenTelemetry's exporter, which is not installed",
      remedy: `npm install ${packages.map((name) => `@opentelemetry/${name}`).join(" ")}`,
      cause,
    });
  }
}
