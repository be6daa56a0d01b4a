// The claims themselves, and how each is held against what was measured. A claim without its approach here is "not tested".
import { type Measured, notTested, scoreOf, spelled } from "./claim-figures.ts";

type Verdict = readonly [measured: string, verdict: string];

export type Claim = { readonly said: string; readonly hold: (measured: readonly Measured[]) => Verdict };

const extractive = "the embedded reader quotes and is no language model";
const weakTuned = "the embedded tuned model is trained from random weights on the examples alone";

export const claims: readonly Claim[] = [
  {
    said: "Retrieval adds 50–500 ms.",
    hold: (measured) => {
      const cells = measured.map(
        ({ set, retrieveMs }) =>
          `${set}: p50 ${retrieveMs.p50.toFixed(1)} ms, p95 ${retrieveMs.p95.toFixed(1)} ms (n ${retrieveMs.n})`,
      );
      const isBelow = measured.every(({ retrieveMs }) => retrieveMs.p50 < 50);
      return [
        cells.join("; "),
        isBelow
          ? "refuted for an index on the same machine, where half of the searches take less (a busy machine of 2 cores); hosted stores not tested"
          : "not refuted here: half of the searches of some set take 50 ms or more; hosted stores not tested",
      ];
    },
  },
  {
    said: "Factual questions: 92% right with retrieval, 78% tuned.",
    hold: (measured) => {
      const tuned = each(measured, (one) => scoreOf(one, "fine-tuned", "contains"));
      const retrieved = each(measured, (one) => scoreOf(one, "rag", "contains"));
      return [
        `answer contains a reference, rag: ${retrieved ?? "not scored"}; fine-tuned: ${tuned ?? notTested(measured, "fine-tuned")}`,
        `${reaches(measured, "rag", "contains", 0.92) ? "92% reached" : "92% not reached"}: ${extractive}; ${tuned === null ? "tuning not tested" : weakTuned}`,
      ];
    },
  },
  {
    said: "98% of citations are right with retrieval.",
    hold: (measured) => [
      each(measured, (one) => scoreOf(one, "rag", "citation-precision")) ?? "not scored",
      `${reaches(measured, "rag", "citation-precision", 0.98) ? "reached" : "not reached with the embedded reader"}: every quote stands in its document, verified character by character; the figure is the share that points at the evidence the question names`,
    ],
  },
  {
    said: "Style: 65% right when prompted, 94% tuned.",
    hold: (measured) => {
      const of = (approach: string) => each(measured, (one) => scoreOf(one, approach, "checks", "style"));
      return [
        `share of style rules met, prompt-only: ${of("prompt-only") ?? "not scored"}; few-shot: ${of("few-shot") ?? "not scored"}; fine-tuned: ${of("fine-tuned") ?? notTested(measured, "fine-tuned")}`,
        of("fine-tuned") === null
          ? "not tested: no tuned model that writes"
          : `${weakTuned}; whether a tuned language model reaches 94% was not tested`,
      ];
    },
  },
  {
    said: "Terminology: 80% right with retrieval, 95% tuned.",
    hold: (measured) => {
      const of = (approach: string) => each(measured, (one) => scoreOf(one, approach, "quality", "terminology"));
      return [
        `quality on questions that use the house's own words, rag: ${of("rag") ?? "not scored"}; fine-tuned: ${of("fine-tuned") ?? notTested(measured, "fine-tuned")}`,
        "whether answers use the right words was not tested: only whether such questions are understood",
      ];
    },
  },
  {
    said: "Current facts: 95% right with retrieval, 40% tuned.",
    hold: (measured) => {
      const rows = measured.flatMap(({ set, report }) => (report.staleness ?? []).map((row) => ({ set, row })));
      const of = (name: string) =>
        rows
          .filter(({ row }) => row.name === name)
          .map(
            ({ set, row }) =>
              `${set}: before ${spelled(row.before) ?? "–"}, after ${spelled(row.after) ?? "–"}, still the old answer ${spelled(row.outdated) ?? "–"}`,
          );
      const tuned = of("fine-tuned");
      return [
        `rag: ${of("rag").join("; ") || "not scored"}. fine-tuned: ${tuned.join("; ") || notTested(measured, "fine-tuned")}`,
        tuned.length === 0
          ? "retrieval: see the figures; tuning not tested"
          : `retrieval: see the figures; ${weakTuned}, so that it had no fact to lose`,
      ];
    },
  },
  {
    said: "Tuned answers cannot be traced.",
    hold: (measured) => {
      const tuned = each(measured, (one) => scoreOf(one, "fine-tuned", "citation-recall"));
      return [
        tuned === null ? notTested(measured, "fine-tuned") : `citation recall, fine-tuned: ${tuned}`,
        "by construction: without passages in the prompt there is nothing to cite; a hybrid cites what it retrieved",
      ];
    },
  },
  {
    said: "The hybrid beats both.",
    hold: (measured) => {
      const found = measured.flatMap((one) => ["rag", "fine-tuned"].flatMap((rival) => hybridAhead(one, rival) ?? []));
      if (found.length === 0) return [notTested(measured, "hybrid"), "not tested"];
      const parts = "a small tuned model that writes format and tone, and a reader that fills in quotes";
      return [
        found.map(({ cell }) => cell).join("; "),
        `${found.every(({ isShown }) => isShown) ? "so it was here" : "not shown here"}, with ${parts}; with language models not tested`,
      ];
    },
  },
  {
    said: "Retrieval costs $0.002–0.01 a question after $50–500; tuning $0.001–0.005 after $500–10,000.",
    hold: (measured) => {
      const cells = measured.map(({ set, report }) => {
        const rag = report.money?.approaches.find(({ approach }) => approach === "rag");
        return `${set}: rag ${dollars(rag?.perQuery.usd)} a question after ${dollars(rag?.upfront.usd)}`;
      });
      return [
        `embedded parts at USD 0.10 per vCPU hour, people's time not counted: ${cells.join("; ")}`,
        "not comparable with hosted models; hosted prices not tested",
      ];
    },
  },
  {
    said: "Tuning breaks even at 50,000–500,000 questions.",
    hold: () => [
      "arithmetic: $450 more upfront at $0.009 to $0.001 less a question gives 50,000 to 450,000; $10,000 more gives 1,111,111 to 10,000,000",
      "reproduced at the low end of its own cost ranges, refuted at the high end; where tuning costs more a question ($0.005 against $0.002) it never pays",
    ],
  },
];

