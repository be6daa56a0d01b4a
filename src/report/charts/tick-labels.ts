// Words for the ticks of logarithmic axes: mantissa × 10^exponent as money or as time.

/** "$0.05", "$2,000"; powers of ten where zeros would have to be counted. */
export function dollarTick(mantissa: number, exponent: number): string {
  return exponent < -2 || exponent > 5 ? `$${power(mantissa, exponent)}` : `$${plain(mantissa, exponent)}`;
}

/** In milliseconds below a second, else in seconds. */
export function durationTick(mantissa: number, exponent: number): string {
  if (exponent < -2) return `${power(mantissa, exponent)} ms`;
  if (exponent < 3) return `${plain(mantissa, exponent)} ms`;
  return exponent > 8 ? `${power(mantissa, exponent - 3)} s` : `${plain(mantissa, exponent - 3)} s`;
}

function plain(mantissa: number, exponent: number): string {
  return exponent < 0
    ? (mantissa * 10 ** exponent).toFixed(-exponent)
    : (mantissa * 10 ** exponent).toLocaleString("en-US");
}

function power(mantissa: number, exponent: number): string {
  const raised = [...String(exponent)].map((character) => superscripts[character] ?? character).join("");
  return mantissa === 1 ? `10${raised}` : `${mantissa}×10${raised}`;
}

const superscripts: Readonly<Record<string, string>> = {
  "-": "⁻",
  "0": "⁰",
  "1": "¹",
  "2": "²",
  "3": "³",
  "4": "⁴",
  "5": "⁵",
  "6": "⁶",
  "7": "⁷",
  "8": "⁸",
  "9": "⁹",
};
