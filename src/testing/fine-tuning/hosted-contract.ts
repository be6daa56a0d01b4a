// What every trainer at a provider must do, whatever protocol it speaks, against a fake of its service. The test runner is handed
// in, so that this file can be shipped.
import { endCases } from "./hosted-ends.ts";
import { killCases } from "./hosted-kills.ts";
import { lifeCases } from "./hosted-life.ts";
import { refusalCases } from "./hosted-refusals.ts";
import { type HostedCases, type HostedContext, type HostedSubject, openStand } from "./hosted-stand.ts";
import { troubleCases } from "./hosted-trouble.ts";

/** The parts of vitest, jest and their like that the suite uses. */
export type HostedTestRunner = {
  readonly describe: (name: string, body: () => void) => void;
  readonly test: (name: string, body: () => Promise<void>, timeoutMs?: number) => void;
  readonly expect: HostedContext["expect"];
};

/** Being killed at every state takes seconds. */
const timeoutMs = 120_000;

export function describeHostedTrainer(subject: HostedSubject, { describe, test, expect }: HostedTestRunner): void {
  const parts: Readonly<Record<string, HostedCases>> = {
    "its life": lifeCases,
    "its ends": endCases,
    "in trouble": troubleCases,
    refusing: refusalCases,
    killed: killCases,
  };
  for (const [part, cases] of Object.entries(parts)) {
    describe(`${subject.name}: ${part}`, () => {
      for (const [demand, run] of Object.entries(cases)) {
        const once = async () => {
          const stand = await openStand(subject);
          await run({ subject, stand, expect }).finally(() => stand.close());
        };
        test(demand, once, timeoutMs);
      }
    });
  }
}
