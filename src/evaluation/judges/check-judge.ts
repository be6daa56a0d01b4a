// Puts a judge to labels that people gave. What it cannot say is counted apart, with its reasons, and never as an error.
import PQueue from "p-queue";
import { type Progress, silentProgress } from "../../core/progress.ts";
import { type JudgeAgreement, judgeAgreement, type Share, shareOf } from "./agreement.ts";
import { type Judge, type Judgement, preferInBothOrders } from "./judge.ts";
import type { LabelledClaim, LabelledPair, Labels } from "./labels-file.ts";

export type JudgeCheck = {
  /** Null where no claim is labelled, or the judge gave no verdict at all. */
  readonly claims: JudgeAgreement | null;
  /** Null where no pair is labelled, or the judge gave no verdict at all. */
  readonly pairs: PairAgreement | null;
  readonly missing: number;
  /** How often each reason for a missing verdict occurred. */
  readonly reasons: Readonly<Record<string, number>>;
};

export type PairAgreement = {
  /** Verdicts that hold in both orders and are the people's. */
  readonly correct: Share;
  /** The same verdict in both orders, ties included. */
  readonly consistent: Share;
  /** Ties, or verdicts that changed with the order. */
  readonly undecided: Share;
};

export type CheckJudgeOptions = {
  /** Labels in flight at once. */
  readonly concurrency: number;
  readonly progress?: Progress;
  readonly seed?: number;
};

export async function checkJudge(judge: Judge, labels: Labels, options: CheckJudgeOptions): Promise<JudgeCheck> {
  const { claims, pairs } = labels;
  const stage = (options.progress ?? silentProgress).start(`Judging: ${judge.name}`, claims.length + pairs.length);
  const queue = new PQueue({ concurrency: options.concurrency });
  const each = <Label, T>(items: readonly Label[], ask: (label: Label) => Promise<Judgement<T>>) =>
    queue.addAll(
      items.map((label) => async () => {
        const judgement = await ask(label);
        stage.advance();
        return { label, judgement };
      }),
    );
  const onClaims = await each(claims, (label) => supportOf(judge, label));
  const onPairs = await each(pairs, (label) => preferInBothOrders(judge, label));
  stage.end();
  const reasons = [...onClaims, ...onPairs].flatMap(({ judgement }) =>
    judgement.status === "failed" ? [judgement.reason] : [],
  );
  return {
    claims: claimAgreement(onClaims, options.seed),
    pairs: pairAgreement(onPairs),
    missing: reasons.length,
    reasons: countsOf(reasons),
  };
}

async function supportOf(judge: Judge, { claim, evidence }: LabelledClaim): Promise<Judgement<boolean>> {
  const judgement = await judge.support({ claims: [claim], evidence });
  return judgement.status === "failed" ? judgement : { ...judgement, value: judgement.value[0]?.supported === true };
}

type Judged<Label, T> = readonly { readonly label: Label; readonly judgement: Judgement<T> }[];

function claimAgreement(judged: Judged<LabelledClaim, boolean>, seed?: number): JudgeAgreement | null {
  const verdicts = judged.flatMap(({ label, judgement }) =>
    judgement.status === "judged" ? [{ people: label.supported, judge: judgement.value }] : [],
  );
  return verdicts.length === 0 ? null : judgeAgreement(verdicts, seed);
}

function pairAgreement(
  judged: Judged<LabelledPair, { verdict: "first" | "second" | "tie"; agreed: boolean }>,
): PairAgreement | null {
  const verdicts = judged.flatMap(({ label, judgement }) =>
    judgement.status === "judged" ? [{ better: label.better, ...judgement.value }] : [],
  );
  if (verdicts.length === 0) return null;
  return {
    correct: shareOf(verdicts, ({ better, verdict }) => better === verdict),
    consistent: shareOf(verdicts, ({ agreed }) => agreed),
    undecided: shareOf(verdicts, ({ verdict }) => verdict === "tie"),
  };
}

function countsOf(reasons: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
