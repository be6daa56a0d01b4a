// A router's gain is measured on questions that had no part in choosing: real where winners differ, absent where noise does.
import { expect, test } from "vitest";
import type { HeldOutQuestion } from "../core/questions.ts";
import { resamplingOf } from "./resampling.ts";
import { routingGain } from "./routing.ts";
import type { ScoredAnswer } from "./score-answers.ts";
import { seededRandom } from "./statistics/random.ts";

const question = (index: number): HeldOutQuestion => ({
  id: `q${index}`,
  text: "?",
  references: [],
  answerable: true,
  kind: index % 2 === 0 ? "fact" : "style",
  relevant: [],
  checks: [],
});

/** `share(kind)` of right answers, drawn with `seed`. */
function approach(name: string, questions: readonly HeldOutQuestion[], share: (kind: string) => number, seed: number) {
  const random = seededRandom(seed);
  const rows = questions.map((one) => ({
    question: one,
    scores: { quality: { status: "scored", value: random.next() < share(one.kind!) ? 1 : 0 } },
  }));
  return { name, rows: rows as unknown as readonly ScoredAnswer[] };
}

const questions = Array.from({ length: 240 }, (_, index) => question(index));
const resampling = resamplingOf(questions, { resamples: 2_000 });

test("kinds with different winners: the router names them and gains what they are apart", () => {
  const good = (at: string) => (kind: string) => (kind === at ? 0.9 : 0.4);
  const found = routingGain(
    [approach("rag", questions, good("fact"), 3), approach("tuned", questions, good("style"), 4)],
    resampling,
  );
  expect(found!.byKind).toEqual({ fact: "rag", style: "tuned" });
  expect(found!.gain).toBeGreaterThan(0.12);
  expect(found!.gain).toBeLessThan(0.4);
  expect(found!.p).toBeLessThan(0.01);
});

test("equal approaches: a gain is claimed in at most a few of a hundred worlds", () => {
  let claims = 0;
  let gains = 0;
  for (let world = 0; world < 100; world += 1) {
    const arms = [0, 1, 2, 3].map((arm) => approach(`arm-${arm}`, questions, () => 0.6, world * 10 + arm));
    const found = routingGain(arms, resampling, { seed: world })!;
    gains += found.gain;
    if (found.gain > 0 && found.p < 0.05) claims += 1;
  }
  expect(claims).toBeLessThanOrEqual(5);
  // Chosen and measured on the same questions the mean would be well above nothing.
  expect(gains / 100).toBeLessThan(0.005);
});

test("a kind on which nobody is clearly ahead stays with the best single approach", () => {
  const first = approach("first", questions, (kind) => (kind === "fact" ? 0.4 : 0.7), 5);
  const twin = { ...first, name: "twin" };
  const better = approach("better", questions, (kind) => (kind === "fact" ? 0.9 : 0), 6);
  const mixed = {
    name: "mixed",
    rows: questions.map((one, index) => (one.kind === "fact" ? better : first).rows[index]!),
  };
  const found = routingGain([first, twin, mixed], resampling)!;
  expect(found.single).toBe("mixed");
  expect(found.byKind).toEqual({ fact: "mixed", style: "mixed" });
  expect(found.gain).toBe(0);
});

test("one kind, or one approach: nothing to route", () => {
  const arm = approach("a", questions, () => 0.5, 1);
  expect(routingGain([arm], resampling)).toBeNull();
  const plain = questions.map(({ kind: _, ...rest }) => rest);
  expect(routingGain([arm, arm], resamplingOf(plain, { resamples: 100 }))).toBeNull();
});
