// The default words in which an approach asks for an answer. Changing any of them changes answers: raise the version.

/** Part of every approach's version, so that answers made with other words are never mistaken for these. */
export const instructionsVersion = "1";

/** The one sentence a model is told to say when the answer is not there. `decline.ts` recognises it word for word. */
export const declineSentence = "I could not find this in the documents.";

/** The same for approaches that put no document before the model. */
export const declineFromKnowledge = "I do not know.";

const groundedRules = `Answer only from the numbered passages. Use no other knowledge.
After each statement cite the passage it comes from as [n], for example [2]. Cite only passages that state it.
If the passages do not contain the answer, say exactly: ${declineSentence}
Answer in the language of the question, in as few sentences as it needs.`;

const ungroundedRules = `If you do not know the answer, say exactly: ${declineFromKnowledge}
Answer in the language of the question, in as few sentences as it needs.`;

const groundedRole = "You answer questions about a collection of documents.";
const ungroundedRole = "You answer questions.";

/** Instructions for approaches that give passages: the role or house style asked for, then the rules of grounding. */
export function groundedInstructions(role: string = groundedRole): string {
  return `${role.trim()}\n\n${groundedRules}`;
}

/** Instructions for approaches that give no passages. */
export function ungroundedInstructions(role: string = ungroundedRole): string {
  return `${role.trim()}\n\n${ungroundedRules}`;
}
