// `npm run bench -- decisions --data DIR [--sets worlds]`: is the recommendation right, and does it say when it cannot know?
import { type Outcome, playGap, playWorld, simulatedQuestions } from "./decision-trials.ts";
import { crossedWorlds, equalWorlds, makeWorlds, type World, worldNames } from "./decision-worlds.ts";
import { decisionsOnRealData } from "./decisions-end-to-end.ts";
import { type BenchOptions, markdownTable } from "./tables.ts";

const sizes = [25, 50, 100, 200, 400];
const worldsPerShape = 30;
const nullWorlds = 400;
const gapTrials = 400;
/** Fewer than the product's 10,000: the smallest p is then 0.001, below every threshold that Holm sets here. */
const resamples = 1_000;

/** `--sets worlds` leaves the real data out. */
export async function benchDecisions(options: BenchOptions): Promise<string> {
  const onlyWorlds = options.sets?.length === 1 && options.sets[0] === "worlds";
  const real = onlyWorlds ? [] : [await decisionsOnRealData(options)];
  return [...simulations(), ...real].join("\n\n");
}

function simulations(): readonly string[] {
  const worlds = makeWorlds(worldsPerShape, 1);
  const equal = equalWorlds(nullWorlds, 7, 500_000);
  const paired = equalWorlds(nullWorlds, 2, 600_000);
  const crossed = crossedWorlds(100, 0.3, 700_000);
  const bySize = sizes.map((n) => {
    const resampling = simulatedQuestions(n, resamples);
    const play = (of: readonly World[]) => of.map((world) => ({ world, outcome: playWorld(world, resampling) }));
    const gaps = Array.from({ length: gapTrials }, (_, trial) => playGap(0.15, 0.25, resampling, 800_000 + trial));
    return { n, worlds: play(worlds), equal: play(equal), paired: play(paired), crossed: play(crossed), gaps };
  });
  const differing = (played: readonly Played[]) =>
    played.filter(({ world }) => world.name !== "nothing better than prompting");
  return [
    `### ${worlds.length} worlds with a known best approach, seven arms`,
    markdownTable(
      [
        "questions",
        "winner claimed, right",
        "winner claimed, wrong",
        "not decided, best named",
        "not decided, another named",
        "mean accuracy given away",
      ],
      bySize.map(({ n, worlds: played }) => [String(n), ...outcomeCells(differing(played))]),
    ),
    `### By world, at 200 questions`,
    markdownTable(
      [
        "world",
        "winner claimed, right",
        "winner claimed, wrong",
        "not decided, best named",
        "not decided, another named",
        "mean accuracy given away",
      ],
      worldNames.map((name) => [name, ...outcomeCells(bySize[3]!.worlds.filter(({ world }) => world.name === name))]),
    ),
    `### Bars`,
    markdownTable(
      [
        "questions",
        `winner claimed, all seven equal (${nullWorlds} worlds; bar: at most 5%)`,
        `winner claimed, two equal best (${nullWorlds})`,
        `gap of 15 points named against six others (${gapTrials}; bar at 200: at least 90%)`,
        "router claimed, all equal",
        "router claimed, winners differ by 30 points",
      ],
      bySize.map(({ n, equal: none, paired: two, crossed: different, gaps }) => [
        String(n),
        share(none.filter(({ outcome }) => outcome.isClaimed).length, none.length),
        share(two.filter(({ outcome }) => outcome.isClaimed).length, two.length),
        share(gaps.filter(Boolean).length, gaps.length),
        share(none.filter(({ outcome }) => outcome.isRoutingClaimed).length, none.length),
        share(different.filter(({ outcome }) => outcome.isRoutingClaimed).length, different.length),
      ]),
    ),
  ];
}

type Played = { readonly world: World; readonly outcome: Outcome };

function outcomeCells(played: readonly Played[]): readonly string[] {
  const count = (isClaimed: boolean, isRight: boolean) =>
    played.filter(({ outcome }) => outcome.isClaimed === isClaimed && outcome.isRight === isRight).length;
  const lost = played.reduce((total, { outcome }) => total + outcome.lost, 0) / played.length;
  return [
    share(count(true, true), played.length),
    share(count(true, false), played.length),
    share(count(false, true), played.length),
    share(count(false, false), played.length),
    `${(100 * lost).toFixed(1)} points`,
  ];
}

function share(count: number, of: number): string {
  return `${((100 * count) / of).toFixed(1)}%`;
}
