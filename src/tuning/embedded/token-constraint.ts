// Holds generation to a byte pattern: which tokens may come next, and where each leads. What a state allows is found once, by
// walking the vocabulary as a tree of bytes, and remembered.
import type { BytePattern } from "./byte-pattern.ts";
import type { ChatTokenizer } from "./chat-tokenizer.ts";

type Branch = { readonly branches: Map<number, Branch>; readonly ids: number[] };

/** Where each allowed token leads. */
type Moves = ReadonlyMap<number, BytePattern>;

export type TokenConstraint = {
  readonly start: BytePattern;
  /** Marks the tokens after which the pattern can still be completed with `tokensLeft` more. */
  allowed(state: BytePattern, tokensLeft: number): { readonly mask: Uint8Array; readonly any: boolean };
  /** The state after an allowed token. */
  after(state: BytePattern, id: number): BytePattern;
};

export function tokenConstraint(words: ChatTokenizer, pattern: BytePattern): TokenConstraint {
  const root = tokenTree(words);
  const known = new Map<BytePattern, Moves>();
  const { endId } = words.tables;
  const movesOf = (state: BytePattern): Moves => {
    const found = known.get(state);
    if (found) return found;
    const moves = new Map<number, BytePattern>();
    collect(root, state, moves);
    known.set(state, moves);
    return moves;
  };
  return {
    start: pattern,
    allowed(state, tokensLeft) {
      const mask = new Uint8Array(words.size);
      let any = state.mayEnd;
      mask[endId] = Number(state.mayEnd);
      for (const [id, next] of movesOf(state)) {
        // Every byte is a token of its own, so `shortest` tokens always suffice.
        if (next.shortest > tokensLeft) continue;
        mask[id] = 1;
        any = true;
      }
      return { mask, any };
    },
    after: (state, id) => movesOf(state).get(id)!,
  };
}

function tokenTree(words: ChatTokenizer): Branch {
  const root: Branch = { branches: new Map(), ids: [] };
  words.tables.vocabulary.forEach((_, id) => {
    let branch = root;
    for (const byte of words.bytes(id)) {
      const next = branch.branches.get(byte) ?? { branches: new Map(), ids: [] };
      branch.branches.set(byte, next);
      branch = next;
    }
    if (branch !== root) branch.ids.push(id);
  });
  return root;
}

function collect(branch: Branch, state: BytePattern, moves: Map<number, BytePattern>): void {
  for (const [byte, next] of branch.branches) {
    const reached = state.after(byte);
    if (!reached) continue;
    for (const id of next.ids) moves.set(id, reached);
    collect(next, reached, moves);
  }
}
