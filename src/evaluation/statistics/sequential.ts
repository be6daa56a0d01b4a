// Looking early without paying for it in false claims: how much of the error rate each look may spend.
import { normalQuantile, normalShare } from "./normal.ts";

/**
 * The error rate of each of `looks` equally spaced looks: what the O'Brien-Fleming-like function
 * α(t) = 2 − 2Φ(z_{α/2} / √t) adds since the look before (Lan and DeMets, 1983). Testing every look at its own share keeps
 * the sum, α, whatever the dependence between looks (Bonferroni), so this is a little stricter than the exact boundaries.
 */
export function lookAlphas(looks: number, alpha = 0.05): readonly number[] {
  const z = normalQuantile(1 - alpha / 2);
  const spentBy = (look: number) => (look === 0 ? 0 : 2 - 2 * normalShare(z / Math.sqrt(look / looks)));
  return Array.from({ length: looks }, (_, look) => spentBy(look + 1) - spentBy(look));
}