/** True where one of the sets has a mean of at least `share`. */
function reaches(measured: readonly Measured[], approach: string, metric: string, share: number): boolean {
  return measured.some(({ report }) => {
    const row = report.approaches.find(({ name }) => name === approach);
    const summary = row?.status === "scored" ? row.scores[metric] : undefined;
    return summary !== undefined && summary.n > 0 && summary.mean >= share;
  });
}

function each(measured: readonly Measured[], figure: (one: Measured) => string | null): string | null {
  const cells = measured.flatMap((one) => {
    const found = figure(one);
    return found === null ? [] : [`${one.set} ${found}`];
  });
  return cells.length === 0 ? null : cells.join("; ");
}

/** The paired difference between the hybrid and `rival`, whichever way round it was taken; undefined where it was not. */
function hybridAhead({ set, report }: Measured, rival: string) {
  const pair = report.pairs.find(
    ({ metric, a, b }) => metric === "quality" && [a, b].includes("hybrid") && [a, b].includes(rival),
  );
  if (pair === undefined) return undefined;
  const { pAdjusted } = pair;
  const [difference, low, high] =
    pair.a === "hybrid" ? [pair.difference, pair.low, pair.high] : [-pair.difference, -pair.high, -pair.low];
  const [ahead, least, most] = [difference, low, high].map((share) => (100 * share).toFixed(1));
  return {
    cell: `${set}: hybrid − ${rival} ${ahead} points (${least} to ${most}), adjusted p ${pAdjusted.toFixed(3)}`,
    isShown: low > 0 && pAdjusted < 0.05,
  };
}

function dollars(usd: number | null | undefined): string {
  if (usd === null || usd === undefined) return "an unknown amount";
  return `$${usd < 0.01 ? usd.toPrecision(2) : usd.toFixed(2)}`;
}
