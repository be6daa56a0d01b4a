// Lists of OpenAI's protocol, which come by the page, and the id of what was made.
import type { CallOptions } from "../../core/component.ts";
import type { Json } from "../../core/json.ts";
import { type Fields, fieldsOf, listOf, textOf } from "./replies.ts";
import { ServiceError } from "./service-error.ts";
import type { Service } from "./service-http.ts";

const pageSize = 100;

export function idIn(service: Service, body: Json): string {
  const id = textOf(fieldsOf(body)["id"]);
  if (id !== null) return id;
  throw ServiceError.unreadable(service.label, JSON.stringify(body));
}

/** Newest first, so what is new stands before the first that is known. */
export async function freshEvents(
  service: Service,
  path: string,
  seen: ReadonlySet<string>,
  call: CallOptions,
): Promise<readonly Fields[]> {
  const fresh: Fields[] = [];
  for await (const event of pages(service, path, {}, call)) {
    if (seen.has(String(event["id"]))) break;
    fresh.push(event);
  }
  return fresh.reverse();
}

export async function firstIn(
  service: Service,
  path: string,
  query: Readonly<Record<string, string>>,
  isIt: (item: Fields) => boolean,
  call: CallOptions,
): Promise<Fields | undefined> {
  for await (const item of pages(service, path, query, call)) if (isIt(item)) return item;
  return undefined;
}

/** Every item of a list that is handed out by the page. */
export async function* pages(
  service: Service,
  path: string,
  query: Readonly<Record<string, string>>,
  call: CallOptions,
): AsyncGenerator<Fields> {
  let after: string | undefined;
  for (;;) {
    const { body } = await service.call({ method: "GET", path, query: { ...query, limit: pageSize, after }, ...call });
    const { data, has_more: hasMore } = fieldsOf(body);
    const items = listOf(data);
    yield* items;
    const last = textOf(items.at(-1)?.["id"]);
    if (hasMore !== true || last === null || last === after) return;
    after = last;
  }
}
