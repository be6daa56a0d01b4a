// A project of three small documents and three questions, made anew for every test.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const ferryDocuments: Readonly<Record<string, string>> = {
  "docs/ferry.md":
    "# Island ferry\n\nThe island ferry leaves every 25 minutes from the east pier.\n\nA return ticket costs 6.40 crowns.\n",
  "docs/lost-things.md":
    "# Lost things\n\nLost things are kept for 45 days in the lodge at the gate.\n\nThe lodge opens at 8:15 on workdays.\n",
  "docs/dogs.md": "# Dogs\n\nDogs ride for nothing outside the high season, which runs from June to August.\n",
};

const questions = [
  {
    id: "q1",
    question: "How often does the island ferry leave?",
    references: ["every 25 minutes"],
    relevant: [{ source: "docs/ferry.md" }],
  },
  {
    id: "q2",
    question: "How long are lost things kept?",
    references: ["45 days"],
    relevant: [{ source: "docs/lost-things.md" }],
  },
  { id: "q3", question: "Which metal melts at the highest temperature?", answerable: false },
];

export type FerryProject = {
  readonly directory: string;
  /** Absolute path of a file of the project. */
  path(name: string): string;
  write(name: string, text: string): void;
  remove(): void;
};

export function ferryProject(): FerryProject {
  const directory = mkdtempSync(join(tmpdir(), "assay-ferry-"));
  mkdirSync(join(directory, "docs"));
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
  for (const [name, text] of Object.entries(ferryDocuments)) write(name, text);
  write("questions.jsonl", questions.map((question) => `${JSON.stringify(question)}\n`).join(""));
  return {
    directory,
    path: (name) => join(directory, name),
    write,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
