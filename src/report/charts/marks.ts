// The marks that all charts share: a dot per approach, a whisker per interval, axis lines. Shape tells the role, not colour alone.
import { isKnown } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import type { Role } from "./chart-data.ts";

/** Recommended: a ringed disc; approach: a disc; yardstick: a hollow diamond. */
export function marker(x: number, y: number, role: Role): Html {
  if (role === "yardstick") {
    const diamond = `M${px(x)} ${px(y - 5)} L${px(x + 5)} ${px(y)} L${px(x)} ${px(y + 5)} L${px(x - 5)} ${px(y)} Z`;
    return html`<path class="mark yardstick" d="${diamond}"/>`;
  }
  const ring = role === "recommended" && html`<circle class="ring" cx="${px(x)}" cy="${px(y)}" r="7.5"/>`;
  return html`${ring}<circle class="mark ${role}" cx="${px(x)}" cy="${px(y)}" r="4.5"/>`;
}

/** Nothing where an end is unknown. */
export function line(className: string, x1: number, y1: number, x2: number, y2: number): Html {
  if (![x1, y1, x2, y2].every(isKnown)) return html``;
  return html`<line class="${className}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`;
}

export function text(className: string, x: number, y: number, words: string, anchor = "start"): Html {
  return html`<text class="${className}" x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${words}</text>`;
}

/** A picture with a name that screen readers say instead of its lines; the figures stand in the table behind it. */
export function picture(width: number, height: number, label: string, content: Html): Html {
  return html`<svg class="chart" role="img" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${content}</svg>`;
}

/** Tenths of a pixel are enough. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
