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
  addHeadingRule(service);
  addListRule(service);
  addCodeRule(service);
  addTableRules(service);
  return (root) => withoutTableMarks(service.turndown(root));
}

/** Set on first-level headings, which Readability turns into second-level ones. */
export const firstLevelMark = "data-first-level";

function addHeadingRule(service: TurndownService): void {
  service.addRule("first-level", {
    filter: (node) => node.nodeName === "H2" && node.getAttribute(firstLevelMark) !== null,
    replacement: (content) => `\n\n# ${content}\n\n`,
  });
}

/** One blank behind the mark, where the library puts three. */
function addListRule(service: TurndownService): void {
  service.addRule("list-item", {
    filter: "li",
    replacement: (content, node) => {
      const parent = node.parentElement;
      const start = Number(parent?.getAttribute("start") ?? 1) || 1;
      const position = parent?.nodeName === "OL" ? [...parent.children].indexOf(node) : -1;
      const mark = position >= 0 ? `${start + position}. ` : "- ";
      const indented = content.trim().replace(/\n(?=.)/g, `\n${" ".repeat(mark.length)}`);
      return `${mark}${indented}${node.nextSibling ? "\n" : ""}`;
    },
  });
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
