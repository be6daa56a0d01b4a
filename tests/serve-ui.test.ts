// The page at /: its own script run in a document without a browser, asking the server as it is. What only a browser does
// (laying out, opening a dialog) is left out.
import vm from "node:vm";
import { parseHTML } from "linkedom";
import { afterEach, expect, test } from "vitest";
import { hashOfKey } from "../src/server/callers.ts";
import { uiPage } from "../src/server/ui/page.ts";
import { fakeChatModel } from "../src/testing/fake-chat-model.ts";
import { type ServedApp, type ServedAppOptions, servedApp } from "./served-app.ts";

const url = "http://localhost:8787";
const question = "How often does the island ferry leave?";

type Page = {
  readonly document: Document;
  all(selector: string): readonly Element[];
  text(selector: string): string;
  click(selector: string): void;
  ask(text: string): void;
};

let app: ServedApp;
afterEach(() => app.close());

async function opened(options: ServedAppOptions = {}): Promise<Page> {
  app = await servedApp(options);
  const html = await (await app.request("/")).text();
  const { document, Element, HTMLElement, Event } = parseHTML(html);
  const dialog = document.getElementById("source") as unknown as HTMLDialogElement;
  // What the page calls of a browser and this document does not have.
  Object.assign(HTMLElement.prototype, { scrollIntoView() {}, focus() {} });
  Object.assign(dialog, {
    showModal: () => dialog.setAttribute("open", ""),
    close: () => dialog.removeAttribute("open"),
  });
  for (const id of ["model-a", "model-b"]) {
    let chosen: string | undefined;
    Object.defineProperty(document.getElementById(id) as object, "value", {
      get: () => chosen ?? document.querySelector(`#${id} option`)?.getAttribute("value"),
      set: (value: string) => {
        chosen = value;
      },
    });
  }
  const fetch = (path: string, init?: RequestInit) => app.fetch(new URL(path, url), init);
  const script = /<script type="module">([\s\S]*)<\/script>/.exec(html)?.[1] ?? "";
  new vm.Script(script).runInNewContext({
    document,
    Element,
    fetch,
    AbortController,
    TextDecoder,
    Object,
    Error,
    Map,
    setTimeout,
  });
  const find = (selector: string) => document.querySelector(selector) as unknown as HTMLElement;
  const page: Page = {
    document: document as unknown as Document,
    all: (selector) => [...document.querySelectorAll(selector)] as unknown as Element[],
    text: (selector) => find(selector)?.textContent ?? "",
    click: (selector) => find(selector).dispatchEvent(new Event("click", { bubbles: true }) as never),
    ask(text) {
      (document.getElementById("question") as unknown as { value: string }).value = text;
      find("#ask").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }) as never);
    },
  };
  return page;
}

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 800; turn += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it never came to hold");
}

const isReady = (page: Page) => page.all("#model-a option").length > 1;

