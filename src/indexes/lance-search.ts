// The two legs of one search over one snapshot of the table. Reads row numbers and scores first and the chunks of the
// union once, because fetching text inside each leg costs more than ranking it.
import type * as lancedb from "@lancedb/lancedb";
import type * as arrow from "apache-arrow";
import type { IndexHit, IndexSearch, Leg } from "../core/retrieval.ts";
import { conditionOf } from "./lance-filter.ts";
import { isZero, parseChunk } from "./lance-rows.ts";

/** Partitions that a vector search visits: all of them up to about 160,000 chunks. */
const probes = 40;

type Library = typeof lancedb;
type RowId = bigint;

export async function searchLegs(
  library: Library,
  table: lancedb.Table,
  query: IndexSearch,
): Promise<readonly IndexHit[]> {
  const condition = conditionOf(query);
  const [dense, lexical] = await Promise.all([
    denseLeg(table, query, condition),
    lexicalLeg(library, table, query, condition),
  ]);
  const rowIds = [...new Set([...dense.keys(), ...lexical.keys()])];
  if (rowIds.length === 0) return [];
  const rows = await table.takeRowIds(rowIds).select(["chunk", "_rowid"]).toArrow();
  return columns(rows, "_rowid", "chunk").map(([rowId, chunk]) => {
    const legs = { dense: dense.get(rowId as RowId), lexical: lexical.get(rowId as RowId) };
    return {
      chunk: parseChunk(chunk as string),
      legs: { ...(legs.dense && { dense: legs.dense }), ...(legs.lexical && { lexical: legs.lexical }) },
    };
  });
}

/** Cosine similarity. The zero vector lies in no direction and finds nothing. */
async function denseLeg(
  table: lancedb.Table,
  { vector, depth }: IndexSearch,
  condition: string | undefined,
): Promise<ReadonlyMap<RowId, Leg>> {
  if (vector === undefined || depth < 1 || isZero(vector)) return new Map();
  // A copy, because a view into a larger buffer may be read from that buffer's start.
  const nearest = table.query().nearestTo(vector.slice()).distanceType("cosine").nprobes(probes);
  if (condition !== undefined) nearest.where(condition);
  const found = await nearest.select(["_rowid", "_distance"]).limit(depth).toArrow();
  return ranked(
    columns(found, "_rowid", "_distance").map(([rowId, distance]) => [rowId as RowId, 1 - (distance as number)]),
  );
}

/** BM25 (k1 1.2, b 0.75) over the analysed terms, any of which may match. Terms are data here: none can be read as syntax. */
async function lexicalLeg(
  library: Library,
  table: lancedb.Table,
  { terms, depth }: IndexSearch,
  condition: string | undefined,
): Promise<ReadonlyMap<RowId, Leg>> {
  const words = [...new Set(terms)].filter((term) => term.trim() !== "").join(" ");
  if (words === "" || depth < 1) return new Map();
  const matching = table.query().fullTextSearch(new library.MatchQuery(words, "terms"));
  if (condition !== undefined) matching.where(condition);
  const found = await matching.select(["_rowid", "_score"]).limit(depth).toArrow();
  return ranked(columns(found, "_rowid", "_score").map(([rowId, score]) => [rowId as RowId, score as number]));
}

/** Best first; equal scores in row order, so that the same search gives the same ranks. */
function ranked(scored: readonly (readonly [RowId, number])[]): ReadonlyMap<RowId, Leg> {
  const ordered = scored.toSorted(([rowA, a], [rowB, b]) => b - a || (rowA < rowB ? -1 : 1));
  return new Map(ordered.map(([rowId, score], index) => [rowId, { rank: index + 1, score }]));
}

function columns(table: arrow.Table, first: string, second: string): readonly (readonly [unknown, unknown])[] {
  const [a, b] = [table.getChild(first), table.getChild(second)];
  return Array.from({ length: table.numRows }, (_, row) => [a?.get(row), b?.get(row)]);
}
