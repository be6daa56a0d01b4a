// The span around one served answer, by OpenTelemetry's conventions for generative AI: which approach, how it ended, what it
// used. What was asked and said is left out unless the configuration wants it, and is then as the guardrails left it.
import { type Context, context, propagation, type Span, trace } from "@opentelemetry/api";
import type { Turn } from "../core/tools.ts";
import { outcomeOf } from "../project/serve/answer.ts";
import { spannedEvents } from "../project/serve/spans.ts";
import { usageAttributes } from "../project/serve/traced-parts.ts";
import type { AnsweringParts, Ask, ReplyEvent } from "./answering.ts";
import type { Caller } from "./callers.ts";
import { finishOf } from "./chat-format.ts";
import { redactedTurn } from "./guardrails.ts";

/** The caller's trace, unless an instrumentation of HTTP has taken it up already. */
export function parentOf(headers: Headers): Context {
  const active = context.active();
  if (trace.getSpan(active) !== undefined) return active;
  return propagation.extract(active, headers, {
    get: (from, name) => from.get(name) ?? undefined,
    keys: (from) => [...from.keys()],
  });
}

export function inAnswerSpan(
  parts: AnsweringParts,
  caller: Caller,
  ask: Ask,
  events: () => AsyncGenerator<ReplyEvent>,
): AsyncGenerator<ReplyEvent> {
  const attributes = {
    "gen_ai.operation.name": "invoke_workflow",
    "gen_ai.response.id": ask.id,
    "gen_ai.request.stream": ask.stream,
    "assay.caller": caller.name,
  };
  // An approach is known by its name once it has been routed to; what callers write into `model` is no name for a span.
  return spannedEvents({ name: "invoke_workflow", attributes }, events, (span, event) => {
    if (event.type === "reply") tellReply(span, parts, ask, event);
  });
}

function tellReply(
  span: Span,
  parts: AnsweringParts,
  ask: Ask,
  { reply }: ReplyEvent & { readonly type: "reply" },
): void {
  const { answer, approach, cost, isCached } = reply.served;
  span.updateName(`invoke_workflow ${approach}`);
  span.setAttributes({
    "gen_ai.workflow.name": approach,
    "gen_ai.response.finish_reasons": [finishOf(reply)],
    ...usageAttributes(answer.usage),
    "assay.outcome": outcomeOf(answer),
    "assay.cached": isCached,
    "assay.citations": answer.citations.length,
    ...(answer.confidence === undefined ? {} : { "assay.confidence": answer.confidence }),
    ...(cost.status === "priced" ? { "assay.cost_usd": cost.usd } : {}),
    ...(reply.refusedBy === undefined ? {} : { "assay.refused_by": reply.refusedBy }),
  });
  if (!parts.project.config.telemetry.content) return;
  const input = ask.messages.map((turn) => redactedTurn(parts.guard, turn));
  const output: Turn = {
    role: "assistant",
    content: answer.text,
    ...(answer.toolCalls ? { toolCalls: answer.toolCalls } : {}),
  };
  span.setAttributes({
    "gen_ai.input.messages": JSON.stringify(input.map(message)),
    "gen_ai.output.messages": JSON.stringify([{ ...message(output), finish_reason: finishOf(reply) }]),
  });
}

/** A turn in the conventions' own schema of messages. */
function message(turn: Turn): { readonly role: string; readonly parts: readonly object[] } {
  if (turn.role === "tool")
    return { role: "tool", parts: [{ type: "tool_call_response", id: turn.callId, result: turn.content }] };
  const calls = (turn.toolCalls ?? []).map(({ id, name, arguments: written }) => ({
    type: "tool_call",
    id,
    name,
    arguments: written,
  }));
  return {
    role: turn.role,
    parts: [...(turn.content === "" ? [] : [{ type: "text", content: turn.content }]), ...calls],
  };
}
