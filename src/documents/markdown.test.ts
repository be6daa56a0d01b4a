import { expect, test } from "vitest";
import type { SourceDocument } from "../core/documents.ts";
import { markdownParser } from "./markdown.ts";

async function read(text: string, source = "docs/travel.md"): Promise<SourceDocument> {
  for await (const document of markdownParser.parse({ source, bytes: Buffer.from(text) })) return document;
  throw new Error("no document");
}

test("takes front matter off and reads its scalars, lists and folded text", async () => {
  const front = [
    "---",
    'title: "Travel: the rules"',
    "groups: [staff, 'managers']",
    "version: 3",
    "draft: false",
    "owner: Travel desk # since May",
    "tags:",
    "  - rail",
    '  - "air: long"',
    "summary: >",
    "  Two",
    "  lines",
    "nested:",
    "  left: out",
    "empty:",
    "---",
  ];
  const document = await read(`${front.join("\r\n")}\r\n\r\n# Heading\r\n\r\nBody.  \r\n`);
  expect(document).toEqual({
    id: "docs/travel.md",
    source: "docs/travel.md",
    title: "Travel: the rules",
    text: "# Heading\n\nBody.",
    format: "markdown",
    metadata: {
      version: 3,
      draft: false,
      owner: "Travel desk",
      tags: ["rail", "air: long"],
      summary: "Two lines",
      empty: null,
    },
    groups: ["staff", "managers"],
  });
});

test("takes the title from the first heading, else from the file name", async () => {
  expect((await read("Intro\n\n## The `fast` way ##\n")).title).toBe("The fast way");
  expect((await read("No heading here")).title).toBe("travel");
});

test("keeps a rule at the top and front matter that never closes", async () => {
  expect((await read("---\nJust a rule above prose, nothing else\n---\nMore")).text).toContain("Just a rule");
  expect((await read("---\ntitle: open\n\nText")).text).toContain("title: open");
});

test("writes every text in one spelling", async () => {
  expect((await read("Cafe\u0301\u00a0a\u00adb\u0007 \t\n\n\n\n\n\nend\n\n")).text).toBe("Caf\u00e9 ab\n\n\nend");
});
