// Listening, and stopping without dropping a request. It knows sockets and no routes.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import net from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { AssayError } from "../core/errors.ts";

export type ListenOptions = {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** For headers and body of a request to arrive. */
  readonly requestTimeoutMs: number;
};

export type Listening = {
  readonly host: string;
  readonly port: number;
  /** Takes no new connections, lets answers in the making finish for at most `drainMs`, then cuts what is left. */
  stop(drainMs: number): Promise<void>;
};

/** How long idle connections may still send a request that was on its way when the server was told to stop. */
const lingerMs = 300;

/** Throws `AssayError` `port-in-use`, or `bad-config` for an address that is not this machine's. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { host, port, requestTimeoutMs } = options;
  const server = createAdaptorServer({
    fetch: options.fetch,
    serverOptions: {
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(requestTimeoutMs, 10_000),
      connectionsCheckingInterval: Math.min(1000, requestTimeoutMs),
      keepAliveTimeout: 65_000,
    },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, port)));
    server.listen(port, host, resolve);
  });
  return { host, port: (server.address() as AddressInfo).port, stop: (drainMs) => stop(server, drainMs) };
}

async function stop(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.once("close", () => resolve()));
  // Not http.Server's own close: that one would cut idle connections at once, and with them requests already on the wire.
  net.Server.prototype.close.call(server);
  let sweep: NodeJS.Timeout | undefined;
  const sweeping = setTimeout(
    () => {
      server.closeIdleConnections();
      sweep = setInterval(() => server.closeIdleConnections(), 25);
    },
    Math.min(lingerMs, drainMs),
  );
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  for (const timer of [sweeping, cut]) clearTimeout(timer);
  clearInterval(sweep);
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): AssayError {
  if (cause.code === "EADDRINUSE") {
    return new AssayError({
      code: "port-in-use",
      message: `port ${port} on ${host} is in use`,
      remedy: `choose another: \`assay serve --port ${port + 1}\``,
      cause,
    });
  }
  const reason = cause.code === "EACCES" ? "this user may not listen there" : cause.message;
  return new AssayError({
    code: "bad-config",
    message: `cannot listen on ${host}, port ${port}: ${reason}`,
    remedy: "choose another --host or --port",
    cause,
  });
}
