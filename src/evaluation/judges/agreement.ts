// How far a judge can be trusted: its verdicts beside those of people, and rates corrected for the errors it makes.
import { seededRandom } from "../statistics/random.ts";
import { wilsonInterval } from "../statistics/wilson.ts";

/** A share with its 95% Wilson interval; NaN where n is 0. */
export type Share = { readonly value: number; readonly low: number; readonly high: number; readonly n: number };

/** One item on which both people and the judge have a yes or a no. */
export type Verdicts = { readonly people: boolean; readonly judge: boolean };

export type JudgeAgreement = {
  readonly agreement: Share;
  /** Cohen's kappa with a 95% bootstrap interval; null where one side never varies, for then it says nothing. */
  readonly kappa: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** Share of the people's yes that the judge finds. */
  readonly sensitivity: Share;
  /** Share of the people's no that the judge finds. */
  readonly specificity: Share;
  readonly rateByPeople: Share;
  readonly rateByJudge: Share;
};

export function judgeAgreement(verdicts: readonly Verdicts[], seed = 1): JudgeAgreement {
  const yes = verdicts.filter(({ people }) => people);
  const no = verdicts.filter(({ people }) => !people);
  return {
    agreement: shareOf(verdicts, ({ people, judge }) => people === judge),
    kappa: kappaInterval(verdicts, seed),
    sensitivity: shareOf(yes, ({ judge }) => judge),
    specificity: shareOf(no, ({ judge }) => !judge),
    rateByPeople: shareOf(verdicts, ({ people }) => people),
    rateByJudge: shareOf(verdicts, ({ judge }) => judge),
  };
}

export function shareOf<T>(items: readonly T[], holds: (item: T) => boolean): Share {
  const hits = items.filter(holds).length;
  const n = items.length;
  if (n === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN, n };
  const { low, high } = wilsonInterval(hits, n);
  return { value: hits / n, low, high, n };
}

/** (observed − expected agreement) / (1 − expected); null where both sides always say the same one thing. */
function cohensKappa(verdicts: readonly Verdicts[]): number | null {
  const n = verdicts.length;
  const observed = verdicts.filter(({ people, judge }) => people === judge).length / n;
  const people = verdicts.filter((one) => one.people).length / n;
  const judge = verdicts.filter((one) => one.judge).length / n;
  const expected = people * judge + (1 - people) * (1 - judge);
  return expected === 1 || n === 0 ? null : (observed - expected) / (1 - expected);
}

const kappaResamples = 2000;

function kappaInterval(verdicts: readonly Verdicts[], seed: number): JudgeAgreement["kappa"] {
  const value = cohensKappa(verdicts);
  if (value === null) return null;
  const random = seededRandom(seed);
  const kappas: number[] = [];
  for (let resample = 0; resample < kappaResamples; resample += 1) {
    const drawn = verdicts.map(() => verdicts[random.below(verdicts.length)]!);
    const kappa = cohensKappa(drawn);
    if (kappa !== null) kappas.push(kappa);
  }
  kappas.sort((a, b) => a - b);
  const at = (share: number) => kappas[Math.round(share * (kappas.length - 1))] ?? value;
  return { value, low: at(0.025), high: at(0.975) };
}

/** What is known of a judge's errors, enough to correct a rate by. */
export type JudgeErrors = Pick<JudgeAgreement, "sensitivity" | "specificity">;

/**
 * The rate that people would find, from the judge's: (p + sp − 1) / (se + sp − 1), within [0, 1], with a 95% interval by the
 * delta method over all three shares. Null where the judge is no better than chance. Source: Rogan and Gladen, 1978.
 */
export function correctedRate(
  observed: { readonly value: number; readonly n: number },
  errors: JudgeErrors,
): Share | null {
  const { sensitivity, specificity } = errors;
  const slope = sensitivity.value + specificity.value - 1;
  if (!(slope > 0)) return null;
  const value = (observed.value + specificity.value - 1) / slope;
  const bounded = clamp(value);
  const variance =
    varianceOf(observed) + (1 - bounded) ** 2 * varianceOf(specificity) + bounded ** 2 * varianceOf(sensitivity);
  const half = (1.959964 * Math.sqrt(variance)) / slope;
  return { value: bounded, low: clamp(value - half), high: clamp(value + half), n: observed.n };
}

/** Of a share, with half a success and half a failure added so that 10 of 10 is not taken for certain. */
function varianceOf({ value, n }: { readonly value: number; readonly n: number }): number {
  const share = (value * n + 0.5) / (n + 1);
  return (share * (1 - share)) / (n + 1);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
