// Numbers as a manager reads them. Knows no rule of the recommendation.

/** A score in [0, 1] on the scale people expect: "71.2". */
export function ofHundred(score: number): string {
  return (score * 100).toFixed(1);
}

/** A difference of scores, in points: "+3.4". */
export function signed(difference: number): string {
  const points = (difference * 100).toFixed(1);
  return difference >= 0 ? `+${points}` : points;
}

/** "USD 0.34 per 1,000 questions": single questions cost too little to read. */
export function perThousand(perQueryUsd: number): string {
  return `${usd(perQueryUsd * 1000)} per 1,000 questions`;
}

export function usd(amount: number): string {
  if (amount === 0) return "USD 0";
  if (amount < 0.01) return "less than USD 0.01";
  return `USD ${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

export function milliseconds(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(0)} s`;
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(1)} ms`;
}

export function pValue(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
}

export function count(number: number): string {
  return Math.ceil(number).toLocaleString("en-US");
}
