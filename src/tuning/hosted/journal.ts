// What was done at a provider, written down before and after each act, so that a process killed anywhere repeats nothing:
// what may have been done is looked up before it is done again.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../core/json.ts";
import type { Clock } from "./clock.ts";
import { ServiceError } from "./service-error.ts";

/** One line of the journal. `undone`: what the act made is gone again, so it would have to be repeated. */
export type JournalEntry =
  | { readonly act: string; readonly phase: "begun" }
  | { readonly act: string; readonly phase: "done"; readonly made: Json }
  | { readonly act: string; readonly phase: "undone" };

export type Act<Made extends Json> = {
  /** What is there already, made by an earlier try of this very act. `isDoubtful`: such a try was begun. */
  find(isDoubtful: boolean): Promise<Made | undefined>;
  perform(): Promise<Made>;
};

export type Journal = {
  /** Does it unless it was done; in doubt `find` decides. The same result every time. */
  once<Made extends Json>(act: string, how: Act<Made>): Promise<Made>;
  /** What the act made; undefined where it was not done, or is undone. */
  made(act: string): Json | undefined;
  note(act: string, made: Json): void;
  undo(act: string): void;
};

export type JournalOptions = {
  readonly clock: Clock;
  /** Told of every entry once it is on the disk. */
  readonly onWritten?: (entry: JournalEntry) => void;
};

/** Answers that leave doubt, in a row, before giving up. */
const mostDoubts = 3;
/** Before looking whether it was done: lists lag behind. */
const doubtMs = 2000;

export function openJournal(directory: string, { clock, onWritten }: JournalOptions): Journal {
  const made = new Map<string, Json>();
  const begun = new Set<string>();
  const apply = (entry: JournalEntry): void => {
    if (entry.phase === "begun") begun.add(entry.act);
    else begun.delete(entry.act);
    if (entry.phase === "done") made.set(entry.act, entry.made);
    if (entry.phase === "undone") made.delete(entry.act);
  };
  for (const entry of entriesIn(directory)) apply(entry);
  mendLastLine(directory);
  const write = (entry: JournalEntry): void => {
    mkdirSync(directory, { recursive: true });
    appendFileSync(fileIn(directory), `${JSON.stringify(entry)}\n`);
    apply(entry);
    onWritten?.(entry);
  };
  const done = <Made extends Json>(act: string, result: Made): Made => {
    write({ act, phase: "done", made: result });
    return result;
  };
  return {
    made: (act) => made.get(act),
    note: (act, value) => write({ act, phase: "done", made: value }),
    undo: (act) => write({ act, phase: "undone" }),
    async once<Made extends Json>(act: string, { find, perform }: Act<Made>): Promise<Made> {
      const known = made.get(act);
      if (known !== undefined) return known as Made;
      for (let doubts = 0; ; doubts++) {
        // Looked up even at first: somebody may have deleted the folder of a run that was paid for.
        const found = await find(begun.has(act));
        if (found !== undefined) return done(act, found);
        if (!begun.has(act)) write({ act, phase: "begun" });
        try {
          return done(act, await perform());
        } catch (error) {
          const isDoubtful = error instanceof ServiceError && error.isAmbiguous;
          if (!isDoubtful || doubts + 1 >= mostDoubts) throw error;
          await clock.sleep(error.retryAfterMs ?? doubtMs);
        }
      }
    },
  };
}

const fileIn = (directory: string): string => join(directory, "journal.jsonl");

function entriesIn(directory: string): readonly JournalEntry[] {
  if (!existsSync(fileIn(directory))) return [];
  return readFileSync(fileIn(directory), "utf8").split("\n").flatMap(parsed);
}

/** The next entry must not be glued to one that was cut short. */
function mendLastLine(directory: string): void {
  if (!existsSync(fileIn(directory))) return;
  const text = readFileSync(fileIn(directory), "utf8");
  if (text !== "" && !text.endsWith("\n")) appendFileSync(fileIn(directory), "\n");
}

/** A kill can cut the last line short: then that act was not begun, or its result is found again. */
function parsed(line: string): readonly JournalEntry[] {
  try {
    return [JSON.parse(line) as JournalEntry];
  } catch {
    return [];
  }
}
