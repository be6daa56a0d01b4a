// Small worlds in which the best approach is known, because the answerers' true accuracies are set. Decides nothing.
import { type Random, seededRandom } from "../src/evaluation/statistics/random.ts";

/** From the cheapest answer to the dearest. */
export const arms = ["prompt-only", "few-shot", "fine-tuned", "rag", "hybrid", "raft", "long-context"] as const;
export type Arm = (typeof arms)[number];

export type World = {
  readonly name: string;
  readonly seed: number;
  /** Share of right answers, by arm; the two kinds of question are half of all each. */
  readonly accuracy: Readonly<Record<Arm, { readonly fact: number; readonly style: number }>>;
  readonly costPerQueryUsd: Readonly<Record<Arm, number>>;
  /** The most accurate arm; of equals the cheapest. */
  readonly best: Arm;
};

type Shape = (random: Random, edge: number) => Readonly<Record<Arm, readonly [fact: number, style: number]>>;

/** `edge`: by how much the best is better than the runner-up. Each shape says who is best and why. */
const shapes: Readonly<Record<string, Shape>> = {
  "facts that change": (_, edge) => ({
    ...everybody(0.35, 0.5),
    rag: [0.5 + edge, 0.5 + edge],
    "long-context": [0.5, 0.5],
    hybrid: [0.5, 0.5],
    "fine-tuned": [0.2, 0.6],
  }),
  "behaviour only": (_, edge) => ({
    ...everybody(0.45, 0.45),
    "fine-tuned": [0.55 + edge, 0.55 + edge],
    "few-shot": [0.55, 0.55],
  }),
  "facts and behaviour": (_, edge) => ({
    ...everybody(0.3, 0.4),
    rag: [0.65, 0.45],
    "fine-tuned": [0.35, 0.65],
    raft: [0.6, 0.5],
    hybrid: [0.55 + edge, 0.55 + edge],
  }),
  "a corpus that fits into the prompt": (_, edge) => ({
    ...everybody(0.3, 0.4),
    rag: [0.6, 0.6],
    hybrid: [0.6, 0.6],
    "long-context": [0.6 + edge, 0.6 + edge],
  }),
  "a noisy corpus": (_, edge) => ({
    ...everybody(0.25, 0.4),
    rag: [0.5, 0.5],
    "long-context": [0.35, 0.35],
    hybrid: [0.5, 0.5],
    raft: [0.5 + edge, 0.5 + edge],
  }),
  "few examples": (_, edge) => ({
    ...everybody(0.4, 0.4),
    "few-shot": [0.5 + edge, 0.5 + edge],
    "fine-tuned": [0.3, 0.3],
    hybrid: [0.35, 0.35],
    rag: [0.5, 0.5],
  }),
  "nothing better than prompting": (random) => {
    const level = 0.4 + 0.4 * random.next();
    return { ...everybody(level, level), "fine-tuned": [level - 0.1, level - 0.1] };
  },
};

export const worldNames: readonly string[] = Object.keys(shapes);

/** `perShape` worlds of every shape; the best leads by 5 to 25 points. */
export function makeWorlds(perShape: number, seed: number): readonly World[] {
  return worldNames.flatMap((name, shape) =>
    Array.from({ length: perShape }, (_, index) => {
      const worldSeed = seed + shape * 10_000 + index;
      const random = seededRandom(worldSeed);
      return worldOf(name, worldSeed, shapes[name]!(random, 0.05 + 0.2 * random.next()), random);
    }),
  );
}

/** Worlds in which the first `equals` arms share the top; the others are 15 points below. */
export function equalWorlds(count: number, equals: number, seed: number): readonly World[] {
  return Array.from({ length: count }, (_, index) => {
    const random = seededRandom(seed + index);
    const level = 0.45 + 0.3 * random.next();
    const rows = arms.map(
      (arm, place) => [arm, place < equals ? [level, level] : [level - 0.15, level - 0.15]] as const,
    );
    const accuracy = Object.fromEntries(rows) as unknown as ReturnType<Shape>;
    return worldOf(equals === arms.length ? "no difference" : `${equals} equally good`, seed + index, accuracy, random);
  });
}

/** Worlds in which retrieval leads on facts and tuning on style, each by `gap`. */
export function crossedWorlds(count: number, gap: number, seed: number): readonly World[] {
  return Array.from({ length: count }, (_, index) => {
    const accuracy = {
      ...everybody(0.4, 0.4),
      rag: [0.5 + gap, 0.5],
      "fine-tuned": [0.5, 0.5 + gap],
    } as ReturnType<Shape>;
    return worldOf("kinds with different winners", seed + index, accuracy, seededRandom(seed + index));
  });
}

function everybody(fact: number, style: number): ReturnType<Shape> {
  return Object.fromEntries(arms.map((arm) => [arm, [fact, style]])) as unknown as ReturnType<Shape>;
}

function worldOf(name: string, seed: number, shape: ReturnType<Shape>, random: Random): World {
  const accuracy = Object.fromEntries(
    arms.map((arm) => [arm, { fact: shape[arm][0], style: shape[arm][1] }]),
  ) as World["accuracy"];
  const costs = arms.map((arm, place) => [arm, 0.0005 * 2 ** place * (1 + random.next() / 4)] as const);
  const most = Math.max(...arms.map((arm) => trueQuality(accuracy[arm])));
  const best = arms.find((arm) => trueQuality(accuracy[arm]) >= most - 1e-9)!;
  return { name, seed, accuracy, costPerQueryUsd: Object.fromEntries(costs) as World["costPerQueryUsd"], best };
}

export function trueQuality({ fact, style }: { readonly fact: number; readonly style: number }): number {
  return (fact + style) / 2;
}
