// An index that answers from memory as long as what it holds is the newest state, and from the engine behind it otherwise.
// Knows no engine.
import { setImmediate as breath } from "node:timers/promises";
import type { ChunkIndex, CopyableIndex, IndexSearch } from "../core/retrieval.ts";
import { type CopyLimits, type ResidentCopy, readCopy } from "./resident-copy.ts";

export type ResidentOptions = Partial<CopyLimits> & {
  /** A state must have stood this long before it is read: writers make several in a row. Default 1,000. */
  readonly settleMs?: number;
  /** Shared by whoever opens the same index again: what one has read, the next need not read. */
  readonly latest?: LatestCopy;
};

/** The copy that was read last, whether or not it is the newest state. */
export type LatestCopy = { copy?: ResidentCopy | undefined };

/** Beyond these the engine's own indexes are the better bargain: it stays at a few milliseconds, and memory is not spent. */
const defaultLimits: CopyLimits = { chunks: 50_000, vectorBytes: 256 * 2 ** 20 };

/**
 * Reads `engine` into memory before it resolves, if it is within the limits. Same hits as the engine's exact search, same name:
 * where it was approximate, as LanceDB is beyond 10,000 chunks, the dense leg is exact here.
 */
export async function residentIndex(engine: CopyableIndex, options: ResidentOptions = {}): Promise<ChunkIndex> {
  const limits = { ...defaultLimits, ...options };
  const { settleMs = 1000, latest = {} } = options;
  const closing = new AbortController();
  let copy: ResidentCopy | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** Undefined where it cannot be told: the engine then says what is wrong. */
  const stateNow = () => {
    try {
      return engine.state();
    } catch {
      return undefined;
    }
  };
  const read = async () => {
    try {
      copy = await readCopy(engine, limits, closing.signal, latest.copy);
      latest.copy = copy;
    } catch {
      // No failure: the engine answers, and where a state was held already, reading is tried again.
    }
  };
  const readWhenSettled = (state: string) => {
    timer ??= setTimeout(async () => {
      if (stateNow() === state) await read();
      timer = undefined;
    }, settleMs).unref();
  };
  /** What is held, if it is the newest state. */
  const current = (): ResidentCopy | undefined => {
    const state = stateNow();
    if (copy?.state === state) return copy;
    if (copy !== undefined && state !== undefined) readWhenSettled(state);
    return undefined;
  };
  await read();
  return {
    ...engine,
    async search(query, call) {
      // Searches that never wait would keep timers, sockets and signals waiting when many are asked in a row.
      await breath();
      call?.signal?.throwIfAborted();
      const held = current();
      return held && fits(query, held) ? held.search(query) : engine.search(query, call);
    },
    async vectors(chunkIds) {
      return current()?.vectors(chunkIds) ?? engine.vectors(chunkIds);
    },
    async close() {
      closing.abort();
      clearTimeout(timer);
      copy = undefined;
      await engine.close();
    },
  };
}

/** A vector of another length is the engine's to refuse. */
function fits({ vector }: IndexSearch, { dimensions }: ResidentCopy): boolean {
  return vector === undefined || vector.length === dimensions;
}
