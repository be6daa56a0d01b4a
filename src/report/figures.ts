// How numbers are spelled in every report. An unknown is a dash, never a zero.

export const unknown = "–";

/** A share in [0, 1] as points: 0.734 → "73.4". */
export function points(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? unknown : (value * 100).toFixed(1);
}

export function milliseconds(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return unknown;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Two significant digits below a dollar: costs per query are small. */
export function dollars(usd: number | null | undefined): string {
  if (usd === null || usd === undefined || !Number.isFinite(usd)) return unknown;
  if (usd === 0) return "$0";
  return usd >= 1 ? `$${usd.toFixed(2)}` : `$${Number(usd.toPrecision(2))}`;
}

/** Cost of a thousand answers, which people can picture. */
export function perThousand(usdPerQuery: number | null): string {
  return dollars(usdPerQuery === null ? null : usdPerQuery * 1000);
}

export function pValue(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}
