// Keeping documents current, with real files: by the library, by the command as a process of its own, and behind a server.
import { spawn } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { withWriteLock } from "../src/project/state/state-folder.ts";
import { type WatchEvent, type Watching, watchDocuments } from "../src/project/watch/watch.ts";
import { watchInThread } from "../src/project/watch/watch-thread.ts";
import { openContext, type ProjectContext } from "../src/project/wiring/context.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";
import { servedApp } from "./served-app.ts";

let project: FerryProject;
let context: ProjectContext | undefined;
let watching: Watching | undefined;
const events: WatchEvent[] = [];

afterEach(async () => {
  await watching?.stop();
  context?.close();
  project.remove();
  [watching, context] = [undefined, undefined];
  events.length = 0;
});

async function started(): Promise<void> {
  project = ferryProject();
  context = await openContext(project.directory);
  // Events alone must do: the regular look comes later than any test waits.
  watching = watchDocuments(context, { onEvent: (event) => events.push(event), settleMs: 30, retryMs: 60 });
  await until(() => events.length === 1);
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 800; turn += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`it never came to hold: ${JSON.stringify(events)}`);
}

const ingested = () => events.flatMap((event) => (event.event === "ingested" ? [event] : []));
const sources = () => context?.documents.sources();

test("adds, changes, renames and removes with the files, and says which", async () => {
  await started();
  expect(ingested()[0]).toMatchObject({ documents: { added: 3 }, files: { added: [] } });
  project.write("docs/kites.md", "# Kites\n\nKites may fly up to 60 metres.\n");
  await until(() => ingested().length === 2);
  expect(ingested()[1]?.files).toEqual({ added: ["docs/kites.md"], changed: [], removed: [] });
  project.write("docs/kites.md", "# Kites\n\nKites may fly up to 80 metres now.\n");
  await until(() => ingested().length === 3);
  expect(ingested()[2]).toMatchObject({
    files: { changed: ["docs/kites.md"] },
    documents: { changed: 1, unchanged: 3 },
  });
  renameSync(project.path("docs/kites.md"), project.path("docs/flying.md"));
  await until(() => ingested().length === 4);
  expect(ingested()[3]?.files).toEqual({ added: ["docs/flying.md"], changed: [], removed: ["docs/kites.md"] });
  rmSync(project.path("docs/flying.md"));
  await until(() => ingested().length === 5);
  expect(sources()).toEqual(["docs/dogs.md", "docs/ferry.md", "docs/lost-things.md"]);
});

test("many writes at once are one ingest", async () => {
  await started();
  for (let number = 0; number < 20; number += 1) project.write(`docs/note-${number}.md`, `# Note ${number}\n\nText.\n`);
  await until(() => (sources()?.length ?? 0) === 23);
  expect(ingested().length).toBeLessThanOrEqual(3);
});

test("a broken file is told of once; the others go on", async () => {
  await started();
  project.write("docs/bad.pdf", "%PDF-1.4 broken");
  await until(() => ingested().length === 2);
  expect(ingested()[1]?.failures).toMatchObject([{ source: "docs/bad.pdf" }]);
  project.write("docs/good.md", "# Good\n\nThis one can be read.\n");
  await until(() => ingested().length === 3);
  expect(ingested()[2]).toMatchObject({ failures: [], documents: { added: 1 } });
});

test("a project without documents is told of once, and its first document is found", async () => {
  project = ferryProject();
  rmSync(project.path("docs"), { recursive: true });
  context = await openContext(project.directory);
  watching = watchDocuments(context, { onEvent: (event) => events.push(event), settleMs: 30, retryMs: 40 });
  await until(() => events.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(events).toMatchObject([{ event: "failed", code: "no-documents" }]);
  mkdirSync(project.path("docs"));
  project.write("docs/first.md", "# First\n\nThe first document of all.\n");
  await until(() => ingested().length === 1);
  expect(sources()).toEqual(["docs/first.md"]);
});

test("another command's lock is waited out, and nothing is lost", async () => {
  await started();
  await withWriteLock(context!.state, async () => {
    project.write("docs/late.md", "# Late\n\nIt comes while another command writes.\n");
    await until(() => events.some((event) => event.event === "failed" && event.code === "state-in-use"));
  });
  await until(() => ingested().length === 2);
  expect(sources()).toContain("docs/late.md");
});

test("the command prints a line for each change and ends on Ctrl-C with 0", async () => {
  project = ferryProject();
  const bin = join(import.meta.dirname, "..", "bin", "assay.mjs");
  const child = spawn(process.execPath, [bin, "watch", "--json", "--project", project.directory]);
  let out = "";
  child.stdout.on("data", (bytes) => {
    out += String(bytes);
  });
  const rows = () =>
    out
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as WatchEvent);
  await until(() => rows().length === 1);
  project.write("docs/kites.md", "# Kites\n\nKites may fly up to 60 metres.\n");
  await until(() => rows().length === 2);
  expect(rows()[1]).toMatchObject({ event: "ingested", files: { added: ["docs/kites.md"] }, documents: { added: 1 } });
  child.kill("SIGINT");
  expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
});

test("beside a server, a changed document is in the next answers and no question fails meanwhile", async () => {
  const app = await servedApp();
  project = app.project;
  watching = watchInThread(project.directory, (event) => events.push(event));
  await until(() => events.length === 1);
  const statuses: number[] = [];
  const fare = async () => {
    const body = { model: "rag", messages: [{ role: "user", content: "What does a return ticket cost?" }] };
    const response = await app.post("/v1/chat/completions", body);
    statuses.push(response.status);
    return response.text();
  };
  expect(await fare()).toContain("6.40");
  project.write("docs/ferry.md", "# Island ferry\n\nA return ticket costs 9.90 crowns since spring.\n");
  await until(async () => (await fare()).includes("9.90"));
  expect(new Set(statuses)).toEqual(new Set([200]));
  await watching.stop();
  watching = undefined;
  await app.close();
});
