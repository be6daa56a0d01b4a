// What kind of answer a question wants, and whether a sentence holds something of that kind. Rules of thumb over
// question words and spelling, for English, German, French and Spanish; other questions are of kind `other`.

export type AnswerKind = "person" | "time" | "quantity" | "place" | "cause" | "method" | "definition" | "other";

const kindPatterns: readonly (readonly [AnswerKind, RegExp])[] = [
  [
    "quantity",
    /\b(?:how (?:many|much|long|far|often|old|tall|large|big|high|fast|deep|wide|heavy|hot|cold|frequent(?:ly)?)|(?:what|which) (?:is |was |are |were |does |did )?(?:the |its |their |a |an )?(?:\w+ )?(?:percentage|percent|number|amount|price|cost|fee|rate|limit|size|age|length|height|weight|distance|population|temperature|ratio|total|average|maximum|minimum|salary|speed|frequency|deadline|area|depth|width|score)|wie (?:viele?|teuer|hoch|lang[e]?|oft|weit|alt|gro(?:ß|ss)|schnell|schwer)|was kosten?|was kostet|combien|à quel prix|cuánt[oa]s?)\b/i,
  ],
  [
    "time",
    /\b(?:when|(?:what|which) (?:year|date|day|month|century|decade|time|season|period|era|hour)|since when|until when|wann|seit wann|bis wann|(?:welche[mnrs]?) (?:jahr|tag|monat|datum|uhrzeit)|um wie viel uhr|quand|(?:en )?quelle année|à quelle heure|cuándo|qué año)\b/i,
  ],
  [
    "person",
    /\b(?:who|whom|whose|wer|wen|wem|wessen|qui|quién(?:es)?|(?:what|which) (?:person|man|woman|author|king|queen|president|leader|scientist|artist|actor|writer|singer|player|general|emperor|pope|engineer|manager))\b/i,
  ],
  [
    "place",
    /\b(?:where|(?:what|which) (?:country|city|state|town|region|place|location|continent|county|river|island|street|building|room|area|province|nation|university|school)|wo|woher|wohin|in welche[mnrs]? (?:stadt|land|ort|raum)|où|dónde|adónde)\b/i,
  ],
  [
    "cause",
    /\b(?:why|what (?:caused|causes|is the reason|was the reason|reason|led to|motivated)|for what reason|warum|weshalb|wieso|wozu|pourquoi|por qué)\b/i,
  ],
  [
    "method",
    /\b(?:how (?:do|does|did|can|could|should|is|are|was|were|to|would|will|might)|wie (?:kann|können|macht|mache|geht|wird|werden|soll|stellt|bekomm\w*)|comment|cómo)\b/i,
  ],
  [
    "definition",
    /^\W*(?:what (?:is|are|was|were) (?:an? |the )?[\w-]+(?: [\w-]+){0,2}\W*$|what does .* (?:mean|stand for|do)\b|define\b|was (?:ist|sind|bedeutet)\b|qu['’]est-ce|qué (?:es|son|significa)\b)/i,
  ],
];

export function answerKindOf(question: string): AnswerKind {
  return kindPatterns.find(([, pattern]) => pattern.test(question))?.[0] ?? "other";
}

const months =
  "jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|février|mar(?:ch|s)?|märz|apr(?:il)?|avril|ma[iy]|june?|juni|juin|july?|juli|juillet|aug(?:ust)?|août|sep(?:t(?:ember|embre)?)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|d[eé][cz](?:ember|embre)?";
const timePattern = new RegExp(
  `\\b(?:1[0-9]{3}|20[0-9]{2})s?\\b|\\b(?:${months})\\b\\.?,? \\d|\\d(?:st|nd|rd|th|\\.)? (?:of )?(?:${months})\\b|\\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\\b|\\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s?\\b|\\b\\d{1,2}[:.]\\d{2}\\b|\\b\\d{1,2} ?(?:am|pm|a\\.m\\.|p\\.m\\.|uhr|h)\\b|\\bcentur(?:y|ies)\\b|\\b(?:noon|midnight|daily|weekly|monthly|quarterly|annually|yearly)\\b|\\b(?:every|each|within|before|after) \\w+ (?:days?|weeks?|months?|years?|hours?|minutes?)\\b`,
  "gi",
);
const quantityPattern =
  /\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundreds?|thousands?|millions?|billions?|half|once|twice|dozen|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|hundert|tausend|deux|trois|quatre|cinq|dix|daily|weekly|monthly|hourly|annually|free|kostenlos|täglich|wöchentlich)\b/gi;
const namePattern =
  /(?<=[\p{L}\p{N},;:)"'’] |[("“|] ?)\p{Lu}[\p{L}\p{N}.'’-]*(?: (?:of |the |de |von |van )?\p{Lu}[\p{L}\p{N}.'’-]*)*/gu;
const placePattern =
  /(?<=\b(?:in|at|near|from|to|into|through|of|on|across|around|throughout|between|aus|nach|bei|am|im|à|en|au|dans) (?:the |der |dem |den |la |le )?)\p{Lu}[\p{L}'’-]+/gu;
const causePattern =
  /\b(?:because|due to|since|so that|in order to|therefore|thus|caus(?:e|es|ed|ing)|reasons?|as a result|results? (?:in|of|from)|led to|leads to|owing to|thanks to|to avoid|to ensure|to prevent|weil|damit|um [^.]* zu|daher|deshalb|wegen|da|parce que|car|afin|porque)\b/i;
const methodPattern =
  /\b(?:by \w+ing|using|use|uses|used|through|with|via|must|should|click|select|run|call|calls|create|set|add|open|enter|send|write|choose|press|durch|mit|indem|muss|müssen|par|avec)\b/i;
const definitionPattern =
  /\b(?:is|are|was|were|means?|refers? to|defined as|known as|called|stands? for|describes?|ist|sind|war|bedeutet|heißt|bezeichnet|est|sont|es|son|significa)\b/i;

/** From 0, nothing of this kind, over 0.3, only what the question itself says, to 1, something new of this kind. */
export function answerFit(kind: AnswerKind, question: string, sentence: string): number {
  switch (kind) {
    case "quantity":
      return noveltyOf(sentence, quantityPattern, question);
    case "time":
      return noveltyOf(sentence, timePattern, question);
    case "person":
      return noveltyOf(sentence, namePattern, question);
    case "place":
      return Math.max(noveltyOf(sentence, placePattern, question), 0.6 * noveltyOf(sentence, namePattern, question));
    case "cause":
      return causePattern.test(sentence) ? 1 : 0;
    case "method":
      return methodPattern.test(sentence) ? 1 : 0;
    case "definition":
      return definitionPattern.test(sentence) ? 1 : 0;
    case "other":
      return noveltyOf(sentence, namePattern, question);
  }
}

function noveltyOf(sentence: string, pattern: RegExp, question: string): number {
  const found = sentence.match(pattern);
  if (!found) return 0;
  const asked = question.toLowerCase();
  return found.some((piece) => !asked.includes(piece.toLowerCase())) ? 1 : 0.3;
}
