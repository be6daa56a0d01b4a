// HTML to Markdown: headings, lists, tables and code survive; layout, scripts and pictures do not.
// Shared by every format whose library speaks HTML.
import type TurndownService from "turndown";
import { addTableRules, withoutTableMarks } from "./html-tables.ts";

/** Reads a tree of any DOM implementation. */
export type HtmlConverter = (root: HTMLElement) => string;

const noText = ["script", "style", "noscript", "template", "iframe", "object", "button", "select", "input", "textarea"];
const pictures = ["img", "picture", "video", "audio", "canvas", "svg"];

/** Loads the library on first use. */
export async function htmlConverter(): Promise<HtmlConverter> {
  const { default: Turndown } = await import("turndown");
  const service = new Turndown({
    headingStyle: "atx",
    codeBlockStyle: "fenced",
    bulletListMarker: "-",
    emDelimiter: "*",
  });
  service.remove(noText);
  service.addRule("pictures", { filter: pictures, replacement: (_, node) => node.getAttribute("alt")?.trim() ?? "" });
  // A reader quotes the words of a link, never its address.
  service.addRule("links", { filter: "a", replacement: (content) => content });
  addCodeRule(service);
  addTableRules(service);
  return (root) => withoutTableMarks(service.turndown(root));
}

/** Every preformatted block is code, whether or not it says so. */
function addCodeRule(service: TurndownService): void {
  service.addRule("code", {
    filter: "pre",
    replacement: (_, node) => {
      const code = node.textContent ?? "";
      const language =
        /lang(?:uage)?-([\w+#-]+)/.exec(node.querySelector("code")?.getAttribute("class") ?? "")?.[1] ?? "";
      const fence = code.includes("```") ? "~~~~" : "```";
      return `\n\n${fence}${language}\n${code.replace(/^\n|\s+$/g, "")}\n${fence}\n\n`;
    },
  });
}
