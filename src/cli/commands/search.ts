// assay search
import type { Command } from "commander";
import pc from "picocolors";
import type { SearchResult } from "../../project/knowledge/search.ts";
import {
  type CommonOptions,
  groupList,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";
import { positiveInteger } from "../numbers.ts";
import { readQueries } from "../queries.ts";

type Options = CommonOptions & { readonly questions?: string; readonly top?: number; readonly groups?: string };

export const registerSearch: Register = (program: Command) => {
  const command = program
    .command("search")
    .description("rank passages for a query, with the rank that each stage gave them")
    .argument("[query]", "what to look for")
    .option("--questions <file>", "JSON lines {id, question} instead of one query")
    .option("--top <k>", "passages per query", positiveInteger)
    .option("--groups <labels>", "see only what these access labels may see, separated by commas");
  withCommonOptions(command).action(async (query: string | undefined, options: Options) => {
    const queries = await readQueries(query, options.questions);
    await withProject(options, async (context) => {
      const { search } = await import("../../project/knowledge/search.ts");
      const top = options.top === undefined ? {} : { topK: options.top };
      for await (const result of search(context, { queries, ...top, ...groupList(options.groups) })) {
        if (options.json) printJson(result);
        else printHits(result);
      }
    });
  });
};

function printHits({ id, hits, ms }: SearchResult): void {
  printLine(pc.bold(`${id}`) + pc.dim(`  ${hits.length} passages, ${ms} ms`));
  hits.forEach((hit, position) => {
    const page = hit.page === undefined ? "" : `, page ${hit.page}`;
    const legs = Object.entries(hit.legs)
      .map(([leg, { rank }]) => `${leg} ${rank}`)
      .join(", ");
    printLine(`${position + 1}. ${pc.cyan(hit.source)}${page} [${hit.start}–${hit.end}]  ${pc.dim(legs)}`);
    printLine(`   ${hit.text.replace(/\s+/g, " ").slice(0, 220)}`);
  });
}
