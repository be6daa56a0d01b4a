// Makes the generated documents under docs/ (PDF, DOCX and help pages) from the Markdown beside this file.
// Run: node examples/tidewater/make/documents.ts
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { blocksOf } from "./writers/blocks.ts";
import { docxOf } from "./writers/docx.ts";
import { helpPageOf, titleOf } from "./writers/help-page.ts";
import { pdfOf } from "./writers/pdf.ts";

const project: string = join(import.meta.dirname, "..");

/** A generated document: where it lies under the project, and the Markdown that it is made from. */
export type Made = {
  readonly source: string;
  readonly format: "pdf" | "docx" | "html";
  readonly slug: string;
  readonly markdown: string;
};

const kinds = [
  { folder: "pdf", format: "pdf", target: "docs/contracts" },
  { folder: "docx", format: "docx", target: "docs/procedures" },
  { folder: "help", format: "html", target: "docs/help" },
] as const;

/** Every generated document, sorted by folder and name. */
export function madeDocuments(): readonly Made[] {
  return kinds.flatMap(({ folder, format, target }) =>
    readdirSync(join(import.meta.dirname, folder))
      .sort()
      .map((name) => {
        const slug = basename(name, ".md");
        const markdown = readFileSync(join(import.meta.dirname, folder, name), "utf8");
        return { source: `${target}/${slug}.${format}`, format, slug, markdown };
      }),
  );
}

/** The bytes of one document. Help pages link to the other articles of `all`. */
export function render(made: Made, all: readonly Made[]): string | Buffer {
  if (made.format === "pdf") return pdfOf(titleOf(made.markdown), blocksOf(made.markdown));
  if (made.format === "docx") return docxOf(blocksOf(made.markdown));
  const articles = all
    .filter(({ format }) => format === "html")
    .map(({ slug, markdown }) => ({ slug, title: titleOf(markdown) }));
  return helpPageOf(made.markdown, made.slug, articles);
}

/** Writes `content` to `path` under the project, making its folder. */
export function writeToProject(path: string, content: string | Buffer): void {
  const file = join(project, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

if (import.meta.main) {
  const all = madeDocuments();
  for (const made of all) writeToProject(made.source, render(made, all));
  console.log(`${all.length} documents written`);
}
