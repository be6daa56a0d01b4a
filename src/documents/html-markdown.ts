// HTML to Markdown: headings, lists, tables and code survive; layout, scripts and pictures do not.
// Shared by every format whose library speaks HTML.

/** Reads a tree of any DOM implementation. */
export type HtmlConverter = (root: HTMLElement) => string;

const noText = ["script", "style", "noscript", "template", "iframe", "object", "button", "select", "input", "textarea"];

/** Loads the libraries on first use. */
export async function htmlConverter(): Promise<HtmlConverter> {
  const { default: Turndown } = await import("turndown");
  const { gfm } = await import("@joplin/turndown-plugin-gfm");
  const service = new Turndown({
    headingStyle: "atx",
    codeBlockStyle: "fenced",
    bulletListMarker: "-",
    emDelimiter: "*",
  });
  service.use(gfm);
  service.remove(noText);
  service.addRule("pictures", {
    filter: ["img", "picture", "video", "audio", "canvas"],
    replacement: (_, node) => node.getAttribute("alt")?.trim() ?? "",
  });
  // A reader quotes the words of a link, never its address.
  service.addRule("links", { filter: "a", replacement: (content) => content });
  return (root) => service.turndown(root);
}
