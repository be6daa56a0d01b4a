// Markdown files: kept as they are, with front matter taken off as metadata.
import type { Parser } from "../core/documents.ts";
import { decodeText } from "./decode-text.ts";
import { groupsOf, titleOf } from "./document-fields.ts";
import { splitFrontMatter } from "./front-matter.ts";
import { tidyText } from "./tidy-text.ts";

export const markdownParser: Parser = {
  name: "documents/markdown",
  version: "1",
  config: null,
  extensions: ["md", "markdown", "mdown", "mkd", "mdx"],
  async *parse({ source, bytes }) {
    const { metadata, body } = splitFrontMatter(decodeText(bytes).replace(/\r\n?/g, "\n"));
    const { title, groups, ...rest } = metadata;
    const text = tidyText(body);
    yield {
      id: source,
      source,
      title: titleOf(source, text, title),
      text,
      format: "markdown",
      metadata: rest,
      groups: groupsOf(groups),
    };
  },
};
