// The command line's contract: JSON shapes, exit codes, and what each command does to a project.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
beforeEach(() => {
  project = ferryProject();
});
afterEach(() => project.remove());

const inProject = (...args: string[]) => assay(...args, "--project", project.directory, "--json");
const firstRow = async (...args: string[]) => (await inProject(...args)).rows[0] as Record<string, unknown>;

describe("ingest", () => {
  test("counts what was added, changed, renamed and removed, by content", async () => {
    expect((await firstRow("ingest"))["documents"]).toEqual({
      added: 3,
      changed: 0,
      unchanged: 0,
      removed: 0,
      failed: 0,
    });
    expect((await firstRow("ingest"))["documents"]).toMatchObject({ unchanged: 3, added: 0 });
    project.write("docs/dogs.md", "# Dogs\n\nEvery dog needs a ticket of 2.20 crowns.\n");
    renameSync(project.path("docs/ferry.md"), project.path("docs/boat.md"));
    unlinkSync(project.path("docs/lost-things.md"));
    expect((await firstRow("ingest"))["documents"]).toEqual({
      added: 1,
      changed: 1,
      unchanged: 0,
      removed: 2,
      failed: 0,
    });
    const { hits } = (await firstRow("search", "How often does the ferry leave?")) as { hits: { source: string }[] };
    expect(hits.map(({ source }) => source)).not.toContain("docs/ferry.md");
    expect(hits[0]?.source).toBe("docs/boat.md");
  });

  test("of a path leaves documents elsewhere alone, and a later plain ingest keeps both in step", async () => {
    await inProject("ingest");
    const outside = mkdtempSync(join(tmpdir(), "assay-outside-"));
    const rows = join(outside, "rows.jsonl");
    const { writeFileSync } = await import("node:fs");
    writeFileSync(
      rows,
      '{"id":"r1","title":"Masts","text":"The mast is 14 metres high."}\n{"id":"r2","text":"The keel weighs 3 tons."}\n',
    );
    expect((await firstRow("ingest", rows))["documents"]).toMatchObject({ added: 2, removed: 0 });
    writeFileSync(rows, '{"id":"r1","title":"Masts","text":"The mast is 14 metres high."}\n');
    expect((await firstRow("ingest"))["documents"]).toMatchObject({ unchanged: 4, removed: 1 });
    const { hits } = (await firstRow("search", "How high is the mast?")) as { hits: { documentId: string }[] };
    expect(hits[0]?.documentId).toBe("r1");
    rmSync(project.path("docs"), { recursive: true });
    rmSync(project.path(".assay"), { recursive: true });
    await inProject("ingest", rows);
    expect((await firstRow("ingest"))["documents"]).toMatchObject({ unchanged: 1, failed: 0 });
    rmSync(outside, { recursive: true });
  });

  test("of a mistyped path fails beside a full index, and the path is not remembered", async () => {
    await inProject("ingest");
    const { exitCode, stderr, rows } = await inProject("ingest", join(tmpdir(), "assay-no-such-folder"));
    expect(exitCode).toBe(1);
    expect(rows).toEqual([]);
    expect(stderr).toContain("assay-no-such-folder: there is no such file or folder");
    expect((await firstRow("ingest"))["documents"]).toMatchObject({ unchanged: 3, failed: 0 });
  });

  test("of the whole project folder takes neither gold nor examples nor later revisions for knowledge", async () => {
    project.write("assay.config.json", '{"documents": "."}');
    project.write(
      "questions.jsonl",
      '{"id":"q1","text":"x","question":"How high is the tower?","references":["99 metres"]}\n',
    );
    project.write(
      "examples.jsonl",
      '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}\n',
    );
    mkdirSync(project.path("changes/docs"), { recursive: true });
    project.write("changes/docs/ferry.md", "# Island ferry\n\nThe island ferry leaves every 40 minutes.\n");
    expect((await firstRow("ingest"))["documents"]).toEqual({
      added: 3,
      changed: 0,
      unchanged: 0,
      removed: 0,
      failed: 0,
    });
    expect((await inProject("doctor")).stdout).not.toContain("not ingested");
  });

  test("keeps what it knows of a folder that has vanished whole, and says so", async () => {
    await inProject("ingest");
    renameSync(project.path("docs"), project.path("elsewhere"));
    const row = await firstRow("ingest");
    expect(row["documents"]).toMatchObject({ removed: 0, failed: 1 });
    expect((await inProject("ask", "How often does the island ferry leave?")).stdout).toContain("25 minutes");
    expect((await firstRow("ingest", project.path("docs")))["documents"]).toMatchObject({ removed: 3 });
  });

  test("reports a broken file and takes the rest", async () => {
    project.write("docs/empty.md", "");
    project.write("docs/strange.xyz", "who knows");
    const run = await inProject("ingest");
    expect(run.exitCode).toBe(0);
    const { documents, failures } = run.rows[0] as unknown as {
      documents: object;
      failures: { source: string; code: string }[];
    };
    expect(documents).toMatchObject({ added: 3, failed: 2 });
    expect(failures.map(({ source }) => source).sort()).toEqual(["docs/empty.md", "docs/strange.xyz"]);
  });
});

