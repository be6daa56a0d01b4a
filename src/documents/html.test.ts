import { expect, test } from "vitest";
import type { SourceDocument } from "../core/documents.ts";
import { htmlParser } from "./html.ts";

async function read(html: string | Uint8Array): Promise<SourceDocument> {
  for await (const document of htmlParser.parse({ source: "page.html", bytes: Buffer.from(html) })) return document;
  throw new Error("no document");
}

const prose = "The pump station feeds both halls and is checked by two people before every shift begins. ";

test("keeps the article and drops what surrounds it", async () => {
  const page = `<!doctype html><html lang="en"><head><title>Pump  station</title>
    <meta name="description" content="How the pumps work"><style>p{}</style></head>
    <body><nav><a href="/">Home</a> <a href="/all">All pages</a></nav>
    <main><h1>Pumps</h1><p>${prose.repeat(4)}</p><h2>Start</h2><ol><li>Open the valve</li><li>Press <b>start</b></li></ol>
    <p>${prose.repeat(4)} See <a href="https://example.com/x">the manual</a>.</p>
    <pre><code class="language-sh">pump  --start
# not a heading</code></pre></main>
    <script>alert("no")</script><footer>Imprint</footer></body></html>`;
  const document = await read(page);
  expect(document.title).toBe("Pump station");
  expect(document.metadata).toEqual({ description: "How the pumps work", language: "en" });
  expect(document.text).toContain("## Start\n\n1. Open the valve\n2. Press **start**");
  expect(document.text).toContain("See the manual.");
  expect(document.text).toContain("```sh\npump  --start\n# not a heading\n```");
  expect(document.text).not.toMatch(/Home|Imprint|alert|example\.com/);
});

test("reads short pages and fragments", async () => {
  expect((await read("<p>Closed on Mondays.</p>")).text).toBe("Closed on Mondays.");
  expect(
    await read("<html><body><nav>Home</nav><h1>Hours</h1>Closed on Mondays.<footer>Imprint</footer></body></html>"),
  ).toMatchObject({
    title: "Hours",
    text: "# Hours\n\nClosed on Mondays.",
  });
});

test("fills spans of table cells in and takes the first row as header", async () => {
  const table = `<table><caption>Fees</caption>
    <tr><td>Plan</td><td colspan="2">Price | tax</td></tr>
    <tr><td rowspan="3">Basic</td><td>5</td><td><ul><li>a</li><li>b</li></ul></td></tr><tr><td>6</td><td></td></tr><tr><td>7</td><td>c</td></tr></table>`;
  expect((await read(`<p>Before</p>${table}<p>After</p>`)).text).toBe(
    [
      "Before\n\nFees\n",
      "| Plan | Price \\| tax | Price \\| tax |",
      "| --- | --- | --- |",
      "| Basic | 5 | - a - b |",
      "| Basic | 6 |  |",
      "| Basic | 7 | c |",
      "\nAfter",
    ].join("\n"),
  );
});

test("unfolds tables that only arrange the page", async () => {
  const inner = "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>";
  const { text } = await read(`<table><tr><td>Menu</td><td><h1>News</h1><p>Today.</p>${inner}</td></tr></table>`);
  expect(text).toContain("# News\n\nToday.\n\n| a | b |\n| --- | --- |\n| c | d |");
});

test("decodes the encoding that a page names", async () => {
  const page = '<html><head><meta charset="iso-8859-2"></head><body>Za\xbf\xf3\xb3\xe6</body></html>';
  expect((await read(Buffer.from(page, "latin1"))).text).toBe("Zażółć");
});

test("says that a page without text has none", async () => {
  await expect(read("<html><body><script>1</script></body></html>")).rejects.toMatchObject({
    code: "unreadable-document",
  });
});
