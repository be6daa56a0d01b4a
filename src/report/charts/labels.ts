// Puts a name beside each point of a chart so that no two names overlap. Knows boxes, not what they mean.

export type Box = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

export type Labelled = { readonly x: number; readonly y: number; readonly text: string };

export type PlacedLabel = {
  readonly text: string;
  /** Where on the baseline the text is held: at the end that faces its point, so that a wrong guess of width does no harm. */
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
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

/** Cut in the middle to at most `widthPx`: model names often differ only at their ends. */
export function fitted(text: string, widthPx: number): string {
  const characters = [...text];
  for (let kept = characters.length; kept > 1; kept--) {
    const tail = Math.floor(kept / 2);
    const cut = `${characters.slice(0, kept - tail).join("")}…${characters.slice(characters.length - tail).join("")}`;
    const shown = kept === characters.length ? text : cut;
    if (textWidthPx(shown) <= widthPx) return shown;
  }
  return "…";
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
  const at = (anchor: PlacedLabel["anchor"], held: number, middle: number, isLed: boolean): PlacedLabel => {
    const left = anchor === "start" ? held : anchor === "end" ? held - width : held - width / 2;
    const box = { left, top: middle - lineHeightPx / 2, right: left + width, bottom: middle + lineHeightPx / 2 };
    return { text, x: held, y: middle + 4, anchor, box, isLed };
  };
  const near = [
    at("start", x + clearancePx, y, false),
    at("end", x - clearancePx, y, false),
    at("middle", x, y - 15, false),
    at("middle", x, y + 15, false),
  ];
  const far = Array.from({ length: 16 }, (_, step) => (step + 1) * lineHeightPx).flatMap((offset) =>
    [-offset, offset].flatMap((rise) => [
      at("start", x + clearancePx + 6, y + rise, true),
      at("end", x - clearancePx - 6, y + rise, true),
      at("middle", x, y + rise, true),
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