test("it is one document that admits its own style and script, and nothing from elsewhere", async () => {
  app = await servedApp();
  const response = await app.request("/");
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; connect-src 'self';/,
  );
  expect(policy).not.toMatch(/unsafe|\*/);
  const { html } = uiPage();
  expect(html).not.toMatch(/<link|<img|<iframe|\ssrc=|\sstyle=|\son\w+=/i);
  const script = /<script type="module">([\s\S]*)<\/script>/.exec(html)?.[1] ?? "";
  expect(script).not.toMatch(
    /\b(?:import|export)\b\s*[{("]|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|localStorage|sessionStorage|cookie/,
  );
});

test("asks, shows the answer with numbers that open the quote where it stands, and takes feedback", async () => {
  const page = await opened();
  await until(() => isReady(page));
  expect(page.all("#model-a option").map((option) => option.textContent)).toContain("long-context");
  page.ask(question);
  await until(() => page.all(".facts").length === 1);
  expect(page.text(".asked")).toBe(question);
  expect(page.text(".said")).toContain("25 minutes");
  expect(page.text(".said")).not.toMatch(/\[\d\]/);
  expect(page.text(".sources .file")).toBe("docs/ferry.md");
  page.click(".cite");
  await until(() => page.all("mark").length === 1);
  expect(page.text("mark")).toBe(page.text(".sources .quote"));
  expect(page.text("#source-text")).toContain("# Island ferry");
  page.click("#source-close");
  expect(page.document.getElementById("source")?.hasAttribute("open")).toBe(false);
  page.click(".feedback button");
  await until(() => page.text(".feedback [role=status]").includes("Kept"));
  expect(page.all(".feedback button")[0]?.getAttribute("aria-pressed")).toBe("true");
  expect(app.context.database.sqlite.prepare("SELECT rating FROM feedback").all()).toEqual([{ rating: "up" }]);
});

test("shows two approaches beside each other, each in its own conversation", async () => {
  const page = await opened();
  await until(() => isReady(page));
  const beside = page.document.getElementById("beside") as HTMLInputElement;
  beside.checked = true;
  (page.document.getElementById("model-b") as HTMLSelectElement).value = "prompt-only";
  page.ask(question);
  await until(() => page.all(".facts").length === 2);
  expect(page.all(".answer h3").map((heading) => heading.textContent)).toEqual(["recommended", "prompt-only"]);
  expect(page.all(".facts")[1]?.textContent).toContain("did not find it");
});

test("asks for a key where there must be one, keeps it in memory, and says when it is wrong", async () => {
  const key = "assay-key-of-the-page-0123456789";
  const page = await opened({ config: { server: { keys: [{ name: "page", hash: hashOfKey(key), groups: "all" }] } } });
  const form = page.document.getElementById("key-form") as HTMLFormElement;
  await until(() => !form.hidden);
  expect(page.document.getElementById("ask")?.hidden).toBe(true);
  const use = (given: string) => {
    (page.document.getElementById("key") as HTMLInputElement).value = given;
    form.dispatchEvent(
      new (page.document.defaultView as Window & typeof globalThis).Event("submit", { cancelable: true }),
    );
  };
  use("wrong");
  await until(() => page.text("#notice").includes("not known"));
  use(key);
  await until(() => form.hidden && isReady(page));
  page.ask(question);
  await until(() => page.all(".facts").length === 1);
  expect(page.document.documentElement.outerHTML).not.toContain(key);
});

test("whatever documents, answers, file names and refusals say stays text", async () => {
  const attack = `<img src=x onerror=alert(1)><script>alert(2)</script><a href="javascript:alert(3)">ferry bells</a>`;
  const generator = fakeChatModel({
    replies: ({ passages }) => `${passages[0]?.chunk.text} [1] ${attack}`,
  });
  const page = await opened({
    generator,
    documents: { "docs/<img src=x onerror=alert(4)>.md": `# ${attack}\n\nThe ferry bells ring ${attack} at noon.\n` },
  });
  await until(() => isReady(page));
  const made = page.all("*").length;
  page.ask(`ferry bells? ${attack}`);
  await until(() => page.all(".facts, .failed").length > 0);
  page.click(".cite");
  await until(() => page.all("mark").length === 1);
  expect(page.all("*").length).toBeGreaterThan(made);
  for (const selector of ["img", "main script", "dialog script", "[onerror]", "main a", "dialog a"])
    expect(page.all(selector)).toHaveLength(0);
  expect(page.text(".said")).toContain("<img src=x onerror=alert(1)>");
  expect(page.text("#source-text")).toContain("<script>alert(2)</script>");
  expect(page.text("#source-place")).toContain("docs/<img src=x onerror=alert(4)>.md");
});

test("says what went wrong in the server's words, and goes on", async () => {
  const page = await opened({ config: { server: { guardrails: { dailyUsd: 1 } } } });
  await until(() => isReady(page));
  app.context.database.sqlite.exec(`INSERT INTO spend VALUES ('*', '${new Date().toISOString().slice(0, 10)}', 2)`);
  page.ask(question);
  await until(() => page.all(".failed").length === 1);
  expect(page.text(".failed")).toBe("the server's daily budget is used up");
  expect((page.document.getElementById("send") as HTMLButtonElement).disabled).toBe(false);
});
