// PDF files: the text of every page, with headings, lists and tables rebuilt from where the glyphs stand.
import type { PageSpan, Parser } from "../core/documents.ts";
import { titleOf } from "./document-fields.ts";
import { pageMarkdown, typographyOf, wordBookOf } from "./pdf-paragraphs.ts";
import { type Row, type Run, rowsOf } from "./pdf-rows.ts";
import { unreadable } from "./read-result.ts";
import { tidyText } from "./tidy-text.ts";

export const pdfParser: Parser = {
  name: "documents/pdf",
  version: "1",
  config: null,
  extensions: ["pdf"],
  async *parse({ source, bytes }) {
    const file = await openFile(bytes);
    try {
      const { pages, title } = await readPages(file);
      const { text, spans } = joinedPages(pages);
      if (text === "") throw unreadable("the PDF holds pictures but no text: it needs OCR, which Assay does not do");
      const withoutText = pages.filter((page) => page === "").length;
      yield {
        id: source,
        source,
        title: titleOf(source, text, undefined, title),
        text,
        format: "pdf",
        metadata: { pageCount: pages.length, ...(withoutText > 0 ? { pagesWithoutText: withoutText } : {}) },
        groups: [],
        pages: spans,
      };
    } finally {
      await file.loadingTask.destroy();
    }
  },
};

type PdfFile = Awaited<ReturnType<typeof import("unpdf")["getDocumentProxy"]>>;
type PdfPage = Awaited<ReturnType<PdfFile["getPage"]>>;

async function openFile(bytes: Uint8Array): Promise<PdfFile> {
  const { getDocumentProxy } = await import("unpdf");
  try {
    // The library takes possession of the bytes, hence the copy. Verbosity 0: it would print warnings to stdout.
    return await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "";
    if (name === "PasswordException")
      throw unreadable("the PDF is protected by a password: save a copy without one", cause);
    throw unreadable("the file is damaged, or no PDF", cause);
  }
}

async function readPages(
  file: PdfFile,
): Promise<{ readonly pages: readonly string[]; readonly title: string | undefined }> {
  const rows: (readonly Row[])[] = [];
  for (let number = 1; number <= file.numPages; number++) rows.push(await rowsOfPage(file, number));
  const typography = typographyOf(rows);
  const words = wordBookOf(rows);
  const { info } = (await file.getMetadata().catch(() => ({ info: {} }))) as { info: { Title?: unknown } };
  const title =
    typeof info.Title === "string" && !/^(?:microsoft word|untitled|slide \d)/i.test(info.Title)
      ? info.Title
      : undefined;
  return { pages: rows.map((page) => tidyText(pageMarkdown(page, typography, words))), title };
}

/** A page that cannot be read is empty; the others still count. */
async function rowsOfPage(file: PdfFile, number: number): Promise<readonly Row[]> {
  try {
    const page = await file.getPage(number);
    const runs = await runsOf(page);
    const { height } = page.getViewport({ scale: 1 });
    page.cleanup();
    return rowsOf(runs, height);
  } catch {
    return [];
  }
}

/** Runs as the reader sees them, with the page's rotation applied. Text across the page, a watermark say, comes last. */
async function runsOf(page: PdfPage): Promise<readonly Run[]> {
  const [a, b, c, d, e, f] = page.getViewport({ scale: 1 }).transform as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const { items } = await page.getTextContent();
  const upright: Run[] = [];
  const turned: Run[] = [];
  for (const item of items) {
    if (!("str" in item) || item.str.trim() === "") continue;
    const [ia, ib, , , ie, itf] = item.transform as [number, number, number, number, number, number];
    const across = Math.abs(a * ia + c * ib) < Math.abs(b * ia + d * ib);
    const x = a * ie + c * itf + e;
    const y = b * ie + d * itf + f;
    const run = {
      text: item.str,
      width: item.width,
      size: item.height || Math.hypot(ia, ib),
      isRightToLeft: item.dir === "rtl",
    };
    if (across) turned.push({ ...run, x: y, y: x });
    else upright.push({ ...run, x, y });
  }
  return [...upright, ...turned];
}

function joinedPages(pages: readonly string[]): { readonly text: string; readonly spans: readonly PageSpan[] } {
  const spans: PageSpan[] = [];
  let text = "";
  for (const [index, page] of pages.entries()) {
    if (page !== "" && text !== "") text += "\n\n";
    spans.push({ page: index + 1, start: text.length, end: text.length + page.length });
    text += page;
  }
  return { text, spans };
}
