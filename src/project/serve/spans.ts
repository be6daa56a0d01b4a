// OpenTelemetry's spans around work that is awaited or streamed. Where the process registers no tracer all of it is nothing.
import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

export type SpanOptions = {
  readonly name: string;
  /** Default: within this process. */
  readonly isRemote?: boolean;
  readonly attributes: Attributes;
};

/** Ends with the work; a failure is named by its code, never by its words, which may quote what was asked. */
export async function spanned<T>(options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const span = begun(options);
  try {
    return await context.with(trace.setSpan(context.active(), span), () => work(span));
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** The same around a stream; a reader that leaves early ends the span and the stream. */
export async function* spannedEvents<T>(
  options: SpanOptions,
  events: () => AsyncIterable<T>,
  onEvent: (span: Span, event: T) => void,
): AsyncGenerator<T> {
  const span = begun(options);
  if (!span.isRecording()) {
    yield* events();
    return;
  }
  const inside = trace.setSpan(context.active(), span);
  const iterator = context.with(inside, () => events()[Symbol.asyncIterator]());
  let isOver = false;
  try {
    for (;;) {
      const { value, done } = await context.with(inside, () => iterator.next());
      if (done) break;
      onEvent(span, value);
      yield value;
    }
    isOver = true;
  } catch (error) {
    isOver = true;
    failed(span, error);
    throw error;
  } finally {
    if (!isOver) await iterator.return?.();
    span.end();
  }
}

function begun({ name, isRemote, attributes }: SpanOptions): Span {
  return trace.getTracer("assay").startSpan(name, { kind: isRemote ? SpanKind.CLIENT : SpanKind.INTERNAL, attributes });
}

function failed(span: Span, error: unknown): void {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  markFailed(span, String(code ?? name ?? "_OTHER"));
}

export function markFailed(span: Span, code: string): void {
  span.setAttribute("error.type", code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
