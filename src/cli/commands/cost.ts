// assay cost
import { type Command, InvalidArgumentError } from "commander";
import { renderMoney } from "../../report/money-terminal.ts";
import {
  type CommonOptions,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";

type Options = CommonOptions & {
  readonly queriesPerMonth?: number;
  readonly horizonMonths?: number;
  readonly documentChangesPerMonth?: number;
  readonly behaviourChangesPerMonth?: number;
  readonly batchShare?: number;
};

export const registerCost: Register = (program: Command) => {
  const command = program
    .command("cost")
    .description("monthly cost and break-even volume per approach, from the last comparison's measured calls")
    .option("--queries-per-month <n>", "default: queriesPerMonth of the config", amount)
    .option("--horizon-months <n>", "months over which upfront costs are spread", positive)
    .option("--document-changes-per-month <n>", "how many documents change", amount)
    .option("--behaviour-changes-per-month <n>", "how often the wanted behaviour changes", amount)
    .option("--batch-share <share>", "share of the questions that can wait for a batch, 0 to 1", share);
  withCommonOptions(command).action(async ({ project, json, verbose, ...traffic }: Options) => {
    const common = { project, ...(json ? { json } : {}), ...(verbose ? { verbose } : {}) };
    const result = await withProject(common, async (context) => {
      const { cost } = await import("../../project/decision/cost.ts");
      return cost(context, traffic);
    });
    if (json) printJson(result);
    else printLine(renderMoney(result));
  });
};

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("expected a number, 0 or more.");
  return value;
}

function positive(text: string): number {
  const value = amount(text);
  if (value === 0) throw new InvalidArgumentError("expected more than 0.");
  return value;
}

function share(text: string): number {
  const value = amount(text);
  if (value > 1) throw new InvalidArgumentError("expected a share between 0 and 1.");
  return value;
}
