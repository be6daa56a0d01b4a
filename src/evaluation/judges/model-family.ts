// Which family a model belongs to, for judges prefer texts of their own kind. Knows names only.

const families: readonly (readonly [RegExp, string])[] = [
  [/gpt|chatgpt|(?:^|[/-])o[1345](?:-|$)/i, "GPT"],
  [/claude/i, "Claude"],
  [/gemini|gemma/i, "Gemini"],
  [/llama/i, "Llama"],
  [/mi[sx]tral|ministral|codestral/i, "Mistral"],
  [/qwen|qwq/i, "Qwen"],
  [/deepseek/i, "DeepSeek"],
  [/command|aya/i, "Command"],
  [/phi-?\d/i, "Phi"],
  [/grok/i, "Grok"],
];

/** The family by the model's name; else the full name, so that only the very same model counts as family. */
export function modelFamily(modelId: string): string {
  if (modelId.startsWith("embedded/")) return modelId;
  const name = modelId.slice(modelId.indexOf("/") + 1);
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? modelId;
}

/** A sentence for the report where the judge may favour the answerer, else undefined. */
export function familyWarning(judge: string, answerer: string): string | undefined {
  const family = modelFamily(judge);
  if (family !== modelFamily(answerer)) return undefined;
  return `The judge ${judge} and the generator ${answerer} are of one family (${family}): judges favour their own kind. Name a judge of another family in evaluation.judge.`;
}
