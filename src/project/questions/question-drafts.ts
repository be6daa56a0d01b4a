// Drafts between their making and a person's verdict: kept in the control database, and written to the questions file once
// they are accepted, never before.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AssayError } from "../../core/errors.ts";
import { type Draft, questionLine } from "../../evaluation/synthesis/draft.ts";
import { diskError } from "../state/state-folder.ts";
import type { ProjectContext } from "../wiring/context.ts";

export type DraftStatus = "open" | "accepted" | "rejected";
type Kept = { readonly draft: Draft; readonly status: DraftStatus };

export type QuestionDrafts = {
  /** New drafts; one that was judged before keeps its verdict. Returns how many are new. */
  add(drafts: readonly Draft[]): number;
  open(): readonly Draft[];
  count(status: DraftStatus): number;
  /** Appends the draft, edited or not, to the questions file. A kill between file and verdict writes no line twice. */
  accept(draft: Draft): void;
  reject(draft: Draft): void;
  /** Where accepted drafts go, relative to the project. */
  readonly file: string;
};

export function questionDrafts(context: ProjectContext): QuestionDrafts {
  const { sqlite, transaction } = context.database;
  const all = sqlite.prepare("SELECT value FROM drafts ORDER BY rowid");
  const insert = sqlite.prepare("INSERT OR IGNORE INTO drafts VALUES (?, ?)");
  const put = sqlite.prepare("INSERT INTO drafts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
  const kept = () => (all.all() as { value: string }[]).map(({ value }) => JSON.parse(value) as Kept);
  const judge = (draft: Draft, status: DraftStatus) =>
    transaction(() => put.run(draft.id, JSON.stringify({ draft, status } satisfies Kept)));
  const file = fileFor(context);
  return {
    file,
    add: (drafts) =>
      transaction(() =>
        drafts.reduce((count, draft) => {
          const { changes } = insert.run(draft.id, JSON.stringify({ draft, status: "open" } satisfies Kept));
          return count + Number(changes);
        }, 0),
      ),
    open: () => kept().flatMap(({ draft, status }) => (status === "open" ? [draft] : [])),
    count: (status) => kept().filter((one) => one.status === status).length,
    accept: (draft) => {
      appendOnce(resolve(context.directory, file), draft);
      judge(draft, "accepted");
    },
    reject: (draft) => judge(draft, "rejected"),
  };
}

/** The first configured questions file that is a plain path. */
function fileFor({ config }: ProjectContext): string {
  return config.questions.find((pattern) => !/[*?{[]/.test(pattern)) ?? "questions.jsonl";
}

function appendOnce(path: string, draft: Draft): void {
  try {
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    if (text.includes(`"id":${JSON.stringify(draft.id)},`)) return;
    mkdirSync(dirname(path), { recursive: true });
    const gap = text === "" || text.endsWith("\n") ? "" : "\n";
    appendFileSync(path, `${gap}${questionLine(draft)}\n`);
  } catch (cause) {
    throw diskError(cause, path);
  }
}

/** The drafts of this project. Throws `AssayError` `bad-input` where none waits. */
export function requireDrafts(context: ProjectContext): QuestionDrafts {
  const drafts = questionDrafts(context);
  if (drafts.open().length > 0) return drafts;
  throw new AssayError({
    code: "bad-input",
    message: "no draft waits for review",
    remedy: "make some: `assay questions --count 50`",
  });
}
