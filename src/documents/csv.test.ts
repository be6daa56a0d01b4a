import { expect, test } from "vitest";
import type { SourceDocument } from "../core/documents.ts";
import { csvParser } from "./csv.ts";

async function read(csv: string): Promise<SourceDocument> {
  for await (const document of csvParser.parse({ source: "data/fees.csv", bytes: Buffer.from(csv) })) return document;
  throw new Error("no document");
}

test("writes every row with the names of its columns", async () => {
  const document = await read(
    '\ufeffPlan,Price,Note\r\nBasic,5,"One, or\r\ntwo ""seats"""\r\nTeam,,\r\n\r\nMax,9,x,extra\r\n',
  );
  expect(document).toMatchObject({
    title: "fees",
    format: "csv",
    text: 'Plan: Basic; Price: 5; Note: One, or two "seats"\nPlan: Team\nPlan: Max; Price: 9; Note: x; extra',
    metadata: { columns: ["Plan", "Price", "Note"], rowCount: 3 },
  });
});

test.each([
  ["semicolons", "Plan;Price\nBasic;5,50", "Plan: Basic; Price: 5,50"],
  ["tabs", "Plan\tPrice\nBasic\t5", "Plan: Basic; Price: 5"],
  ["one column", "Plan\nBasic", "Plan: Basic"],
  ["a header alone", "Plan,Price", "Plan; Price"],
])("reads %s", async (_, csv, text) => {
  expect((await read(csv)).text).toBe(text);
});