describe("ask", () => {
  test("quotes the stored text, character by character, and declines what is not there", async () => {
    await inProject("ingest");
    const answer = (await firstRow("ask", "How often does the island ferry leave?")) as {
      text: string;
      citations: { source: string; start: number; end: number; quote: string }[];
    };
    expect(answer.text).toContain("25 minutes");
    const [citation] = answer.citations;
    const stored = readFileSync(project.path("docs/ferry.md"), "utf8");
    expect(stored.slice(citation?.start, citation?.end)).toBe(citation?.quote);
    expect(await firstRow("ask", "Which metal melts at the highest temperature?")).toMatchObject({
      outcome: "declined",
    });
  });

  test("sees only what its groups may see", async () => {
    project.write(
      "docs/secret.md",
      "---\ngroups: [board]\n---\n# Takeover\n\nThe takeover price is 81 crowns a share.\n",
    );
    await inProject("ingest");
    const sourcesFor = async (...groups: string[]) => {
      const row = (await firstRow("search", "What is the takeover price?", ...groups)) as {
        hits: { source: string }[];
      };
      return row.hits.map(({ source }) => source);
    };
    expect(await sourcesFor("--groups", "board")).toContain("docs/secret.md");
    expect(await sourcesFor("--groups", "crew")).not.toContain("docs/secret.md");
    expect(await sourcesFor()).toContain("docs/secret.md");
    const answer = (await firstRow("ask", "What is the takeover price?", "--groups", "crew")) as { text: string };
    expect(answer.text).not.toContain("81");
  });
});

describe("why", () => {
  test("says that access hides a document, not that it did not match", async () => {
    project.write("assay.config.json", '{"groups": {"docs/ferry.md": ["crew"]}}');
    await inProject("ingest");
    const why = (groups: string) =>
      firstRow("why", "How often does the ferry leave?", "--document", "docs/ferry.md", "--groups", groups);
    expect(await why("guests")).toMatchObject({ cutAt: "access", verdict: expect.stringContaining('"access"') });
    expect(await why("crew,guests")).toMatchObject({ cutAt: null });
  });

  test("follows a document through every stage", async () => {
    await inProject("ingest");
    const traced = (await firstRow("why", "How often does the ferry leave?", "--document", "docs/ferry.md")) as {
      stages: { stage: string; passed: boolean }[];
      cutAt: string | null;
    };
    expect(traced.cutAt).toBeNull();
    expect(traced.stages.map(({ stage }) => stage)).toEqual(
      expect.arrayContaining(["parsed", "chunked", "indexed", "lexical", "fused", "reranked", "budget"]),
    );
    expect((await inProject("why", "x", "--document", "docs/none.md")).exitCode).toBe(1);
  });
});

describe("compare", () => {
  test("scores every approach, lists the others with a reason, and writes the report", async () => {
    const comparison = (await firstRow("compare")) as {
      approaches: { name: string; status: string; reason?: string }[];
      report: string;
      recommendation: { approach: string | null };
    };
    const status = Object.fromEntries(comparison.approaches.map(({ name, status }) => [name, status]));
    expect(status).toMatchObject({
      "prompt-only": "scored",
      rag: "scored",
      oracle: "scored",
      hybrid: "not-run",
      raft: "not-run",
    });
    expect(existsSync(comparison.report)).toBe(true);
    expect(comparison.recommendation.approach).not.toBe("oracle");
  });

  test("unchanged, computes no answer anew and finds the same", async () => {
    const first = await firstRow("compare");
    const run = await inProject("compare");
    expect(run.stderr).toMatch(/Answering: rag: .*3 from an earlier run/);
    expect(run.rows[0]).toEqual(first);
  });
});

