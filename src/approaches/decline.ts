// Tells an answer from a refusal to answer. Conservative: only a reply that says nothing but "it is not there" counts.
import { declineFromKnowledge, declineSentence } from "./instructions.ts";

/** Phrasings that open a decline, per language. Each must be followed by nothing that states a fact. */
const phrasings: readonly RegExp[] = [
  // English
  /\b(?:i|we) (?:could not|couldn't|can not|cannot|can't|was unable to|were unable to|am unable to|did not|didn't) (?:find|locate|answer|determine|tell)\b/,
  /\b(?:i|we) (?:do not|don't) (?:know|have (?:enough |any |sufficient |that |the |this )*(?:information|context|details|data))\b/,
  /\b(?:passages?|context|excerpts?|(?:provided|given|supplied|available) (?:documents?|sources?|texts?|information))\b.{0,20}\b(?:does not|do not|doesn't|don't|did not) (?:contain|mention|provide|include|say|specify|state|answer|address|give|cover|have|discuss)\b/,
  /\b(?:documents?|sources?|texts?)\b.{0,20}\b(?:does not|do not|doesn't|don't|did not) (?:(?:mention|say|specify|state|answer|address|discuss)\b|(?:contain|provide|include|give|have)\b.{0,15}\b(?:information|details?|mention|answer|data)\b)/,
  /\b(?:is|are|was|were) (?:not|nowhere) (?:mentioned|stated|specified|provided|contained|included|found|given|covered|addressed|answered|available) (?:in|by) (?:the|these|this|any of the)\b/,
  /\b(?:there is|there's) (?:no|not enough|insufficient) (?:information|mention|context|details?|data)\b/,
  /\bno (?:information|mention|details?)\b.{0,30}\b(?:in|is|are|was) (?:the|given|provided|available)\b/,
  /\b(?:cannot|can not|can't) be (?:answered|determined|found) (?:from|with|based|in|using)\b/,
  /\b(?:not enough|insufficient) (?:information|context) (?:to|is|was)\b/,
  // German
  /\b(?:konnte|kann) (?:ich )?(?:das|dies|dazu|dies[e]?|es|hierzu)?\b.{0,40}\bnicht (?:finden|beantworten)\b/,
  /\bich (?:konnte|kann)\b.{0,40}\b(?:nicht|nichts|keine (?:angaben?|informationen?))\b.{0,30}\b(?:finden|beantworten|sagen)\b/,
  /\bich weiß (?:es|das)? ?(?:leider )?nicht\b/,
  /\b(?:dokumente?n?|texte?n?|passagen?|unterlagen|kontext|quellen?)\b.{0,40}\b(?:enthalten|enthält|geben|nennen|erwähnen|finden sich|findet sich)\b.{0,30}\b(?:nicht|keine|nichts)\b/,
  // French
  /\bje (?:n'ai|n’ai) (?:pas|rien) (?:pu )?trouv/,
  /\bje ne (?:sais pas|trouve pas|peux pas répondre)\b/,
  /\b(?:documents?|passages?|textes?|contexte|sources?)\b.{0,40}\bne (?:contien(?:nen)?t|mentionn(?:e|ent)|précis(?:e|ent)|fourni(?:t|ssent)|donn(?:e|ent)) (?:pas|aucun)/,
  // Spanish
  /\bno (?:he podido|pude|puedo|logré) (?:encontrar|responder|hallar)\b/,
  /\bno (?:lo sé|encuentro|encontré)\b/,
  /\b(?:documentos?|pasajes?|textos?|contexto|fuentes?)\b.{0,40}\bno (?:contienen?|mencionan?|indican?|especifican?|proporcionan?)\b/,
  // Italian
  /\bnon (?:ho trovato|sono riuscit[oa] a trovare|lo so|posso rispondere)\b/,
  /\b(?:documenti|documento|passaggi|testi|testo|contesto|fonti)\b.{0,40}\bnon (?:contien(?:e|gono)|menziona(?:no)?|indica(?:no)?|specifica(?:no)?)\b/,
];

const hedgeWords =
  /\b(?:however|but|although|nevertheless|instead|aber|jedoch|allerdings|mais|cependant|toutefois|pero|sin embargo|tuttavia)\b/;

/** Longer replies say something besides, so they are answers. In characters. */
const longestDecline = 320;

/** What may follow a decline without making it an answer. */
const remark =
  /^(?:please|you (?:may|might|could|can)|if you|try|consider|let me know|would you|could you|bitte|vous pouvez|veuillez|por favor)\b/;
const apology =
  /^(?:(?:i'm|i am|we're|we are) )?(?:very |so )?(?:sorry|unfortunately|i apologi[sz]e|leider|tut mir leid|es tut mir leid|désolée?|lo siento|mi dispiace)\b[,:.]?\s*(?:but|aber|mais|pero|ma)?\s*/;

/** True where `text` only says that the answer was not found. A citation, a "however" or any further statement makes it an answer. */
export function isDecline(text: string): boolean {
  const reply = text
    .replace(/[*_`"“”]/g, "")
    .replaceAll("’", "'")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase()
    .replace(apology, "");
  if (isFixedSentence(reply)) return true;
  if (reply.length > longestDecline || /\[\d+\]/.test(reply) || hedgeWords.test(reply)) return false;
  const [opening = "", ...further] = reply.split(/(?<=[.!?])\s/);
  const declines = (sentence: string) => phrasings.some((phrasing) => phrasing.test(sentence));
  return declines(opening) && further.every((sentence) => declines(sentence) || remark.test(sentence));
}

/** The sentence that was asked for, alone. */
function isFixedSentence(reply: string): boolean {
  return [declineSentence, declineFromKnowledge].some((sentence) => {
    const fixed = sentence.toLowerCase().replace(/\.$/, "");
    return reply === fixed || reply === `${fixed}.`;
  });
}
