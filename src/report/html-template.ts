// Builds markup in which everything interpolated is escaped, unless it was itself built here. Knows no report.

const trusted: unique symbol = Symbol("trusted markup");

/** Markup that is safe to place between tags. Only `html` and `verbatim` make it; no JSON can pose as it. */
export type Html = { readonly [trusted]: string };

export type HtmlPart = Html | string | number | null | undefined | false | readonly HtmlPart[];

/** Tagged template: text and numbers are escaped, lists joined, nothing-values left out. Attributes need double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const markup = strings.map((text, at) => (at === 0 ? text : rendered(parts[at - 1]) + text)).join("");
  return { [trusted]: markup };
}

/** Text that the report's own source holds, such as its stylesheet. Never anything that came from outside. */
export function verbatim(text: string): Html {
  return { [trusted]: text };
}

export function markupOf(page: Html): string {
  return page[trusted];
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Characters that HTML forbids even as text: controls but tab and line ends, and halves of surrogate pairs. */
const forbidden = /[\p{Control}--[\t\n\r]]|\p{Surrogate}/gv;

export function escapeHtml(text: string): string {
  return text.replace(forbidden, "\uFFFD").replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

function rendered(part: HtmlPart): string {
  if (part === null || part === undefined || part === false) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return escapeHtml(String(part));
  return isHtml(part) ? part[trusted] : part.map(rendered).join("");
}

function isHtml(part: Html | readonly HtmlPart[]): part is Html {
  return trusted in part;
}
