// Puts a name beside each point of a chart so that no two names overlap. Knows boxes, not what they mean.

export type Box = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

export type Labelled = { readonly x: number; readonly y: number; readonly text: string };

export type PlacedLabel = {
  readonly text: string;
  /** Left end of the baseline. */
  readonly x: number;
  readonly y: number;
  readonly box: Box;
  /** True where the name stands so far off that a line must lead to its point. */
  readonly isLed: boolean;
};

const lineHeightPx = 14;
const clearancePx = 11;
const markerRadiusPx = 8;

/** How much further off a name may stand to keep clear of a line. */
const crossingPenaltyPx = 14;

/** An upper guess of how wide a 12 px system font sets this text. */
export function textWidthPx(text: string): number {
  return [...text].reduce(
    (width, character) => width + (character > "\u2E7F" ? 12.5 : /[mwMW@]/.test(character) ? 10.5 : 7),
    0,
  );
}

/** Cut with an ellipsis to at most `widthPx`. */
export function fitted(text: string, widthPx: number): string {
  if (textWidthPx(text) <= widthPx) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidthPx(`${characters.join("")}…`) > widthPx) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/**
 * One place per point, in order; null where none is free, which the caller must say. Names keep clear of each other and of
 * all points, and where it can be had also of `lines`.
 */
export function placeLabels(
  points: readonly Labelled[],
  frame: Box,
  lines: readonly Box[],
): readonly (PlacedLabel | null)[] {
  const markers = points.map(({ x, y }) => around(x, y, markerRadiusPx));
  const placed: Box[] = [];
  return points.map((point) => {
    const candidates = candidatesFor(point).filter(
      ({ box }) => inside(box, frame) && ![...placed, ...markers].some((other) => overlap(box, other)),
    );
    const detourOf = ({ box }: PlacedLabel) =>
      distance(box, point) + crossingPenaltyPx * lines.filter((line) => overlap(box, line)).length;
    const [label = null] = candidates.toSorted((a, b) => detourOf(a) - detourOf(b));
    if (label) placed.push(label.box);
    return label;
  });
}

function distance({ left, right, top, bottom }: Box, { x, y }: Labelled): number {
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
}

/** Beside, above, below; then further and further off on both sides. */
function candidatesFor({ x, y, text }: Labelled): readonly PlacedLabel[] {
  const width = textWidthPx(text);
  const at = (left: number, middle: number, isLed: boolean): PlacedLabel => ({
    text,
    x: left,
    y: middle + 4,
    box: { left, top: middle - lineHeightPx / 2, right: left + width, bottom: middle + lineHeightPx / 2 },
    isLed,
  });
  const near = [
    at(x + clearancePx, y, false),
    at(x - clearancePx - width, y, false),
    at(x - width / 2, y - 15, false),
    at(x - width / 2, y + 15, false),
  ];
  const far = Array.from({ length: 16 }, (_, step) => (step + 1) * lineHeightPx).flatMap((offset) =>
    [-offset, offset].flatMap((rise) => [
      at(x + clearancePx + 6, y + rise, true),
      at(x - clearancePx - 6 - width, y + rise, true),
      at(x - width / 2, y + rise, true),
    ]),
  );
  return [...near, ...far];
}

function around(x: number, y: number, radius: number): Box {
  return { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
}

function inside(box: Box, frame: Box): boolean {
  return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
}

export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
