// The quantile of the standard normal distribution.

const centreTop = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
];
const centreBottom = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];
const tailTop = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const tailBottom = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];

const polynomial = (coefficients: readonly number[], x: number) => coefficients.reduce((sum, c) => sum * x + c, 0);

/** z with P(Z ≤ z) = `share`, 0 < share < 1. Acklam's rational approximation, relative error below 1.2e-9. */
export function normalQuantile(share: number): number {
  if (share < 0.02425) return tail(share);
  if (share > 1 - 0.02425) return -tail(1 - share);
  const q = share - 0.5;
  return (q * polynomial(centreTop, q * q)) / polynomial(centreBottom, q * q);
}

function tail(share: number): number {
  const q = Math.sqrt(-2 * Math.log(share));
  return polynomial(tailTop, q) / polynomial(tailBottom, q);
}
