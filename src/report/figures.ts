// How numbers are spelled in every report. An unknown is a dash, never a zero.

export const unknown = "–";

export function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** A share in [0, 1] as points: 0.734 → "73.4". */
export function points(value: number | null | undefined): string {
  return isKnown(value) ? withoutMinusZero((value * 100).toFixed(1)) : unknown;
}

/** A difference of shares as points with its sign: 0.034 → "+3.4", −0.034 → "−3.4". */
export function signedPoints(value: number | null | undefined): string {
  if (!isKnown(value)) return unknown;
  const text = points(value).replace("-", "−");
  return value > 0 ? `+${text}` : text;
}

export function milliseconds(ms: number | null | undefined): string {
  if (!isKnown(ms)) return unknown;
  if (ms === 0) return "0 ms";
  if (ms > 0 && ms < 0.1) return "< 0.1 ms";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** With cents below a hundred dollars; of less than a cent it says only that. */
export function dollars(usd: number | null | undefined): string {
  if (!isKnown(usd)) return unknown;
  if (usd === 0) return "$0";
  if (usd > 0 && usd < 0.01) return "< $0.01";
  const decimals = usd < 100 ? 2 : 0;
  return `$${usd.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}`;
}

/** Cost of a thousand answers, which people can picture. */
export function perThousand(usdPerQuery: number | null): string {
  return dollars(usdPerQuery === null ? null : usdPerQuery * 1000);
}

export function pValue(p: number | null | undefined): string {
  if (!isKnown(p)) return unknown;
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** "1,204 documents", "1 document". */
export function counted(count: number, noun: string): string {
  return `${wholeNumber(count)} ${count === 1 ? noun : `${noun}s`}`;
}

export function wholeNumber(count: number | null | undefined): string {
  return isKnown(count) ? Math.round(count).toLocaleString("en-US") : unknown;
}

/** "21 November 2026, 09:56 UTC"; what is no date stays as it is. */
export function dateAndTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  return `${day}, ${date.toISOString().slice(11, 16)} UTC`;
}

function withoutMinusZero(text: string): string {
  return text === "-0.0" ? "0.0" : text;
}
