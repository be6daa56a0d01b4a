// Parts examples into those to train on and those held out. A group is never parted, nor are near duplicates; labels keep
// their shares as far as groups allow. The same rows and seed give the same parts. Knows no file.
import { contentHash } from "../../core/hash.ts";
import { answerOf, type ExampleRow, questionOf } from "./example-row.ts";
import { labelPerRow, noLabel } from "./labels.ts";
import { similarPairs } from "./near-duplicates.ts";

export type SplitOptions = {
  /** Wanted share of held-out rows. Default 0.12. */
  readonly share?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Jaccard of 5-grams from which rows stay together. Default 0.8; 1 keeps only those that fold alike. */
  readonly threshold?: number;
};

export type Split = {
  /** Places in the rows given, ascending. */
  readonly training: readonly number[];
  readonly heldOut: readonly number[];
  readonly groups: number;
  /** Rows of the largest group. */
  readonly largestGroup: number;
  /** Label → rows in all and held out, most frequent first. Empty where there are no labels. */
  readonly labels: readonly { readonly label: string; readonly rows: number; readonly heldOut: number }[];
};

export const defaultHeldOutShare = 0.12;

export function splitRows(rows: readonly ExampleRow[], options: SplitOptions = {}): Split {
  const { share = defaultHeldOutShare, seed = 1, threshold = 0.8 } = options;
  const labels = labelPerRow(rows);
  const groups = groupsOf(rows, threshold);
  const held = new Set(chosenGroups(groups, labels, share, seed).flat());
  const places = rows.map((_, place) => place);
  return {
    training: places.filter((place) => !held.has(place)),
    heldOut: places.filter((place) => held.has(place)),
    groups: groups.length,
    largestGroup: Math.max(0, ...groups.map((group) => group.length)),
    labels: labelShares(labels, held),
  };
}

/** Rows joined by their `group`, or by being near duplicates, straight or through others. */
function groupsOf(rows: readonly ExampleRow[], threshold: number): readonly (readonly number[])[] {
  const parent = rows.map((_, place) => place);
  const root = (place: number): number => {
    let at = place;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  const join = (a: number, b: number) => {
    parent[root(a)] = root(b);
  };
  const firstOf = new Map<string, number>();
  for (const [place, { group }] of rows.entries()) {
    if (group === undefined) continue;
    const first = firstOf.get(group);
    if (first === undefined) firstOf.set(group, place);
    else join(place, first);
  }
  // Questions that fold alike stay together whatever their answers.
  for (const { first, second } of similarPairs(rows.map(questionOf), 1)) join(first, second);
  const whole = rows.map((row) => `${questionOf(row)}\n${answerOf(row)}`);
  for (const { first, second } of similarPairs(whole, threshold)) join(first, second);
  return [...Map.groupBy(parent.keys(), root).values()];
}

type Stratum = { readonly target: number; held: number };

/** Takes groups in seeded order, each if it brings the strata, and the whole, nearer to their targets. */
function chosenGroups(
  groups: readonly (readonly number[])[],
  labels: readonly string[],
  share: number,
  seed: number,
): readonly (readonly number[])[] {
  const strata = new Map<string, Stratum>();
  for (const [label, { length }] of Map.groupBy(labels, (label) => label)) {
    strata.set(label, { target: length * share, held: 0 });
  }
  const whole: Stratum = { target: labels.length * share, held: 0 };
  const key = (group: readonly number[]) => contentHash(`${seed}:${group[0]}`);
  const ordered = groups.map((group) => ({ group, key: key(group) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const chosen = new Set<readonly number[]>();
  // Labels too rare for a held-out row of their own fill up what the others leave free.
  for (const minds of ["labels", "total"]) {
    for (const { group } of ordered) {
      if (chosen.has(group)) continue;
      const added = Map.groupBy(group, (place) => labels[place]!);
      const parts = [...added].map(([label, places]) => ({ stratum: strata.get(label)!, count: places.length }));
      const labelGain = parts.reduce((sum, part) => sum + gainOf(part), 0);
      if (gainOf({ stratum: whole, count: group.length }) <= 0 || (minds === "labels" && labelGain <= 0)) continue;
      for (const { stratum, count } of parts) stratum.held += count;
      whole.held += group.length;
      chosen.add(group);
    }
  }
  return [...chosen];
}

/** How much nearer `count` more held-out rows bring a stratum to its target, in squares over the target. */
function gainOf({ stratum: { target, held }, count }: { readonly stratum: Stratum; readonly count: number }): number {
  return ((target - held) ** 2 - (target - held - count) ** 2) / target;
}

function labelShares(labels: readonly string[], held: ReadonlySet<number>): Split["labels"] {
  if (labels.every((label) => label === noLabel)) return [];
  const places = Map.groupBy(labels.keys(), (place) => labels[place]!);
  return [...places]
    .map(([label, all]) => ({ label, rows: all.length, heldOut: all.filter((place) => held.has(place)).length }))
    .sort((a, b) => b.rows - a.rows);
}
