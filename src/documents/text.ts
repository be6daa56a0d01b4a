// Plain text and its relatives, taken as they are.
import type { Parser } from "../core/documents.ts";
import { decodeText } from "./decode-text.ts";
import { titleOf } from "./document-fields.ts";
import { tidyText } from "./tidy-text.ts";

export const textParser: Parser = {
  name: "documents/text",
  version: "1",
  config: null,
  extensions: ["txt", "text", "log", "rst", "adoc", "asciidoc", "org"],
  async *parse({ source, bytes }) {
    const text = tidyText(decodeText(bytes));
    yield { id: source, source, title: titleOf(source, text), text, format: "text", metadata: {}, groups: [] };
  },
};
