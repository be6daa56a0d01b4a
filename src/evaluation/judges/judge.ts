// What a judge is: something fallible that reads texts and gives verdicts, each with the words it rests on. A judge that
// cannot say is its own outcome with a reason, never a verdict.
import type { CallOptions, Component } from "../../core/component.ts";
import type { Usage } from "../../core/models.ts";

/** A verdict, or why there is none. */
export type Judgement<T> =
  | { readonly status: "judged"; readonly value: T; readonly usage: readonly Usage[] }
  | { readonly status: "failed"; readonly reason: string; readonly usage: readonly Usage[] };

/** Whether one claim follows from the evidence. `quote` stands in the evidence; every supported claim has one. */
export type ClaimVerdict = { readonly claim: string; readonly supported: boolean; readonly quote?: string };

/** Whether a text keeps one rule of style. `quote` stands in the text: what keeps the rule or breaks it, where words do. */
export type RuleVerdict = { readonly rule: string; readonly kept: boolean; readonly quote?: string };

export type Preference = "first" | "second" | "tie";

export type ClaimsInput = { readonly question: string; readonly text: string };
export type SupportInput = { readonly claims: readonly string[]; readonly evidence: readonly string[] };
export type RelevanceInput = { readonly question: string; readonly claims: readonly string[] };
export type RulesInput = { readonly question: string; readonly text: string; readonly rules: readonly string[] };
export type PreferenceInput = {
  readonly question: string;
  readonly first: string;
  readonly second: string;
  /** The right answer, where one is known. */
  readonly reference?: string;
};

/** `version` changes with every wording of a prompt. No method throws but for a cancelled call. */
export type Judge = Component & {
  /** What this judge is, in a phrase fit for a report, e.g. "word overlap, no language model". */
  readonly label: string;
  /** False for judges that compare words: they can tell what stands in a passage, not whether a sentence is right. */
  readonly readsMeaning: boolean;
  /** Cuts a text into statements that can be true or false by themselves. An empty list where it states nothing. */
  claims(input: ClaimsInput, call?: CallOptions): Promise<Judgement<readonly string[]>>;
  /** One verdict per claim, in order. */
  support(input: SupportInput, call?: CallOptions): Promise<Judgement<readonly ClaimVerdict[]>>;
  /** Whether each claim helps to answer the question, true or not. */
  relevance(input: RelevanceInput, call?: CallOptions): Promise<Judgement<readonly boolean[]>>;
  /** One verdict per rule, in order. Absent for judges that cannot tell style: words and entailment do not show it. */
  readonly rules?: (input: RulesInput, call?: CallOptions) => Promise<Judgement<readonly RuleVerdict[]>>;
  /** Which text answers better, read in this order: see `preferInBothOrders`. */
  prefer(input: PreferenceInput, call?: CallOptions): Promise<Judgement<Preference>>;
};

/** The verdict that holds in both orders, else a tie: a judge that follows positions decides nothing. */
export async function preferInBothOrders(
  judge: Judge,
  input: PreferenceInput,
  call?: CallOptions,
): Promise<Judgement<{ readonly verdict: Preference; readonly agreed: boolean }>> {
  const { first, second } = input;
  const forward = await judge.prefer(input, call);
  if (forward.status === "failed") return forward;
  const backward = await judge.prefer({ ...input, first: second, second: first }, call);
  const usage = [...forward.usage, ...backward.usage];
  if (backward.status === "failed") return { ...backward, usage };
  const turned = { first: "second", second: "first", tie: "tie" } as const;
  const agreed = forward.value === turned[backward.value];
  return { status: "judged", value: { verdict: agreed ? forward.value : "tie", agreed }, usage };
}
