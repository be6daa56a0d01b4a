// What all resources of the fake Fireworks share: the account they belong to, how errors look, and how lists are asked for.
import type { FakeReply, JsonObject } from "./fake-service.ts";

export const account = "fake-account";

const grpc: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ALREADY_EXISTS",
  501: "UNIMPLEMENTED",
};

export const failure = (status: number, message: string): FakeReply => ({
  status,
  json: { code: grpc[status] ?? "INTERNAL", message, details: [] },
});

/** A page holds no more than this, whatever was asked for. */
const mostOnPage = 2;

/** `filter` is one `field="value"`, `orderBy` one field with or without ` desc`, `readMask` names by comma. */
export function listed(name: string, items: readonly JsonObject[], query: URLSearchParams): FakeReply {
  const filter = query.get("filter");
  const [, field = "", value] = /^(\w+)\s*=\s*"?([^"]*)"?$/.exec(filter ?? "") ?? [];
  if (filter !== null && value === undefined) return failure(400, `filter: ${filter}`);
  const all = ordered(
    items.filter((item) => value === undefined || item[field] === value),
    query.get("orderBy") ?? "",
  );
  const from = Number(query.get("pageToken") ?? 0);
  const to = from + Math.min(mostOnPage, Number(query.get("pageSize") ?? 50));
  const shown = all.slice(from, to).map((item) => only(item, query.get("readMask")));
  return {
    json: { [name]: shown, ...(to < all.length ? { nextPageToken: String(to) } : {}), totalSize: all.length },
  };
}

function ordered(items: readonly JsonObject[], orderBy: string): readonly JsonObject[] {
  const [key = "", direction] = orderBy.split(" ");
  if (key === "") return items;
  const sorted = items.toSorted((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));
  return direction === "desc" ? sorted.toReversed() : sorted;
}

const only = (item: JsonObject, mask: string | null): JsonObject =>
  mask === null ? item : Object.fromEntries(Object.entries(item).filter(([key]) => mask.split(",").includes(key)));
