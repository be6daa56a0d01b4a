// Reads the small Markdown that the binary documents are written in: headings, paragraphs, lists and tables.
import { lexer, type Token, type Tokens } from "marked";

export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** Throws on any other Markdown, so that nothing of a document is lost silently. */
export function blocksOf(markdown: string): readonly Block[] {
  return lexer(markdown)
    .filter((token) => token.type !== "space")
    .map(blockOf);
}

/** The block's words in reading order, table cells apart by a space. */
export function textOf(block: Block): string {
  if (block.kind === "list") return block.items.join(" ");
  if (block.kind === "table") return [block.header, ...block.rows].map((row) => row.join(" ")).join(" ");
  return block.text;
}

function blockOf(token: Token): Block {
  switch (token.type) {
    case "heading":
      return { kind: "heading", level: (token as Tokens.Heading).depth, text: token["text"] };
    case "paragraph":
      return { kind: "paragraph", text: token["text"].replaceAll("\n", " ") };
    case "list": {
      const list = token as Tokens.List;
      return { kind: "list", ordered: list.ordered, items: list.items.map((item) => item.text) };
    }
    case "table": {
      const table = token as Tokens.Table;
      return {
        kind: "table",
        header: table.header.map((cell) => cell.text),
        rows: table.rows.map((row) => row.map((cell) => cell.text)),
      };
    }
    default:
      throw new Error(`No place for Markdown of type "${token.type}" in this document: ${token.raw.slice(0, 60)}`);
  }
}
