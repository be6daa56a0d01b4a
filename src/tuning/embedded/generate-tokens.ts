// Token by token: reads the prompt, picks, reads the pick, until the model ends, the pattern is complete or the tokens are used up.
import type { Generator } from "../../neural/generator.ts";
import type { BytePattern } from "./byte-pattern.ts";
import { pickToken, type Sampling } from "./sampling.ts";
import type { TokenConstraint } from "./token-constraint.ts";

export type TokenRequest = {
  readonly prompt: readonly number[];
  readonly isEnd: (id: number) => boolean;
  readonly mostTokens: number;
  readonly sampling: Sampling;
  readonly constraint?: TokenConstraint;
  readonly signal?: AbortSignal;
};

/** Yields token ids; returns why it ended. With a constraint the text always satisfies its pattern. */
export async function* generateTokens(
  generator: Generator,
  request: TokenRequest,
): AsyncGenerator<number, "stop" | "length"> {
  const { constraint, isEnd, mostTokens } = request;
  let state: BytePattern | undefined = constraint?.start;
  let { logits, memory } = await generator.read(generator.start, request.prompt);
  for (let left = mostTokens; left > 0; left--) {
    request.signal?.throwIfAborted();
    const allowed = constraint && state ? constraint.allowed(state, left - 1) : undefined;
    const id = pickToken(logits, request.sampling, allowed?.mask);
    if (isEnd(id)) return "stop";
    yield id;
    if (constraint && state) state = constraint.after(state, id);
    if (left > 1) ({ logits, memory } = await generator.read(memory, [id]));
  }
  return state?.mayEnd ? "stop" : "length";
}
