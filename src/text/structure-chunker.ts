// Cuts a document where its author did: at pages, headings, blocks, then sentences and rows.
// Every chunk is an exact slice of the stored text. Knows nothing of embedding, indexes or models.
import type { Chunk, Chunker, SourceDocument } from "../core/documents.ts";
import { type ChunkSpan, chunksFrom, regionsOf } from "./chunk-spans.ts";
import { type Block, hasMarkdown, markdownBlocks, plainBlocks } from "./markdown-blocks.ts";
import { packSection } from "./section-packing.ts";
import { countTokens, tokenCounterName } from "./tokens.ts";

export type StructureChunkerOptions = {
  /** Tokens, by `countTokens`, that no chunk exceeds. Default 400. */
  readonly maxTokens?: number;
  /** A chunk with this many tokens takes in no further section. Default: half of `maxTokens`. */
  readonly minTokens?: number;
  /** Whole sentences of up to this many tokens are repeated where a long section is cut. Default 60. */
  readonly overlapTokens?: number;
};

export type ChunkSizes = { readonly maxTokens: number; readonly minTokens: number; readonly overlapTokens: number };

/** A heading with the blocks below it, up to the next heading. */
type Section = { readonly path: readonly string[]; readonly blocks: readonly Block[]; readonly tokens: number };

/**
 * The default chunker. `headingPath` of a chunk that holds several sections is what they share; for a chunk that begins
 * inside a table, its last element is the table's header row.
 */
export function structureChunker(options: StructureChunkerOptions = {}): Chunker {
  const { maxTokens = 400, overlapTokens = 60 } = options;
  const sizes: ChunkSizes = { maxTokens, overlapTokens, minTokens: options.minTokens ?? Math.floor(maxTokens / 2) };
  return {
    name: "structure",
    version: "1",
    config: { ...sizes, tokens: tokenCounterName },
    chunk: (document) => chunkDocument(document, sizes),
  };
}

function chunkDocument(document: SourceDocument, sizes: ChunkSizes): readonly Chunk[] {
  const spans: ChunkSpan[] = [];
  const headings: OpenHeading[] = [];
  for (const { start, end, page } of regionsOf(document)) {
    const sections = sectionsOf(document.text, blocksOf(document, start, end), headings, sizes);
    for (const span of packSections(document.text, sections, sizes)) spans.push(page ? { ...span, page } : span);
  }
  return chunksFrom(document, spans);
}

function blocksOf(document: SourceDocument, start: number, end: number): readonly Block[] {
  const text = document.text.slice(start, end);
  if (document.format === "csv") return [{ kind: "lines", start, end }];
  const isPlain = (document.format === "row" || document.format === "text") && !hasMarkdown(text);
  return isPlain ? plainBlocks(text, start) : markdownBlocks(text, start);
}

type OpenHeading = { readonly level: number; readonly words: string };

/** Groups blocks below their headings. `open` carries the headings above from page to page. */
function sectionsOf(
  text: string,
  blocks: readonly Block[],
  open: OpenHeading[],
  sizes: ChunkSizes,
): readonly Section[] {
  const sections: { path: readonly string[]; blocks: Block[]; tokens: number }[] = [];
  for (const block of blocks) {
    if (block.kind === "heading") enter(open, block);
    if (block.kind === "heading" || sections.length === 0) {
      sections.push({ path: open.map(({ words }) => words).filter((words) => words !== ""), blocks: [], tokens: 0 });
    }
    const section = sections[sections.length - 1];
    section?.blocks.push(block);
  }
  for (const section of sections) section.tokens = tokensUpTo(text, section.blocks, sizes.maxTokens);
  return sections;
}

function enter(open: OpenHeading[], { level = 1, heading = "" }: Block): void {
  while ((open.at(-1)?.level ?? 0) >= level) open.pop();
  open.push({ level, words: heading });
}

/** Tokens of the blocks; where they are surely above `limit`, some number above it. */
function tokensUpTo(text: string, blocks: readonly Block[], limit: number): number {
  const start = blocks[0]?.start ?? 0;
  const end = blocks.at(-1)?.end ?? 0;
  const longestToken = 64;
  return end - start > limit * longestToken ? limit + 1 : countTokens(text.slice(start, end));
}

/** Small neighbours share a chunk; a section that does not fit is cut; a heading alone goes with what follows. */
function* packSections(text: string, sections: readonly Section[], sizes: ChunkSizes): Generator<ChunkSpan> {
  let group: Section | undefined;
  let parent: readonly string[] = [];
  for (const section of sections) {
    const joined: Section | undefined = group && join(group, section);
    if (group && joined && joined.tokens <= sizes.maxTokens && mayJoin(group, parent, section, sizes)) {
      group = joined;
      continue;
    }
    if (group && joined && isHeadingOnly(group)) {
      yield* packSection(text, { ...joined, path: section.path }, sizes);
      group = undefined;
      continue;
    }
    if (group) yield* packSection(text, group, sizes);
    group = section;
    parent = section.path.slice(0, -1);
  }
  if (group) yield* packSection(text, group, sizes);
}

function mayJoin(group: Section, parent: readonly string[], section: Section, sizes: ChunkSizes): boolean {
  if (isHeadingOnly(group)) return true;
  return group.tokens < sizes.minTokens && parent.every((words, index) => section.path[index] === words);
}

function isHeadingOnly(section: Section): boolean {
  return section.blocks.every(({ kind }) => kind === "heading");
}

function join(group: Section, section: Section): Section {
  const shared = group.path.findIndex((words, index) => section.path[index] !== words);
  return {
    path: isHeadingOnly(group) ? section.path : shared < 0 ? group.path : group.path.slice(0, shared),
    blocks: [...group.blocks, ...section.blocks],
    tokens: group.tokens + section.tokens,
  };
}
