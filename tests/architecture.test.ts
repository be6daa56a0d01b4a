// Enforces the folder table of ARCHITECTURE.md: who may import whom, and that data flows one way.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const source = join(root, "src");

const table: Record<string, readonly string[]> = {
  core: [],
  text: ["core"],
  kernels: [],
  neural: ["core", "text"],
  documents: ["core", "text"],
  models: ["core", "text", "neural", "kernels"],
  indexes: ["core", "kernels"],
  retrieval: ["core", "text"],
  tuning: ["core", "text", "neural"],
  approaches: ["core", "text", "retrieval", "tuning"],
  evaluation: ["core", "text"],
  economics: ["core"],
  advice: ["core", "economics"],
  report: ["core"],
  project: [
    "core",
    "text",
    "neural",
    "documents",
    "models",
    "indexes",
    "retrieval",
    "tuning",
    "approaches",
    "evaluation",
    "economics",
    "advice",
    "report",
  ],
  server: ["core", "project"],
  client: ["core"],
  cli: ["core", "project", "report", "server"],
  testing: ["core"],
};

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : path.endsWith(".ts") ? [path] : [];
  });
}

const isTest = (path: string) => path.endsWith(".test.ts");
const importPattern = /(?:from|import)\s*\(?\s*"(\.[^"]+)"/g;

function breaches(file: string): string[] {
  const [folder = ""] = relative(source, file).split("/");
  const allowed = table[folder];
  if (file === join(source, "index.ts")) return [];
  if (!allowed) return [`${relative(root, file)}: src/${folder} is not in the folder table`];
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(importPattern)].flatMap((match) => {
    const target = relative(source, resolve(file, "..", match[1] ?? ""));
    const [targetFolder = ""] = target.split("/");
    if (targetFolder === folder || allowed.includes(targetFolder)) return [];
    if (isTest(file) && targetFolder === "testing") return [];
    return [`${relative(root, file)} imports ${target}: ${folder} may import ${allowed.join(", ") || "nothing"}`];
  });
}

describe("the folder table", () => {
  test("every import keeps to it", () => {
    expect(filesUnder(source).flatMap(breaches)).toEqual([]);
  });

  test("no source file outgrows 300 lines", () => {
    const long = filesUnder(source)
      .filter((file) => !isTest(file))
      .map((file) => ({ file: relative(root, file), lines: readFileSync(file, "utf8").split("\n").length }))
      .filter(({ lines }) => lines > 301);
    expect(long).toEqual([]);
  });

  test("adapters never import each other", () => {
    const adapters = filesUnder(join(source, "indexes")).filter((file) => !isTest(file));
    const crossing = adapters.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/from "\.\/([a-z-]+)\/[^"]+"/g)].map(
        (match) => `${relative(root, file)} imports ${match[1]}`,
      ),
    );
    expect(crossing).toEqual([]);
  });
});
