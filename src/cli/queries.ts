// What a command is asked: one question on the line, or a file of them.
import { AssayError } from "../core/errors.ts";
import type { Question } from "../core/questions.ts";
import { fromWorkingDirectory } from "./common-options.ts";

/** Exactly one of `text` and `file`. Throws `AssayError` `bad-usage` otherwise. */
export async function readQueries(text: string | undefined, file: string | undefined): Promise<readonly Question[]> {
  if ((text === undefined) === (file === undefined)) {
    throw new AssayError({
      code: "bad-usage",
      message: "expected one question, or --questions FILE",
      remedy: 'type `assay ask "your question"`',
    });
  }
  if (file !== undefined) {
    const { readAskFile } = await import("../project/data/data-files.ts");
    return readAskFile(fromWorkingDirectory(file));
  }
  if (text?.trim() === "") {
    throw new AssayError({
      code: "bad-usage",
      message: "the question is empty",
      remedy: 'type `assay ask "your question"`',
    });
  }
  return [{ id: "q1", text: text as string }];
}
