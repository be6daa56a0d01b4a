// The best of many scored rows without sorting them all. Knows nothing of what the scores mean.

export type ScoredRow = { readonly row: number; readonly score: number };

export type BestRows = {
  offer(row: number, score: number): void;
  /** The score of the last that is kept; −∞ while there is room. */
  floor(): number;
  /** Best first; equal scores by row. */
  ranked(): readonly ScoredRow[];
};

/** Keeps the `most` best of the rows that are offered: a heap with the worst on top. */
export function bestRows(most: number): BestRows {
  const rows: number[] = [];
  const scores: number[] = [];
  const isWorse = (a: number, b: number) => {
    const difference = (scores[a] as number) - (scores[b] as number);
    return difference < 0 || (difference === 0 && (rows[a] as number) > (rows[b] as number));
  };
  const swap = (a: number, b: number) => {
    [rows[a], rows[b]] = [rows[b] as number, rows[a] as number];
    [scores[a], scores[b]] = [scores[b] as number, scores[a] as number];
  };
  const rise = (from: number) => {
    let at = from;
    while (at > 0 && isWorse(at, (at - 1) >> 1)) {
      swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  };
  const sink = () => {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= rows.length) return;
      const worst = left + 1 < rows.length && isWorse(left + 1, left) ? left + 1 : left;
      if (!isWorse(worst, at)) return;
      swap(worst, at);
      at = worst;
    }
  };
  return {
    offer(row, score) {
      if (rows.length < most) {
        scores[rows.length] = score;
        rows.push(row);
        return rise(rows.length - 1);
      }
      const worst = scores[0] as number;
      if (most === 0 || score < worst || (score === worst && row > (rows[0] as number))) return;
      rows[0] = row;
      scores[0] = score;
      sink();
    },
    floor: () => (rows.length < most ? Number.NEGATIVE_INFINITY : (scores[0] ?? Number.POSITIVE_INFINITY)),
    ranked: () =>
      rows.map((row, at) => ({ row, score: scores[at] as number })).sort((a, b) => b.score - a.score || a.row - b.row),
  };
}