describe("init and doctor", () => {
  test("init makes what is missing and never overwrites", async () => {
    project.write("assay.config.ts", "export default { documents: 'docs' };\n");
    await inProject("init");
    expect(readFileSync(project.path("assay.config.ts"), "utf8")).toBe("export default { documents: 'docs' };\n");
    expect(existsSync(project.path("docs/README.md"))).toBe(false);
  });

  test("doctor names what is wrong and --fix mends the state", async () => {
    await inProject("ingest");
    expect((await inProject("doctor")).exitCode).toBe(0);
    project.write(".assay/control.db", "damaged ".repeat(2000));
    rmSync(project.path(".assay/control.db-wal"), { force: true });
    rmSync(project.path(".assay/control.db-shm"), { force: true });
    const asked = await inProject("ask", "How often does the ferry leave?");
    expect(asked.exitCode).toBe(1);
    expect(asked.stderr).toContain("assay doctor --fix");
    const mended = (await firstRow("doctor", "--fix")) as { checks: { name: string; status: string }[] };
    expect(mended.checks.filter(({ status }) => status === "fail")).toEqual([]);
    expect((await inProject("ask", "How often does the island ferry leave?")).stdout).toContain("25 minutes");
  });
});

test("gold that names no document is reported, not silently scored zero", async () => {
  project.write(
    "questions.jsonl",
    '{"id":"lost","question":"x?","references":["y"],"relevant":[{"source":"docs/gone.md"}]}\n',
  );
  await inProject("ingest");
  expect((await inProject("doctor")).stdout).toMatch(/lost/);
  const comparison = (await firstRow("compare")) as { report: string };
  expect(readFileSync(comparison.report, "utf8")).toMatch(
    /1 question names relevant documents that were not read \(lost\)/,
  );
});

describe("misuse is one line and exit 2, failure one line and exit 1", () => {
  /** Beside what progress printed, "Reading documents: … (0.1 s)": what went wrong, and what to type next. */
  const oneLine = (stderr: string) => {
    const said = stderr.split("\n").filter((line) => line !== "" && !/\([\d.]+ s\)$/.test(line));
    expect(said).toEqual([expect.stringMatching(/^assay: .+ → .+$/)]);
  };

  test.each([
    { args: ["no-such-command"], exitCode: 2 },
    { args: ["ask"], exitCode: 2 },
    { args: ["search", "x", "--top", "many"], exitCode: 2 },
    { args: ["ask", "x"], exitCode: 1 },
    { args: ["ask", "--questions", "nothing-here.jsonl"], exitCode: 1 },
    { args: ["compare", "--approaches", "magic"], exitCode: 2 },
  ])("$args", async ({ args, exitCode }) => {
    const run = await inProject(...args);
    expect(run.exitCode).toBe(exitCode);
    oneLine(run.stderr);
  });

  test.each([
    {
      name: "assay.config.json",
      text: '{"generator": "nowhere/model"}',
      args: ["ask", "x"],
      says: /nowhere/,
      exitCode: 2,
    },
    {
      name: "assay.config.json",
      text: '{"generator": "openai/gpt-4.1-mini"}',
      args: ["ask", "x"],
      says: /OPENAI_API_KEY/,
      exitCode: 2,
    },
    {
      name: "assay.config.json",
      text: '{"retrieval": {"topK": "x"}}',
      args: ["ask", "x"],
      says: /retrieval\.topK/,
      exitCode: 2,
    },
    {
      name: "questions.jsonl",
      text: '{"id":"a","question":"x","references":["y"]}\n{broken\n',
      args: ["compare"],
      says: /line 2/,
      exitCode: 1,
    },
    {
      name: "questions.jsonl",
      text: '{"id":"a","question":"x","schema":{"type":"nothing"}}\n',
      args: ["compare"],
      says: /"a".*schema/,
      exitCode: 1,
    },
    { name: "examples.jsonl", text: '{"messages":[]}\n', args: ["compare"], says: /line 1/, exitCode: 1 },
    {
      name: "questions.jsonl",
      text: "\n",
      args: ["compare"],
      says: /questions\.jsonl: no question in it.*assay questions/,
      exitCode: 1,
    },
    {
      name: "assay.config.json",
      text: '{"languages": ["english"]}',
      args: ["ingest"],
      says: /languages/,
      exitCode: 2,
    },
    {
      name: "assay.config.json",
      text: '{"chunking": {"method": "structure", "maxTokens": 40, "overlapTokens": 60}}',
      args: ["ingest"],
      says: /overlapTokens must be below maxTokens/,
      exitCode: 2,
    },
  ])("$name with $text", async ({ name, text, args, says, exitCode }) => {
    const key = process.env["OPENAI_API_KEY"];
    delete process.env["OPENAI_API_KEY"];
    await inProject("ingest");
    project.write(name, text);
    const run = await inProject(...args);
    if (key !== undefined) process.env["OPENAI_API_KEY"] = key;
    expect(run.exitCode).toBe(exitCode);
    expect(run.stderr).toMatch(says);
    oneLine(run.stderr);
  });

  test("an empty folder says what to do next", async () => {
    const empty = mkdtempSync(join(tmpdir(), "assay-empty-"));
    const run = await assay("ingest", "--project", empty, "--json");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/no documents|docs/);
    rmSync(empty, { recursive: true });
  });
});
