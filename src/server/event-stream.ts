// Server-sent events from JSON values. JSON escapes every line break, so no text of a document can end an event or start one.

const encoder = new TextEncoder();

/**
 * One `data:` line per value, written as fast as the reader takes them; `event` names it where `nameOf` does. Leaving early
 * ends `values`. An error in the middle becomes a last event, `onError`'s.
 */
export function eventStream<T>(
  values: AsyncGenerator<T>,
  options: {
    readonly nameOf?: (value: T) => string;
    readonly onError: (error: unknown) => T;
    /** Called when the reader goes away, before `values` is ended. */
    readonly onCancel: () => void;
    /** Written at the very end, after an ordinary end only. */
    readonly last?: string;
  },
): ReadableStream<Uint8Array> {
  const eventOf = (value: T) => {
    const name = options.nameOf ? `event: ${options.nameOf(value)}\n` : "";
    return encoder.encode(`${name}data: ${JSON.stringify(value)}\n\n`);
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await values.next();
        if (!done) return controller.enqueue(eventOf(value));
        if (options.last !== undefined) controller.enqueue(encoder.encode(`data: ${options.last}\n\n`));
      } catch (error) {
        controller.enqueue(eventOf(options.onError(error)));
      }
      controller.close();
    },
    async cancel() {
      options.onCancel();
      await values.return(undefined);
    },
  });
}

/** Waits for the first value, so that what fails before it can still be answered with a status of its own. */
export async function startedWith<T>(values: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await values.next();
  return (async function* () {
    try {
      if (first.done) return;
      yield first.value;
      yield* values;
    } finally {
      await values.return(undefined);
    }
  })();
}

export const eventStreamHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  // Proxies that buffer would turn a stream into one late answer.
  "x-accel-buffering": "no",
};
