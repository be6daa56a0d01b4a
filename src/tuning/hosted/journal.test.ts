// The journal of acts: nothing is done twice, whatever was cut short, and what was undone is done again.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testClock } from "../../testing/fine-tuning/test-clock.ts";
import { openJournal } from "./journal.ts";
import { ServiceError } from "./service-error.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "assay-journal-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = () => openJournal(directory, { clock: testClock() });
const file = () => join(directory, "journal.jsonl");
const never = async (): Promise<never> => {
  throw new Error("done a second time");
};

describe("an act", () => {
  test("is done once, also for the next process", async () => {
    const how = { find: async () => undefined, perform: async () => "file-1" };
    expect(await open().once("upload", how)).toBe("file-1");
    expect(await open().once("upload", { find: never, perform: never })).toBe("file-1");
  });

  test("that is found is not done", async () => {
    expect(await open().once("upload", { find: async () => "file-7", perform: never })).toBe("file-7");
  });

  test("that was undone is done again", async () => {
    const journal = open();
    journal.note("upload", "file-1");
    journal.undo("upload");
    const how = { find: async () => undefined, perform: async () => "file-2" };
    expect(await open().once("upload", how)).toBe("file-2");
  });

  test("that leaves doubt is looked up; one that was refused is not repeated", async () => {
    let isThere = false;
    const doubtful = {
      find: async () => (isThere ? "file-3" : undefined),
      perform: async () => {
        isThere = true;
        throw ServiceError.unreachable("Fake", new Error("reset"));
      },
    };
    expect(await open().once("upload", doubtful)).toBe("file-3");
    let tries = 0;
    const refused = {
      find: async () => undefined,
      perform: async () => {
        tries += 1;
        throw new Error("no");
      },
    };
    await expect(open().once("job", refused)).rejects.toThrow("no");
    expect(tries).toBe(1);
  });
});

test("cut anywhere, it knows what stood before the cut, and what is written next", () => {
  const journal = open();
  for (let at = 0; at < 4; at++) journal.note(`act ${at}`, { id: `made ${at}`, words: 'über; "quoted"' });
  const whole = readFileSync(file());
  fc.assert(
    fc.property(fc.nat({ max: whole.length }), (length) => {
      writeFileSync(file(), whole.subarray(0, length));
      const kept = whole.subarray(0, length).toString("utf8").split("\n").length - 1;
      const cut = open();
      for (let at = 0; at < kept; at++) expect(cut.made(`act ${at}`)).toMatchObject({ id: `made ${at}` });
      cut.note("next", "n");
      const again = open();
      expect(again.made("next")).toBe("n");
      for (let at = 0; at < kept; at++) expect(again.made(`act ${at}`)).toMatchObject({ id: `made ${at}` });
    }),
  );
});
