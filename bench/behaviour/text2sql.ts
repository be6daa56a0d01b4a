// text2sql: questions about two small databases, answered by a query; right as text, and right by what the query returns.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type BehaviourSource, linesOf, type Measure, type Pair } from "./behaviour-set.ts";

type Row = { readonly question: string; readonly sql: string };
type Asked = Pair & { readonly database: string };

const databases = ["geography", "restaurants"] as const;
const mostMs = 5000;

/** Blanks and letter case do not count, except that case inside quotes never differs here. */
const normal = (sql: string): string =>
  sql
    .toLowerCase()
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([(),;=<>]) ?/g, "$1")
    .trim();

export const text2sql: BehaviourSource = (directory) => {
  const read = (part: string): readonly Asked[] =>
    databases.flatMap((database) =>
      linesOf<Row>(join(directory, `${database}.${part}.jsonl`)).map(({ question, sql }) => ({
        question,
        answer: sql,
        database: join(directory, `${database}-db.sqlite`),
      })),
    );
  const test = read("test");
  return {
    training: read("train"),
    heldOut: read("dev"),
    test,
    measures: [sameQuery(test), sameRows(test)],
    labelOf: () => undefined,
  };
};

const sameQuery = (test: readonly Pair[]): Measure => ({
  title: "exact match",
  of: ({ texts }) =>
    texts && texts.filter((text, at) => normal(text) === normal(test[at]!.answer)).length / test.length,
});

/** Among the questions whose own query runs and returns something: nothing is too easily equal to nothing. */
function sameRows(test: readonly Asked[]): Measure {
  const results = new Map<string, string | undefined>();
  const run = (database: string, sql: string): string | undefined => {
    const key = `${database} ${sql}`;
    if (!results.has(key)) results.set(key, rowsOf(database, sql));
    return results.get(key);
  };
  const wanted = test.map(({ database, answer }) => run(database, answer));
  const counted = test.flatMap((_, at) => (wanted[at] === undefined || wanted[at] === "[]" ? [] : [at]));
  return {
    title: `same rows (${counted.length} questions)`,
    of: ({ texts }) =>
      texts && counted.filter((at) => run(test[at]!.database, texts[at]!) === wanted[at]).length / counted.length,
  };
}

/** A process of its own, because a query over all pairs of all tables would not end and cannot be interrupted otherwise. */
function rowsOf(database: string, sql: string): string | undefined {
  // The published queries name a column that the published file calls otherwise.
  const query = sql.replaceAll(/(RESTAURANTalias\d+)\.ID\b/gi, "$1.RESTAURANT_ID");
  const script = `
    const { DatabaseSync } = require("node:sqlite");
    const database = new DatabaseSync(process.argv[1], { readOnly: true, enableDoubleQuotedStringLiterals: true });
    const rows = database.prepare(process.argv[2]).all().map((row) => JSON.stringify(Object.values(row)));
    process.stdout.write(JSON.stringify(rows.sort()));`;
  const child = spawnSync(process.execPath, ["-e", script, database, query], { timeout: mostMs, maxBuffer: 1e8 });
  return child.status === 0 ? child.stdout.toString() : undefined;
}
