// Questions made by rules, put a little more as people put them: no document named, no quotation marks, an opening that asks. Still stiff;
// enough for a model to learn that such things are asked, not what is answered.

/** How people begin to ask. Whether one fits the rest does not matter: what is learnt is that something is asked. */
const openings: readonly string[] = [
  ...[
    "How much is",
    "How many",
    "How long is",
    "How often",
    "When is",
    "Where is",
    "Who",
    "Which",
    "What is",
    "What about",
  ],
  ...["Can I", "May we", "Do you have", "Is there", "Does it", "Why", "I want to know", ""],
  ...["Wie viel", "Wie lange", "Wann", "Wo", "Wer", "Welche", "Was ist", "Darf ich", "Gibt es"],
  ...["Combien", "Quand", "Où", "Qui", "Quel est", "Puis-je", "Cuánto", "Cuándo", "Dónde", "Quién", "Puedo"],
  ...["Quanto", "Quando", "Dove", "Chi", "Qual è", "Posso"],
];

/** `place` chooses the opening. */
export function plainQuestion(question: string, place: number): string {
  const subject = question
    .replace(/^(?:In|Fill the gap, from|What does) "[^"]*"(?:, [^:]*)?(?:: | say about )/, "")
    .replace(/^what is "(.*)" for "(.*)"\?$/, "$1 for $2")
    .replace(/"|[?.]$/g, "")
    .replace(/^\d+\. /, "");
  const opening = openings[place % openings.length]!;
  return `${opening} ${opening === "" ? subject : lowered(subject)}?`.trim();
}

/** Acronyms and codes stay as they are. */
const lowered = (text: string): string => (/^\p{Lu}\p{Ll}/u.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text);
