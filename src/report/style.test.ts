// The palette keeps the contrast that WCAG AA asks of text, in light and dark.
import { describe, expect, test } from "vitest";
import { stylesheet } from "./style.ts";

/** Relative luminance of sRGB, WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** `share` of one colour over another, as `color-mix(in srgb, …)` mixes with a transparent one. */
function over(one: string, share: number, ground: string): string {
  const channel = (at: number) => {
    const [a, b] = [one, ground].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number];
    return Math.round(a * share + b * (1 - share))
      .toString(16)
      .padStart(2, "0");
  };
  return `#${[1, 3, 5].map(channel).join("")}`;
}

const palettes = [...stylesheet.matchAll(/:root \{([^}]*)\}/g)].map(([, block = ""]) =>
  Object.fromEntries([...block.matchAll(/--([\w-]+): (#\w{6})/g)].map(([, name, colour]) => [name, colour as string])),
);

describe.each([
  ["light", 0],
  ["dark", 1],
  ["paper", 2],
] as const)("%s", (_, at) => {
  const colour = (name: string) => palettes[at]?.[name] ?? "";

  test.each([
    ["ink", "page"],
    ["muted", "page"],
    ["accent", "page"],
    ["warning", "page"],
    ["ink", "raised"],
    ["muted", "raised"],
    ["ink", "accent-soft"],
    ["warning", "accent-soft"],
    ["gold-ink", "gold"],
    ["on-accent", "accent"],
  ])("%s on %s reads", (text, ground) => {
    expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test("the deepest shade of the kinds table leaves its figures readable", () => {
    const deepest = over(colour("accent"), 0.42, colour("page"));
    expect(contrast(colour("ink"), deepest)).toBeGreaterThanOrEqual(4.5);
  });
});
