import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sentencesOf } from "./sentences.ts";

const cut = (text: string) => sentencesOf(text).map(({ start, end }) => text.slice(start, end));

describe("sentences", () => {
  test.each([
    ["plain", "It rains. It pours! Why?", ["It rains.", "It pours!", "Why?"]],
    ["a title", "Dr. Vale met Mrs. Okoro. They spoke.", ["Dr. Vale met Mrs. Okoro.", "They spoke."]],
    ["initials", "J. R. Vale wrote it. It sold.", ["J. R. Vale wrote it.", "It sold."]],
    ["a number", "See No. 5 first. Then stop.", ["See No. 5 first.", "Then stop."]],
    ["decimals", "It costs 1.50 euros. Pay there.", ["It costs 1.50 euros.", "Pay there."]],
    ["e.g.", "Bring food, e.g. Bread or fruit. Eat it.", ["Bring food, e.g. Bread or fruit.", "Eat it."]],
    ["z. B.", "Manche, z. B. Hunde, bellen. Andere nicht.", ["Manche, z. B. Hunde, bellen.", "Andere nicht."]],
    ["a German date", "Am 3. Mai war Ruhe. Danach nicht.", ["Am 3. Mai war Ruhe.", "Danach nicht."]],
    ["wrapped lines", "One sentence\nover two lines. Next.", ["One sentence\nover two lines.", "Next."]],
    ["Japanese", "雨が降る。風が吹く。", ["雨が降る。", "風が吹く。"]],
    ["no full stop", "Just a title", ["Just a title"]],
    ["nothing", " \n ", []],
  ])("keeps %s together", (_, text, expected) => {
    expect(cut(text)).toEqual(expected);
  });

  test("headings, list items and table rows stand alone; rules of tables and code fences are nothing", () => {
    const text =
      "# Fares\nPay here.\n- bread. Butter.\n- milk\n  and honey\n2. third\n\n| a | b |\n|---|---|\n| 1 | 2 |\n```\nrun()\n```";
    expect(cut(text)).toEqual([
      "# Fares",
      "Pay here.",
      "- bread. Butter.",
      "- milk\n  and honey",
      "2. third",
      "| a | b |",
      "| 1 | 2 |",
      "run()",
    ]);
  });

  test("each record of a table in commas and each `key: value` line stands alone", () => {
    expect(cut('id,name,price\n1,"Tea, green",3\n2,Cocoa,4')).toEqual([
      "id,name,price",
      '1,"Tea, green",3',
      "2,Cocoa,4",
    ]);
    expect(cut("Name: Tea\nPrice: 3 euros")).toEqual(["Name: Tea", "Price: 3 euros"]);
  });

  test("spans are in order, disjoint, trimmed, and leave out nothing but space, rules and fences", () => {
    const piece = fc.constantFrom(
      "One. ",
      "Dr. ",
      "a\n",
      "\n\n",
      "- x ",
      "| r |\n",
      "|---|\n",
      "```\n",
      "é? ",
      "# h\n",
      "1,5 ",
      "“Z.” ",
      "\t",
      "字。",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        const spans = sentencesOf(text);
        let last = 0;
        let left = "";
        for (const { start, end } of spans) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(text.slice(start, end).trim()).toBe(text.slice(start, end));
          expect(end).toBeGreaterThan(start);
          left += text.slice(last, start);
          last = end;
        }
        expect(left + text.slice(last)).toMatch(/^[\s|`-]*(?:[- ]*x[\s|`-]*)*$|^[\s|`-]*$/);
      }),
    );
  });

  test("takes linear time", () => {
    const timeOf = (text: string) => {
      const started = performance.now();
      sentencesOf(text);
      return performance.now() - started;
    };
    const line = "Mr. A. saw 3.5 of them, e.g. B. and C., in no. 7 and went on ";
    const shortMs = Math.min(...[1, 2, 3].map(() => timeOf(line.repeat(500))));
    expect(timeOf(line.repeat(5000))).toBeLessThan(50 * shortMs + 50);
  });
});
