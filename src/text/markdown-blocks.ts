// Cuts Markdown into its top-level blocks with exact offsets. Knows nothing of what stands inside a block.
import { Lexer, type Token, Tokenizer, type TokensList } from "marked";

export type BlockKind = "heading" | "prose" | "table" | "code" | "lines";

/** Blocks tile the text: each ends where the next begins, blank lines belonging to the block before them. */
export type Block = {
  readonly kind: BlockKind;
  readonly start: number;
  readonly end: number;
  /** Headings only: 1 to 6, and the words without marks. */
  readonly level?: number;
  readonly heading?: string;
};

/** Blocks of `text`, whose first character has offset `base`. Linear in the length of the text, hostile or not. */
export function markdownBlocks(text: string, base: number): readonly Block[] {
  const blocks: Block[] = [];
  let at = base;
  for (const token of topLevelTokens(text)) {
    const start = at;
    at += token.raw.length;
    const last = blocks.at(-1);
    if (token.type === "space" && last) blocks[blocks.length - 1] = { ...last, end: at };
    else blocks.push(blockOf(token, start, at));
  }
  return blocks;
}

/** Paragraphs divided by blank lines, for text that has no Markdown in it. */
export function plainBlocks(text: string, base: number): readonly Block[] {
  const blocks: Block[] = [];
  const gap = /\n[ \t\r]*\n\s*/g;
  let start = 0;
  for (const match of text.matchAll(gap)) {
    const end = match.index + match[0].length;
    blocks.push({ kind: "prose", start: base + start, end: base + end });
    start = end;
  }
  if (start < text.length) blocks.push({ kind: "prose", start: base + start, end: base + text.length });
  return blocks;
}

const structure =
  /^ {0,3}(?:#{1,6}[ \t]|```|~~~|[-=]{2,}[ \t]*$|\|)|\|[ \t]*:?-{2,}|^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]/m;

/** False where `plainBlocks` would find the same paragraphs, at a fraction of the cost. */
export function hasMarkdown(text: string): boolean {
  return structure.test(text);
}

function blockOf(token: Token, start: number, end: number): Block {
  if (token.type === "heading") {
    return {
      kind: "heading",
      start,
      end,
      level: token["depth"] as number,
      heading: plainHeading(token["text"] as string),
    };
  }
  if (token.type === "table" || token.type === "code") return { kind: token.type, start, end };
  return { kind: "prose", start, end };
}

function plainHeading(markdown: string): string {
  return markdown
    .replace(/!?\[([^\][]*)\]\([^()]*\)/g, "$1")
    .replace(/\s*\{#[^{}]*\}\s*$/, "")
    .replace(/[*`]+|\\(?=[^\w\s])/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

function topLevelTokens(text: string): readonly Token[] {
  // The lexer counts on \n; a carriage return gives way to a blank of the same width, so that offsets hold.
  const source = text.includes("\r") ? text.replaceAll("\r\n", " \n").replaceAll("\r", "\n") : text;
  return new FlatLexer({ gfm: true, tokenizer: new FlatTokenizer() }).blockTokens(source, []);
}

/** Lexes the outermost blocks only: the lexer's own recursion overflows the stack on deep nesting. */
class FlatLexer extends Lexer {
  #isInside = false;

  override blockTokens(source: string, tokens?: Token[], isClipped?: boolean): Token[];
  override blockTokens(source: string, tokens?: TokensList, isClipped?: boolean): TokensList;
  override blockTokens(source: string, tokens: Token[] = [], isClipped?: boolean): Token[] {
    if (this.#isInside) return tokens;
    this.#isInside = true;
    return super.blockTokens(source, tokens, isClipped);
  }
}

const quoteLine = / {0,3}>/y;

/** Takes a quotation line by line: the library's own rule is quadratic where quoted and unquoted lines alternate. */
class FlatTokenizer extends Tokenizer {
  override blockquote(source: string): ReturnType<Tokenizer["blockquote"]> {
    let end = 0;
    for (quoteLine.lastIndex = 0; quoteLine.test(source); quoteLine.lastIndex = end) {
      const newline = source.indexOf("\n", end);
      end = newline < 0 ? source.length : newline + 1;
      if (end === source.length) break;
    }
    if (end === 0) return undefined;
    const raw = source.slice(0, end);
    return { type: "blockquote", raw, text: raw, tokens: [] };
  }
}
