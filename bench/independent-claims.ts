// Claim measures written from the papers' definitions over plain truth tables, apart from the product's: a second opinion.

/** What follows from what. Rows are claims, columns passages. */
export type ClaimCase = {
  readonly saidFromPassage: readonly (readonly boolean[])[];
  readonly goldFromPassage: readonly (readonly boolean[])[];
  /** Claim of the answer follows from the reference. */
  readonly saidFromGold: readonly boolean[];
  /** Claim of the reference follows from the answer. */
  readonly goldFromSaid: readonly boolean[];
  readonly relevant: readonly boolean[];
  /** Passages that each sentence cites, from 1. */
  readonly cited: readonly (readonly number[])[];
};

/** By the product's metric names. A measure that is not defined for the case is left out. */
export function independentClaimMeasures(one: ClaimCase): Readonly<Record<string, number>> {
  const { saidFromPassage, goldFromPassage, saidFromGold, goldFromSaid, relevant, cited } = one;
  const said = saidFromPassage.length;
  const gold = goldFromPassage.length;
  const passages = saidFromPassage[0]?.length ?? 0;
  let [faithful, right, onTopic, noisy, invented] = [0, 0, 0, 0, false];
  for (let claim = 0; claim < said; claim++) {
    const fromAny = saidFromPassage[claim]!.includes(true);
    if (fromAny) faithful++;
    if (saidFromGold[claim]) right++;
    if (relevant[claim]) onTopic++;
    if (!saidFromGold[claim] && fromAny) noisy++;
    if (!saidFromGold[claim] && !fromAny) invented = true;
  }
  let recalled = 0;
  for (const row of goldFromPassage) if (row.some(Boolean)) recalled++;
  let found = 0;
  for (const flag of goldFromSaid) if (flag) found++;
  const [precision, recall] = [right / said, found / gold];
  return {
    faithfulness: faithful / said,
    hallucination: invented ? 1 : 0,
    correctness: precision + recall > 0 ? 2 / (1 / precision + 1 / recall) : 0,
    relevancy: onTopic / said,
    "context-recall": recalled / gold,
    "context-precision": contextPrecision(goldFromPassage, passages),
    "noise-sensitivity": noisy / said,
    ...citationMeasures(saidFromPassage, cited),
  };
}

/** Mean over useful ranks of the share of useful ones so far. */
function contextPrecision(goldFromPassage: ClaimCase["goldFromPassage"], passages: number): number {
  const precisions: number[] = [];
  let useful = 0;
  for (let rank = 1; rank <= passages; rank++) {
    if (!goldFromPassage.some((row) => row[rank - 1])) continue;
    useful++;
    precisions.push(useful / rank);
  }
  return precisions.length === 0 ? 0 : precisions.reduce((sum, value) => sum + value, 0) / precisions.length;
}

/** ALCE: recall per sentence, precision per citation; a citation is superfluous if it fails alone and is not missed. */
function citationMeasures(saidFromPassage: ClaimCase["saidFromPassage"], cited: ClaimCase["cited"]) {
  const carries = (sentence: number, numbers: readonly number[]) =>
    numbers.some((number) => saidFromPassage[sentence]![number - 1]);
  let [carried, precise, total] = [0, 0, 0];
  for (const [sentence, numbers] of cited.entries()) {
    total += numbers.length;
    if (!carries(sentence, numbers)) continue;
    carried++;
    for (const number of numbers) {
      const without = numbers.filter((other) => other !== number);
      if (carries(sentence, [number]) || !carries(sentence, without)) precise++;
    }
  }
  const recall = { "alce-citation-recall": carried / cited.length };
  return total === 0 ? recall : { ...recall, "alce-citation-precision": precise / total };
}
