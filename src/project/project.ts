// The library's front door: a project with the same operations as the command line.

import type { Comparison } from "../core/comparison.ts";
import { type Progress, silentProgress } from "../core/progress.ts";
import { type AskOptions, type AskResult, ask } from "./ask.ts";
import { type CompareOptions, compare } from "./comparison/compare.ts";
import type { ResolvedConfig } from "./config/config-schema.ts";
import { type IngestOptions, type IngestResult, ingest } from "./knowledge/ingest.ts";
import { type SearchOptions, type SearchResult, search } from "./knowledge/search.ts";
import { type WhyOptions, type WhyResult, why } from "./knowledge/why.ts";
import { openContext } from "./wiring/context.ts";

type WithoutProgress<T> = Omit<T, "progress">;

export type Project = {
  readonly directory: string;
  readonly config: ResolvedConfig;
  ingest(options?: WithoutProgress<IngestOptions>): Promise<IngestResult>;
  search(options: SearchOptions): AsyncIterable<SearchResult>;
  ask(options: WithoutProgress<AskOptions>): AsyncIterable<AskResult>;
  why(options: WhyOptions): Promise<WhyResult>;
  compare(options?: WithoutProgress<CompareOptions>): Promise<Comparison>;
  close(): void;
};

/** Opens the project in `directory`. `progress` hears of long work; default: silence. Close it when done. */
export async function openProject(directory: string, progress: Progress = silentProgress): Promise<Project> {
  const context = await openContext(directory);
  return {
    directory: context.directory,
    config: context.config,
    ingest: (options = {}) => ingest(context, { ...options, progress }),
    search: (options) => search(context, options),
    ask: (options) => ask(context, { ...options, progress }),
    why: (options) => why(context, options),
    compare: (options = {}) => compare(context, { ...options, progress }),
    close: () => context.close(),
  };
}
