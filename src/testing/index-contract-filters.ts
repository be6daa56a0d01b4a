// The part of the index contract that concerns who may see a chunk and what it is about.
import type { IndexSearch } from "../core/retrieval.ts";
import { type ContractCases, ids, testRevision, unit } from "./index-cases.ts";

const corpus = [
  testRevision("open", "1", [{ terms: "x", metadata: { team: "sales", year: 2023 } }]),
  testRevision("hr", "1", [{ terms: "x", groups: ["hr"], metadata: { team: "hr", year: 2024 } }]),
  testRevision("both", "1", [{ terms: "x", groups: ["hr", "board"], metadata: { team: ["hr", "it's"], draft: true } }]),
];
const cases: readonly {
  readonly what: string;
  readonly query: Partial<IndexSearch>;
  readonly expected: readonly string[];
}[] = [
  { what: "the operator sees everything", query: {}, expected: ["both", "hr", "open"] },
  { what: "nobody sees only open documents", query: { groups: [] }, expected: ["open"] },
  {
    what: "a member sees open documents and the group's",
    query: { groups: ["board"] },
    expected: ["both", "open"],
  },
  {
    what: "an unknown group sees only open documents",
    query: { groups: ["everybody", "hr' OR 'a'='a"] },
    expected: ["open"],
  },
  { what: "equality", query: { filter: { team: "hr" } }, expected: ["both", "hr"] },
  { what: "values compare as text", query: { filter: { year: "2024" } }, expected: ["hr"] },
  { what: "any of several values", query: { filter: { year: [2023, 2024] } }, expected: ["hr", "open"] },
  { what: "every key must match", query: { filter: { team: "hr", draft: true } }, expected: ["both"] },
  { what: "quotes", query: { filter: { team: "it's" } }, expected: ["both"] },
  { what: "a filter that matches nothing", query: { filter: { team: "none" } }, expected: [] },
  { what: "no wanted value", query: { filter: { team: [] } }, expected: [] },
  { what: "filter and groups together", query: { filter: { team: "hr" }, groups: ["board"] }, expected: ["both"] },
];

export const filterCases: ContractCases = {
  ...Object.fromEntries(
    cases.map(({ what, query, expected }): [string, ContractCases[string]] => [
      what,
      async ({ index, expect }) => {
        await index.replaceDocuments(corpus);
        await index.maintain();
        expect(ids(await index.search({ terms: ["x"], depth: 10, ...query }))).toEqual(expected);
        expect(ids(await index.search({ vector: unit(0), depth: 10, ...query }))).toEqual(expected);
      },
    ]),
  ),
  "filters are applied before the legs are cut to their depth": async ({ index, expect }) => {
    const crowd = Array.from({ length: 30 }, (_, i) =>
      testRevision(`d${i}`, "1", [{ terms: "x x", metadata: { n: i } }]),
    );
    await index.replaceDocuments([
      ...crowd,
      testRevision("last", "1", [{ terms: "x y z", vector: [1, 9, 0, 0], metadata: { n: "last" } }]),
    ]);
    await index.maintain();
    const hits = await index.search({ vector: unit(0), terms: ["x"], depth: 2, filter: { n: "last" } });
    expect(hits.map(({ legs }) => [legs.dense?.rank, legs.lexical?.rank])).toEqual([[1, 1]]);
  },
};
