// From positioned glyph runs to visual rows: what stands on one line of the page, cut where wide gaps are.
// Knows geometry alone: no words, no tables.

/** A run of text as the PDF draws it, in points, `y` growing downwards to the baseline. */
export type Run = {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly isRightToLeft: boolean;
};

/** Text on one baseline without wide gaps. */
export type Segment = {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly isRightToLeft: boolean;
};

/** Segments from left to right that share a baseline. */
export type Row = { readonly y: number; readonly size: number; readonly segments: readonly Segment[] };

/** Gaps wider than this many font sizes divide segments; narrower ones above `wordGap` are a blank. */
const segmentGap = 0.9;
const wordGap = 0.14;
/** Baselines closer than this many font sizes are one row. */
const sameRow = 0.4;
/** A jump up the page by this much of its height begins a new column. */
const columnJump = 0.15;

/** Rows of a page in reading order: columns in the order in which they are drawn, each from top to bottom. */
export function rowsOf(runs: readonly Run[], pageHeight: number): readonly Row[] {
  return columnsOf(runs, pageHeight).flatMap(rowsOfColumn);
}

function columnsOf(runs: readonly Run[], pageHeight: number): readonly (readonly Run[])[] {
  const columns: Run[][] = [];
  let lowest = Number.POSITIVE_INFINITY;
  for (const run of runs) {
    if (run.y < lowest - pageHeight * columnJump) {
      columns.push([]);
      lowest = Number.NEGATIVE_INFINITY;
    }
    columns.at(-1)?.push(run);
    lowest = Math.max(lowest, run.y);
  }
  return columns;
}

function rowsOfColumn(runs: readonly Run[]): readonly Row[] {
  const sorted = runs.toSorted((a, b) => a.y - b.y);
  const rows: Run[][] = [];
  for (const run of sorted) {
    const row = rows.at(-1);
    const first = row?.[0];
    if (row && first && run.y - first.y <= sameRow * Math.max(first.size, run.size)) row.push(run);
    else rows.push([run]);
  }
  return rows.map(rowOf);
}

function rowOf(runs: readonly Run[]): Row {
  const sorted = runs.toSorted((a, b) => a.x - b.x);
  const longest = runs.reduce((best, run) => (run.text.length > best.text.length ? run : best));
  const segments: Segment[] = [];
  let open: Run[] = [];
  for (const run of sorted) {
    const last = open.at(-1);
    if (last && run.x - (last.x + last.width) > gapBetween(last, run) * Math.max(last.size, run.size)) {
      segments.push(segmentOf(open));
      open = [];
    }
    open.push(run);
  }
  segments.push(segmentOf(open));
  return { y: longest.y, size: longest.size, segments };
}

/** Statements set a currency sign at the left of its column, and a bracket or percent sign at the right. */
const opening = /^[$€£¥(]+$/;
const closing = /^[%)]+$/;
const widestSignGap = 10;

function gapBetween(left: Run, right: Run): number {
  return opening.test(left.text.trim()) || closing.test(right.text.trim()) ? widestSignGap : segmentGap;
}

function segmentOf(runs: readonly Run[]): Segment {
  const isRightToLeft = runs.filter((run) => run.isRightToLeft).length * 2 > runs.length;
  const inOrder = isRightToLeft ? runs.toReversed() : runs;
  let text = "";
  for (const [index, run] of inOrder.entries()) {
    const previous = inOrder[index - 1];
    text += previous && isApart(previous, run) ? ` ${run.text}` : run.text;
  }
  const right = Math.max(...runs.map((run) => run.x + run.width));
  return { text: text.replace(/\s+/g, " ").trim(), left: runs[0]?.x ?? 0, right, isRightToLeft };
}

function isApart(a: Run, b: Run): boolean {
  const gap = a.x < b.x ? b.x - (a.x + a.width) : a.x - (b.x + b.width);
  return gap > wordGap * Math.max(a.size, b.size);
}
