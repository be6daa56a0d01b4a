// Decides which passage is which gold evidence. The one place that knows how `relevant` names documents, pages and spans.
import type { Relevant } from "../../core/questions.ts";

/** Where a chunk or a citation lies. */
export type Place = {
  readonly documentId: string;
  readonly source: string;
  readonly page?: number;
  readonly start: number;
  readonly end: number;
};

export type GoldItem = Relevant & { readonly grade: number };

/** Gold with a positive grade; the same place named twice is one item with the higher grade. */
export function goldItems(relevant: readonly Relevant[]): readonly GoldItem[] {
  const items = new Map<string, GoldItem>();
  for (const item of relevant) {
    const grade = item.grade ?? 1;
    if (grade <= 0) continue;
    const key = JSON.stringify([item.documentId, item.source, item.page, item.start, item.end]);
    const known = items.get(key);
    if (!known || known.grade < grade) items.set(key, { ...item, grade });
  }
  return [...items.values()];
}

/**
 * True where the place belongs to the gold item: same document (by id, or by source: equal or one the path end of the
 * other), on its page if it names one, overlapping its span if it names one.
 */
export function liesIn(place: Place, gold: Relevant): boolean {
  if (gold.documentId === undefined && gold.source === undefined) return false;
  if (gold.documentId !== undefined && gold.documentId !== place.documentId) return false;
  if (gold.source !== undefined && !sameSource(gold.source, place.source)) return false;
  if (gold.page !== undefined && gold.page !== place.page) return false;
  const { start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY } = gold;
  return place.start < end && start < place.end;
}

function sameSource(gold: string, source: string): boolean {
  const [a, b] = [withSlashes(gold), withSlashes(source)];
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}

function withSlashes(path: string): string {
  return path.replaceAll("\\", "/").replace(/^\.\//, "");
}

/**
 * The grades of a ranking as rank metrics need them, best rank first; 0 is a miss. Several passages of one gold item
 * count once, at the first; a passage that covers several items not found before stands for as many entries, so that the
 * best ranking always reaches the ideal. Where all gold is whole documents, documents are ranked: later passages of one
 * are left out, gold or not.
 */
export function rankedGains(places: readonly Place[], gold: readonly GoldItem[]): readonly number[] {
  const ranksDocuments = gold.every((item) => item.page === undefined && item.start === undefined);
  const found = new Set<GoldItem>();
  const seenDocuments = new Set<string>();
  const gains: number[] = [];
  for (const place of places) {
    const matches = gold.filter((item) => liesIn(place, item));
    const fresh = matches.filter((item) => !found.has(item));
    const isRepeat = matches.length > 0 || (ranksDocuments && seenDocuments.has(place.documentId));
    if (fresh.length > 0) gains.push(...fresh.map((item) => item.grade).sort((a, b) => b - a));
    else if (!isRepeat) gains.push(0);
    for (const item of fresh) found.add(item);
    seenDocuments.add(place.documentId);
  }
  return gains;
}
