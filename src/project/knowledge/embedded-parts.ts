// The models that are adapted on the project's own documents, built once and then frozen: analyser, lexicon, static embedder.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Chunk } from "../../core/documents.ts";
import { AssayError } from "../../core/errors.ts";
import type { Embedder } from "../../core/models.ts";
import type { Progress } from "../../core/progress.ts";
import { adaptStaticEmbedder, openStaticEmbedder } from "../../models/embedded/static/static-embedder.ts";
import { type Analyser, createAnalyser, detectLanguages } from "../../text/analyser.ts";
import { chunkContext, contextualText } from "../../text/contextual-text.ts";
import { buildLexicon, type Lexicon, lexiconFromJson } from "../../text/lexicon.ts";
import type { StageGraph } from "../state/stage-graph.ts";

export type EmbeddedParts = { readonly analyser: Analyser; readonly lexicon: Lexicon; readonly embedder: Embedder };

export type AdaptInput = {
  readonly chunks: () => Iterable<Chunk>;
  readonly corpusHash: string;
  /** ISO 639-1 codes, or "auto" to read them off the chunks. */
  readonly languages: "auto" | readonly string[];
  readonly seed: number;
};

/** Adapting sees at most this many passages, evenly spread: more adds time and hardly any vocabulary. */
const mostPassages = 100_000;

/** Builds the parts for this corpus, or finds them built. Returns the key by which `openEmbeddedParts` opens them. */
export async function adaptEmbeddedParts(stages: StageGraph, input: AdaptInput, progress: Progress): Promise<string> {
  const { seed, corpusHash } = input;
  const languages = input.languages === "auto" ? "auto" : [...input.languages];
  const component = { name: "embedded-parts", version: "1", config: { seed, languages } };
  const result = await stages.folder({ component, inputs: { corpus: corpusHash } }, async (directory) => {
    const chunks = spread([...input.chunks()], mostPassages);
    const analyser = createAnalyser({
      languages: input.languages === "auto" ? detectLanguages(chunks.map((chunk) => chunk.text)) : input.languages,
    });
    const lexicon = buildLexicon(termLists(chunks, analyser));
    await writeFile(join(directory, "analyser.json"), JSON.stringify({ languages: analyser.languages }));
    await writeFile(join(directory, "lexicon.json"), JSON.stringify(lexicon));
    const stage = progress.start("Adapting the embedder to these documents");
    const passages = chunks.map((chunk) => ({ title: chunkContext(chunk), text: chunk.text }));
    await adaptStaticEmbedder({ passages, directory: join(directory, "embedder"), seed, progress: stage });
    stage.end();
    return { passages: chunks.length };
  });
  return result.key;
}

/** Opens what `adaptEmbeddedParts` left. Throws `AssayError` `corrupt-state` where files are missing or damaged. */
export async function openEmbeddedParts(directory: string): Promise<EmbeddedParts> {
  try {
    const { languages } = JSON.parse(await readFile(join(directory, "analyser.json"), "utf8")) as {
      languages: string[];
    };
    const lexicon = lexiconFromJson(JSON.parse(await readFile(join(directory, "lexicon.json"), "utf8")));
    const embedder = await openStaticEmbedder(join(directory, "embedder"));
    return { analyser: createAnalyser({ languages }), lexicon, embedder };
  } catch (cause) {
    if (AssayError.isInstance(cause)) throw cause;
    throw new AssayError({
      code: "corrupt-state",
      message: `${directory}: the adapted models cannot be read`,
      remedy: "run `assay ingest --readapt`",
      cause,
    });
  }
}

function* termLists(chunks: readonly Chunk[], analyser: Analyser): Iterable<readonly string[]> {
  for (const chunk of chunks) yield analyser.terms(contextualText(chunk));
}

/** At most `most` items, evenly spread and in order. */
function spread<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, position) => items[Math.floor((position * items.length) / most)] as T);
}
