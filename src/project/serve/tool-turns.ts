// Turns in which tools were called: which of them belong together, and whether every call has its result.
import { AssayError } from "../../core/errors.ts";
import type { Turn } from "../../core/tools.ts";

/** An assistant's calls and what they gave are one unit: to drop a part of it would leave what no provider takes. */
export function turnUnits(turns: readonly Turn[]): readonly (readonly Turn[])[] {
  const units: Turn[][] = [];
  for (const turn of turns) {
    const open = units.at(-1);
    if (turn.role === "tool" && open) open.push(turn);
    else units.push([turn]);
  }
  return units;
}

/** Throws `AssayError` `bad-input` for a result without its call, and for a call without its result. */
export function requirePairedCalls(turns: readonly Turn[]): void {
  for (const unit of turnUnits(turns)) {
    const [first, ...results] = unit;
    const called = first === undefined || first.role === "tool" ? [] : (first.toolCalls ?? []).map(({ id }) => id);
    const given = unit.flatMap((turn) => (turn.role === "tool" ? [turn.callId] : []));
    const stray = given.find((id) => !called.includes(id));
    if (stray !== undefined) throw unpaired(`the tool message for ${JSON.stringify(stray)} follows no such call`);
    if (new Set(given).size < results.length) throw unpaired("a tool call has two results");
    const open = called.find((id) => !given.includes(id));
    if (open !== undefined) throw unpaired(`the tool call ${JSON.stringify(open)} has no result`);
  }
}

function unpaired(message: string): AssayError {
  return new AssayError({
    code: "bad-input",
    message,
    remedy: "send each call of an assistant's message its result right after it",
  });
}
