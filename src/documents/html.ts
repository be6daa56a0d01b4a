// HTML pages: the article where there is one, else the main part, without navigation.
import type { Metadata, Parser } from "../core/documents.ts";
import { decodeText } from "./decode-text.ts";
import { titleOf } from "./document-fields.ts";
import { firstLevelMark, type HtmlConverter, htmlConverter } from "./html-markdown.ts";
import { unreadable } from "./read-result.ts";
import { tidyText } from "./tidy-text.ts";

let converter: Promise<HtmlConverter> | undefined;

export const htmlParser: Parser = {
  name: "documents/html",
  version: "1",
  config: null,
  extensions: ["html", "htm", "xhtml"],
  async *parse({ source, bytes }) {
    converter ??= htmlConverter();
    const { parseHTML } = await import("linkedom");
    const html = decodeText(bytes, declaredEncoding(bytes));
    const { document } = parseHTML(wholePage(html));
    const root = await contentOf(document as unknown as Document);
    const text = tidyText((await converter)(root));
    if (text === "") throw unreadable("the page holds no text");
    const title = titleOf(source, text, document.querySelector("title")?.textContent ?? "");
    const metadata = metadataOf(document as unknown as Document);
    yield { id: source, source, title, text, format: "html", metadata, groups: [] };
  },
};

function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 2_048));
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1] ?? /encoding="([\w-]+)"/.exec(head)?.[1];
}

/** The DOM library finds no body in a fragment. */
function wholePage(html: string): string {
  return /<body[\s>]/i.test(html) ? html : `<!doctype html><html><body>${html}</body></html>`;
}

function metadataOf(document: Document): Metadata {
  const description = document.querySelector('meta[name="description"]')?.getAttribute("content")?.trim();
  const language = document.querySelector("html")?.getAttribute("lang")?.trim();
  return { ...(description ? { description } : {}), ...(language ? { language } : {}) };
}

const boilerplate =
  "script, style, noscript, template, nav, body > aside, body > header, body > footer, [role=navigation], [hidden]";
/** An article that keeps less than this part of the page's own text has lost something. */
const leastShare = 0.6;

/** Readability's article, unless it drops much of what stands outside navigation: then the main part of the page. */
async function contentOf(document: Document): Promise<HTMLElement> {
  const { Readability } = await import("@mozilla/readability");
  for (const heading of document.querySelectorAll("h1")) heading.setAttribute(firstLevelMark, "");
  for (const node of document.querySelectorAll(boilerplate)) node.remove();
  const article = articleOf(() =>
    new Readability(document.cloneNode(true) as Document, { serializer: (node) => node, keepClasses: true }).parse(),
  );
  const main = (document.querySelector("main, [role=main]") ?? document.body) as HTMLElement;
  if (!article) return main;
  return lengthOf(article) >= leastShare * lengthOf(main) ? article : main;
}

/** Undefined where the page is no article, or more than the library can take. */
function articleOf(parse: () => { content?: Node | null | undefined } | null): HTMLElement | undefined {
  try {
    return (parse()?.content as HTMLElement | null | undefined) ?? undefined;
  } catch {
    return undefined;
  }
}

function lengthOf(node: Node): number {
  return (node.textContent ?? "").replace(/\s+/g, " ").length;
}
