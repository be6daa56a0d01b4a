import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAnalyser, detectLanguages } from "./analyser.ts";

const english = createAnalyser({ languages: ["en"] });
const both = createAnalyser({ languages: ["en", "de"] });

describe("terms", () => {
  test.each([
    ["stems and stop words", "The ferries were leaving", ["ferri", "leav"]],
    ["an apostrophe", "the harbour's gate", ["harbour", "gate"]],
    ["diacritics", "Café Zürich", ["cafe", "zurich"]],
    ["camelCase", "getUserName", ["get", "user", "name", "getusernam"]],
    ["an acronym", "parseHTTPHeader", ["pars", "http", "header", "parsehttphead"]],
    ["snake_case", "max_retry", ["max", "retri", "maxretri"]],
    ["dotted names", "os.path", ["os", "path", "ospath"]],
    ["hyphens", "e-mails", ["e", "mail", "email"]],
    ["a full stop at the end", "Stop here.", ["stop"]],
    ["decimals", "1,50 or 1.50", ["1.50", "1.50"]],
    ["thousands", "1,500 and 12.000", ["1500", "12000"]],
    ["thousands with decimals", "1,234.5 1.234,5", ["1234.5", "1234.5"]],
    ["a version", "v1.2", ["v1", "2", "v12"]],
    ["a date", "2026-11-21", ["2026", "11", "21", "2026.11.21"]],
    ["bigrams of Chinese", "東京都 x", ["東京", "京都", "x"]],
    ["nothing", "?! --- ", []],
  ])("%s", (_, text, expected) => {
    expect(english.terms(text)).toEqual(expected);
  });

  test("a passage is stemmed in its own language", () => {
    expect(both.terms("Die Gebühren für große Häuser sind in der Straße zu zahlen")).toEqual([
      "gebuhr",
      "gross",
      "haus",
      "strass",
      "zahl",
    ]);
    const french = createAnalyser({ languages: ["fr"] });
    expect(french.terms("les chevaux de l'école générale")).toEqual(["cheval", "ecol", "general"]);
  });

  test("no term is empty or holds white space, in any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        for (const term of [...both.terms(text), ...both.queryTerms(text)]) expect(term).toMatch(/^\S+$/u);
      }),
    );
  });
});

describe("queries", () => {
  test("carry the stems of every language, each once", () => {
    expect(both.queryTerms("Wie teuer ist die Gebühr?")).toEqual(["teuer", "teu", "gebuhr"]);
    expect(both.queryWords("Wie teuer ist die Gebühr?")).toEqual([["teuer", "teu"], ["gebuhr"]]);
  });

  test("a stop word of another language is no stop word here", () => {
    expect(both.queryTerms("How did the war begin?")).toContain("war");
  });

  test("of stop words alone keep them", () => {
    expect(english.queryTerms("to be or not to be")).toEqual(["to", "be", "or", "not"]);
  });

  test("meet the passages that hold their words", () => {
    const word = fc.constantFrom("ferry", "Ferries", "running", "e-mail", "snake_case", "1,500", "Straße", "東京");
    fc.assert(
      fc.property(word, (chosen) => {
        const passage = new Set(both.terms(`pier four ${chosen} harbour`));
        expect(both.queryTerms(chosen).some((term) => passage.has(term))).toBe(true);
      }),
    );
  });
});

describe("languages of a corpus", () => {
  const german = "Die Gebühren für Hunde sind in der Straße zu zahlen und werden nicht erstattet.";
  const prose = "The fees for dogs are to be paid in the street and they will not be refunded.";

  test("English and what else is there", () => {
    expect(detectLanguages([german, prose])).toEqual(["de", "en"]);
    expect(detectLanguages([prose])).toEqual(["en"]);
    expect(detectLanguages([])).toEqual(["en"]);
  });

  test("code and tables add none", () => {
    expect(detectLanguages(["const a = b(c); return x", "| a | b |\n|---|---|\n| 1 | 2 |"])).toEqual(["en"]);
  });

  test("a stray sample in a large corpus adds none", () => {
    expect(detectLanguages([german, ...Array.from({ length: 99 }, () => prose)])).toEqual(["en"]);
  });

  test("unknown languages are ignored", () => {
    expect(createAnalyser({ languages: ["tlh"] }).languages).toEqual(["en"]);
  });
});
