// Who asks: from the key of a request to a name, its access labels and its scopes. Keys are compared by hash and never kept.
import { createHash } from "node:crypto";
import { AssayError } from "../core/errors.ts";
import type { Access } from "../core/retrieval.ts";
import { type ServerConfig, type ServerKey, type ServerScope, serverScopes } from "../project/config/serve-config.ts";
import { HttpError } from "./http-errors.ts";

export type Caller = {
  /** As traces, metrics and bills call it. */
  readonly name: string;
  readonly access: Access;
  readonly scopes: readonly ServerScope[];
  /** The key's own limits; absent for the operator on a server without keys. */
  readonly key?: ServerKey;
};

/** Whoever reaches a server without keys: it listens on this machine only. */
const operator: Caller = { name: "operator", access: {}, scopes: serverScopes };

export type Callers = {
  /** Throws `HttpError` 401 without a valid key. */
  identify(authorization: string | undefined): Caller;
};

/** Throws `AssayError`: `missing-key` where a key's environment variable is not set, `bad-config` for two equal keys. */
export function callersFrom(
  keys: ServerConfig["keys"],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Callers {
  if (keys.length === 0) return { identify: () => operator };
  const callers = new Map<string, Caller>();
  for (const key of keys) {
    const hash = key.hash ?? hashOfVariable(key, environment);
    if (callers.has(hash)) {
      const remedy = "give each its own: `assay serve --new-key` makes one";
      throw new AssayError({ code: "bad-config", message: `server.keys: ${key.name} has another's key`, remedy });
    }
    const access: Access = key.groups === "all" ? {} : { groups: key.groups };
    callers.set(hash, { name: key.name, access, scopes: key.scopes, key });
  }
  return {
    identify(authorization) {
      const key = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
      const caller = key === undefined ? undefined : callers.get(hashOfKey(key));
      if (caller) return caller;
      const message =
        key === undefined
          ? "no API key was given: send it as `Authorization: Bearer …`"
          : "the API key is not known here";
      throw new HttpError({ status: 401, code: "invalid_api_key", message });
    },
  };
}

/** Plain SHA-256 is enough for keys of 128 random bits and more: there is nothing to guess. */
export function hashOfKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

function hashOfVariable(key: ServerKey, environment: Readonly<Record<string, string | undefined>>): string {
  const value = environment[key.apiKeyEnv as string];
  if (value) return hashOfKey(value);
  throw new AssayError({
    code: "missing-key",
    message: `server.keys: ${key.name} needs the environment variable ${key.apiKeyEnv}`,
    remedy: `export ${key.apiKeyEnv}=… (or write it into .env)`,
  });
}

/** Throws `HttpError` 403 where the caller's key does not have `scope`. */
export function requireScope(caller: Caller, scope: ServerScope): void {
  if (caller.scopes.includes(scope)) return;
  const message = `this API key may not do this: it lacks the scope "${scope}"`;
  throw new HttpError({ status: 403, code: "insufficient_scope", message });
}

/** `wanted` can narrow what the caller sees, never widen it. */
export function narrowed(access: Access, wanted: readonly string[] | undefined): Access {
  if (wanted === undefined) return access;
  if (access.groups === undefined) return { groups: wanted };
  const { groups } = access;
  return { groups: wanted.filter((group) => groups.includes(group)) };
}
