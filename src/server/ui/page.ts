// The web page at /: one self-contained document made of the files beside this one, and the policy that admits nothing else.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** Parts of the script, each after what it uses. */
const scriptParts = ["elements", "wire", "source-view", "feedback-view", "answer-view", "main"] as const;

export type UiPage = {
  readonly html: string;
  /** Content-Security-Policy: these very bytes of style and script, calls to this server, and nothing else. */
  readonly policy: string;
};

export function uiPage(): UiPage {
  const style = read("style.css");
  const script = scriptParts.map((part) => asPart(read(`${part}.js`))).join("\n");
  const html = read("page.html")
    .replace('<link rel="stylesheet" href="style.css">', () => `<style>${style}</style>`)
    .replace('<script type="module" src="main.js"></script>', () => `<script type="module">${script}</script>`);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // Browsers that know it refuse to make markup from text at all.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return { html, policy };
}

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

/** The parts are modules that import each other by whole lines: in one script the names are there already. */
function asPart(source: string): string {
  return source.replace(/^import [^;]*;\n/gm, "").replace(/^export /gm, "");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
