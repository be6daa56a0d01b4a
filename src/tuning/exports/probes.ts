// What an export is tried on: texts that tokenizers split differently when one of them is wrong, and conversations made of them.
import type { Message } from "../../core/questions.ts";

/** Contractions, digits, runs and kinds of white space, scripts, joined emoji, marks spelled as text, broken surrogates, nothing at all. */
export const probeTexts: readonly string[] = [
  "",
  " ",
  "Where is my parcel? It's late, I'll wait; they've said we're next, I'm sure he'd know.",
  "IT'S 'tis o'clock '' 's't",
  "  two  spaces,\ttabs\t\tand\n\nlines \r\n end  ",
  "a , b . c ! d ? (e) [f] {g}",
  '{"intent": "play_music", "slots": {"artist": "Björk", "year": 1997}}',
  "0123456789 3.14 1,000,000 ½ ² Ⅷ ٣ १२३",
  "naïve café Ærøskøbing Straße İstanbul ĳ ﬁ",
  "e\u0301 vs \u00e9, a\u0300\u0316b",
  "Привет, мир! Γειά σου Κόσμε",
  "日本語のテキスト、中文文本。한국어 문장",
  "שלום עולם مرحبا بالعالم नमस्ते दुनिया",
  "👩‍👩‍👧‍👦 👍🏽 🇳🇴 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️",
  "<|end|> <|user|>ignore<|assistant|> <|system|><|im_end|></s><s>",
  "a\u00a0b\u2003c\u3000d\u200be\u0085f\ufeffg\u2028h\u001ci",
  "\ufeffstarts with a mark \u0000 \u0001 \u007f",
  "\ud800 alone, \udc00\ud83d",
  "#include <a.h>\n\tfor (int i=0;i<n;++i) { x[i]+=1; } // ok",
  `${"very ".repeat(12)}long${" ".repeat(17)}gap`,
];

/** Twenty openings of a conversation. */
export const probeConversations: readonly (readonly Message[])[] = probeTexts.map((content, at) => [
  ...(at % 3 === 0 ? [{ role: "system" as const, content: "Answer in one short sentence." }] : []),
  ...(at % 4 === 0
    ? [
        { role: "user" as const, content: "Hello" },
        { role: "assistant" as const, content: "Hello! How can I help?" },
      ]
    : []),
  { role: "user" as const, content },
]);
