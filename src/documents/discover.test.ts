import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { discoverSources } from "./discover.ts";

let project = "";

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), "assay-discover-"));
  const files = [
    "docs/b.md",
    "docs/a.PDF",
    "docs/deep/c.jsonl.gz",
    "docs/.hidden/d.md",
    "docs/node_modules/e.md",
    "docs/f.xyz",
    ".assay/g.md",
    "README",
  ];
  for (const file of files) {
    await mkdir(dirname(join(project, file)), { recursive: true });
    await writeFile(join(project, file), "x");
  }
});

afterEach(async () => await rm(project, { recursive: true }));

const found = async (paths: string[], ignore: string[] = []) => {
  const { sources, failures } = await discoverSources(paths, { projectDirectory: project, ignore });
  return { sources: sources.map(({ source }) => source), failures: failures.map(({ source, code }) => [source, code]) };
};

test("walks folders in order, skips hidden ones and reports unknown formats", async () => {
  expect(await found(["."])).toEqual({
    sources: ["docs/a.PDF", "docs/b.md", "docs/deep/c.jsonl.gz"],
    failures: [
      ["README", "unknown-format"],
      ["docs/f.xyz", "unknown-format"],
    ],
  });
});

test("takes files and globs, each file once, and leaves out what is ignored", async () => {
  expect((await found(["docs/b.md", "docs/**/*", "docs"])).sources).toEqual([
    "docs/a.PDF",
    "docs/b.md",
    "docs/deep/c.jsonl.gz",
  ]);
  expect(await found(["docs"], ["**/*.xyz", "deep"])).toEqual({ sources: ["docs/a.PDF", "docs/b.md"], failures: [] });
});

test("says what is not there", async () => {
  expect(await found(["nowhere", "docs/*.html"])).toEqual({
    sources: [],
    failures: [
      ["docs/*.html", "not-found"],
      ["nowhere", "not-found"],
    ],
  });
});

test("names files outside the project as given", async () => {
  const { sources } = await discoverSources([join(project, "docs")], { projectDirectory: join(project, "docs/deep") });
  expect(sources.map(({ source }) => source)).toEqual([
    join(project, "docs/a.PDF"),
    join(project, "docs/b.md"),
    "c.jsonl.gz",
  ]);
});

test("ends where links lead in a circle", async () => {
  await symlink(join(project, "docs"), join(project, "docs/deep/again"));
  await symlink(join(project, "gone"), join(project, "docs/broken.md"));
  expect((await found(["docs"])).sources).toEqual(["docs/a.PDF", "docs/b.md", "docs/deep/c.jsonl.gz"]);
});
