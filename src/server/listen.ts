// Listening, and stopping without dropping a request. It knows sockets and no routes.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import net, { type Socket } from "node:net";
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
  const sockets = openSockets(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, port)));
    server.listen(port, host, resolve);
  });
  return { host, port: (server.address() as AddressInfo).port, stop: (drainMs) => stop(server, sockets, drainMs) };
}

type OpenSockets = { closeUnused(): void };

/** Node counts a connection that has not sent anything yet as busy until its headers are overdue; here it is unused. */
function openSockets(server: Server): OpenSockets {
  const requests = new Map<Socket, number>();
  server.on("connection", (socket) => {
    requests.set(socket, 0);
    socket.once("close", () => requests.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    requests.set(socket, (requests.get(socket) ?? 0) + 1);
    response.once("close", () => {
      if (requests.has(socket)) requests.set(socket, (requests.get(socket) ?? 1) - 1);
    });
  });
  return {
    closeUnused() {
      for (const [socket, count] of requests) if (count === 0) socket.destroy();
    },
  };
}

async function stop(server: Server, sockets: OpenSockets, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.once("close", () => resolve()));
  // Not http.Server's own close: that one would cut idle connections at once, and with them requests already on the wire.
  net.Server.prototype.close.call(server);
  let sweep: NodeJS.Timeout | undefined;
  const linger = setTimeout(
    () => {
      sockets.closeUnused();
      sweep = setInterval(sockets.closeUnused, 25);
    },
    Math.min(lingerMs, drainMs),
  );
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  for (const timer of [linger, cut]) clearTimeout(timer);
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
