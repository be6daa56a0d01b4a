// From the events of an answer to an HTTP response, for every wire format alike.
import type { Reply, ReplyEvent } from "./answering.ts";
import { eventStream, eventStreamHeaders, startedWith } from "./event-stream.ts";
import { errorBody, toHttpError } from "./http-errors.ts";

/** Runs to the end. Throws what the answer throws. */
export async function wholeReply(events: AsyncGenerator<ReplyEvent>): Promise<Reply> {
  for await (const event of events) if (event.type === "reply") return event.reply;
  throw new Error("the answer never ended");
}

export type StreamOptions<T> = {
  /** Called when the reader goes away. */
  readonly leave: () => void;
  readonly nameOf?: (value: T) => string;
  readonly last?: string;
  readonly log: (line: string) => void;
};

/** Begins with the first event, so that what fails before it is an ordinary error; what fails later is the last event. */
export async function streamed<T extends object>(
  values: AsyncGenerator<T>,
  options: StreamOptions<T>,
): Promise<Response> {
  const { nameOf, last, leave, log } = options;
  const started = await startedWith(values as AsyncGenerator<T | object>);
  const body = eventStream(started, {
    ...(nameOf ? { nameOf: (value) => ("error" in value ? "error" : nameOf(value as T)) } : {}),
    ...(last === undefined ? {} : { last }),
    onCancel: leave,
    onError(error) {
      const known = toHttpError(error);
      if (known.status >= 500) log(`a stream broke off: ${String(known.cause ?? known.message)}`);
      return errorBody(known);
    },
  });
  return new Response(body, { status: 200, headers: eventStreamHeaders });
}
