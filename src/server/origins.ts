// Which web pages may call: none but the configured origins and the server's own page. On a server without keys the host name
// must be this machine's, so that no foreign page can reach it under a name of its own (DNS rebinding).
import type { ServerConfig } from "../project/config/serve-config.ts";
import { HttpError } from "./http-errors.ts";

const loopbackNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Throws `HttpError` 403. Programs send no Origin; browsers always do where it matters. */
export function requireOwnPage(
  headers: Headers,
  config: Pick<ServerConfig, "corsOrigins" | "keys" | "publicUrl">,
): void {
  const host = headers.get("host") ?? "localhost";
  if (config.keys.length === 0 && !loopbackNames.has(nameOf(host))) {
    throw forbidden("a server without keys answers under localhost only");
  }
  const origin = headers.get("origin");
  if (origin === null || config.corsOrigins.includes(origin) || config.corsOrigins.includes("*")) return;
  const own = [host, config.publicUrl === undefined ? host : new URL(config.publicUrl).host];
  if (URL.canParse(origin) && own.includes(new URL(origin).host)) return;
  throw forbidden("pages of this origin may not call here: name it in server.corsOrigins");
}

/** True where nobody outside this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

function forbidden(message: string): HttpError {
  return new HttpError({ status: 403, code: "origin_not_allowed", message });
}
