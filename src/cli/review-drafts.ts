// A person's verdict on drafted questions, one by one in the terminal. Stopping keeps what is left for the next time.
import type { QuestionDrafts } from "../project/questions/question-drafts.ts";

type Draft = ReturnType<QuestionDrafts["open"]>[number];

export async function reviewDrafts(drafts: QuestionDrafts): Promise<void> {
  const { isCancel, note, select } = await import("@clack/prompts");
  const waiting = drafts.open();
  for (const [at, draft] of waiting.entries()) {
    note(described(draft), `${at + 1} of ${waiting.length} · ${draft.kind}`);
    const verdict = await select({
      message: draft.question,
      options: [
        { value: "accept", label: "accept" },
        { value: "edit", label: "edit, then accept" },
        { value: "reject", label: "reject" },
        { value: "stop", label: "stop here" },
      ],
    });
    if (isCancel(verdict) || verdict === "stop") return;
    if (verdict === "reject") drafts.reject(draft);
    else if (verdict === "accept") drafts.accept(draft);
    else {
      const edited = await edit(draft);
      if (edited === undefined) return;
      drafts.accept(edited);
    }
  }
}

function described({ references, answerable, relevant, provenance }: Draft): string {
  const gold = relevant.map(({ documentId = "" }) => documentId).join(", ");
  return [
    answerable ? `answer: ${references.join(" / ")}` : "meant to be unanswerable: declining is right",
    ...(gold ? [`in: ${gold}`] : []),
    ...provenance.quotes.map((quote) => `“${quote.replace(/\s+/g, " ").slice(0, 200)}”`),
    `made by: ${provenance.madeBy}`,
  ].join("\n");
}

/** Undefined where the person changed their mind. */
async function edit(draft: Draft): Promise<Draft | undefined> {
  const { isCancel, text } = await import("@clack/prompts");
  const question = await text({ message: "Question", initialValue: draft.question });
  if (isCancel(question)) return undefined;
  if (!draft.answerable) return { ...draft, question };
  const answer = await text({
    message: "Answer (several: separate with |)",
    initialValue: draft.references.join(" | "),
  });
  if (isCancel(answer)) return undefined;
  const references = answer
    .split("|")
    .map((one) => one.trim())
    .filter(Boolean);
  return { ...draft, question, references };
}
