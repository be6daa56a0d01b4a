// Asks the questionnaire on a terminal, one question at a time; an empty answer is "I do not know". Draws no conclusion.
import { AssayError } from "../core/errors.ts";
import type { SituationQuestion } from "../project/decision/decide-answers.ts";

const doNotKnow = "";

/** `shown` is what the project says already: offered as the answer. Returns what was typed, by key; on stderr, as progress is. */
export async function askQuestionnaire(
  questions: readonly SituationQuestion[],
  shown: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, string>>> {
  const prompts = await import("@clack/prompts");
  const output = process.stderr;
  const typed: Record<string, string> = {};
  prompts.intro("What do you know already? Press Enter where you do not.", { output });
  for (const { key, text, answer } of questions) {
    const choices = choicesOf(answer);
    const reply = choices
      ? await prompts.select({ message: text, options: [doNotKnow, ...choices].map(optionFor), output })
      : await prompts.text({
          message: text,
          placeholder: placeholderFor(answer, shown[key]),
          defaultValue: doNotKnow,
          validate: (said) => refusal(said, answer),
          output,
        });
    if (prompts.isCancel(reply)) throw cancelled();
    if (reply.trim() !== doNotKnow) typed[key] = reply;
  }
  return typed;
}

function choicesOf(answer: SituationQuestion["answer"]): readonly string[] | null {
  if (answer.type === "choice") return answer.choices;
  return answer.type === "yes-no" ? ["yes", "no"] : null;
}

function optionFor(value: string): { readonly value: string; readonly label: string } {
  return { value, label: value === doNotKnow ? "I do not know" : value };
}

function placeholderFor({ type }: SituationQuestion["answer"], shown: unknown): string {
  const kind = type === "limit" ? "a number, or none" : "a number";
  return shown === undefined ? kind : `${kind}; the project shows ${String(shown)}`;
}

function refusal(said: string | undefined, { type }: SituationQuestion["answer"]): string | undefined {
  const text = (said ?? "").trim();
  const isFine = text === doNotKnow || (type === "limit" && text === "none") || Number(text) >= 0;
  return isFine ? undefined : `Expected ${type === "limit" ? "a number, 0 or more, or none" : "a number, 0 or more"}.`;
}

function cancelled(): AssayError {
  return new AssayError({
    code: "cancelled",
    message: "the questionnaire was left",
    remedy: "run `assay decide` again, or answer with flags: `assay decide --need knowledge`",
  });
}
