import { describe, expect, test } from "vitest";
import { longestWord, scanWords, wordsOf } from "./words.ts";

function sentences(text: string): string[] {
  const found: string[][] = [[]];
  scanWords(
    text,
    (word) => found.at(-1)!.push(word),
    () => found.push([]),
  );
  return found.filter((words) => words.length > 0).map((words) => words.join(" "));
}

describe("words", () => {
  test("are runs of letters, marks and digits in lower case", () => {
    expect(wordsOf("Don't PANIC: v2.10 (émigré)")).toEqual(["don", "t", "panic", "v2", "10", "émigré"]);
    expect(wordsOf("हिन्दी भाषा")).toEqual(["हिन्दी", "भाषा"]);
  });

  test("compare in one spelling, whatever the composition or width", () => {
    expect(wordsOf("e\u0301mile ﬁle ＡＢＣ")).toEqual(wordsOf("émile file abc"));
  });

  test("are single characters where a script has no blanks and each character is a morpheme", () => {
    expect(wordsOf("東京タワーへ𠮷")).toEqual(["東", "京", "タワー", "へ", "𠮷"]);
  });

  test("are cut, not dropped, when they are very long", () => {
    const pieces = wordsOf("x".repeat(longestWord * 2 + 3));
    expect(pieces.map((piece) => piece.length)).toEqual([longestWord, longestWord, 3]);
  });

  test("survive lone surrogates", () => {
    expect(wordsOf("ok \ud800 fine")).toEqual(["ok", "fine"]);
  });
});

describe("sentence ends", () => {
  test("are full stops before a blank, not inside numbers and names", () => {
    expect(sentences("Node.js 24.1 is out. Use it! Really?")).toEqual(["node js 24 1 is out", "use it", "really"]);
  });

  test("are blank lines and ideographic stops, not line breaks", () => {
    expect(sentences("One\ntwo\n\nthree。四")).toEqual(["one two", "three", "四"]);
  });
});
