// A judge that asks a chat model: one structured reply per task, evidence quoted and looked up. What a reply lacks makes
// it a failure with a reason after one more attempt; nothing is guessed from half a reply.
import { z } from "zod";
import type { CallOptions } from "../../core/component.ts";
import { identityOf } from "../../core/component.ts";
import type { Json } from "../../core/json.ts";
import type { ChatModel, PromptParts, Usage } from "../../core/models.ts";
import type { Hit } from "../../core/retrieval.ts";
import { containsWords, foldWords } from "../metrics/answer-words.ts";
import type { ClaimVerdict, Judge, Judgement, RuleVerdict } from "./judge.ts";
import { judgePrompts, judgePromptsVersion } from "./judge-prompts.ts";

const claimsReply = z.object({ claims: z.array(z.string().trim().min(1)) });
const supportReply = z.object({ verdicts: z.array(z.object({ supported: z.boolean(), quote: z.string() })) });
const relevanceReply = z.object({ relevant: z.array(z.boolean()) });
const rulesReply = z.object({ verdicts: z.array(z.object({ kept: z.boolean(), quote: z.string() })) });
const preferenceReply = z.object({ better: z.enum(["first", "second", "tie"]) });

/** The model is asked at temperature 0. Its replies are not kept here: see `keptJudge`. */
export function modelJudge(model: ChatModel): Judge {
  return {
    name: model.name,
    version: judgePromptsVersion,
    config: { model: identityOf(model), temperature: 0 },
    label: `judged by ${model.name}`,
    readsMeaning: true,
    claims: ({ question, text }, call) =>
      askTwice(model, promptOf(judgePrompts.claims, { question, text }, claimsReply), call, (reply) =>
        read(claimsReply, reply, ({ claims }) => claims),
      ),
    support: async ({ claims, evidence }, call) => {
      if (claims.length === 0) return { status: "judged", value: [], usage: [] };
      const prompt = promptOf(judgePrompts.support, { claims }, supportReply, evidence);
      return askTwice(model, prompt, call, (reply) =>
        read(supportReply, reply, ({ verdicts }) => toVerdicts(claims, verdicts, evidence)),
      );
    },
    relevance: async ({ question, claims }, call) => {
      if (claims.length === 0) return { status: "judged", value: [], usage: [] };
      const prompt = promptOf(judgePrompts.relevance, { question, statements: claims }, relevanceReply);
      return askTwice(model, prompt, call, (reply) =>
        read(relevanceReply, reply, ({ relevant }) => sameLength(relevant, claims)),
      );
    },
    rules: async ({ question, text, rules }, call) => {
      const prompt = promptOf(judgePrompts.rules, { question, text, rules }, rulesReply);
      return askTwice(model, prompt, call, (reply) =>
        read(rulesReply, reply, ({ verdicts }) => toRuleVerdicts(rules, verdicts, text)),
      );
    },
    prefer: (input, call) =>
      askTwice(model, promptOf(judgePrompts.preference, { ...input }, preferenceReply), call, (reply) =>
        read(preferenceReply, reply, ({ better }) => better),
      ),
  };
}

/** A reply that cannot be used: the reason is shown to the model once, then reported. */
class UnusableReply extends Error {}

function promptOf(
  instructions: string,
  material: Readonly<Record<string, Json>>,
  schema: z.ZodType,
  evidence: readonly string[] = [],
): PromptParts {
  return {
    instructions,
    examples: [],
    passages: evidence.map(asPassage),
    // JSON keeps the judged text apart from the task: quotes and line breaks in it end nothing.
    question: JSON.stringify(material, null, 1),
    schema: z.toJSONSchema(schema) as Json,
  };
}

function asPassage(text: string, position: number): Hit {
  const id = `evidence-${position + 1}`;
  const place = { id, documentId: id, source: id, title: "", ordinal: position, text, start: 0, end: text.length };
  return { chunk: { ...place, headingPath: [], metadata: {}, groups: [] }, score: 0, legs: {} };
}

async function askTwice<T>(
  model: ChatModel,
  prompt: PromptParts,
  call: CallOptions | undefined,
  parse: (reply: string) => T,
): Promise<Judgement<T>> {
  const usage: Usage[] = [];
  let question = prompt.question;
  let reason = "";
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const generation = await model.generate({ ...prompt, question }, { temperature: 0 }, call);
      usage.push(...generation.usage);
      if (generation.finish === "filtered") return { status: "failed", reason: "the judge refused", usage };
      if (generation.finish === "length") throw new UnusableReply("the judge's reply was cut off");
      return { status: "judged", value: parse(generation.text), usage };
    } catch (error) {
      call?.signal?.throwIfAborted();
      reason = error instanceof Error ? error.message : String(error);
      if (!(error instanceof UnusableReply)) return { status: "failed", reason: `the judge failed: ${reason}`, usage };
      question = `${prompt.question}\n\nYour last reply could not be used: ${reason}. Reply with the JSON alone.`;
    }
  }
  return { status: "failed", reason, usage };
}

/** Throws `UnusableReply` for anything but one JSON value of the expected shape; a code fence around it is taken off. */
function read<S, T>(schema: z.ZodType<S>, reply: string, use: (value: S) => T): T {
  const body = /^\s*```(?:json)?\s*\n?([\s\S]*?)\n?\s*```\s*$/i.exec(reply)?.[1] ?? reply;
  if (body.trim() === "") throw new UnusableReply("the judge's reply was empty");
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new UnusableReply(`the judge's reply was no JSON: "${excerpt(body)}"`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new UnusableReply(`the judge's reply had another shape: ${excerpt(body)}`);
  return use(parsed.data);
}

function excerpt(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length > 60 ? `${flat.slice(0, 60)}…` : flat;
}

function sameLength<T>(given: readonly T[], claims: readonly string[]): readonly T[] {
  if (given.length === claims.length) return given;
  throw new UnusableReply(`the judge gave ${given.length} verdicts where ${claims.length} were asked for`);
}

/** A supported claim must quote words that stand in the evidence: what the judge cannot show, it does not know. */
function toVerdicts(
  claims: readonly string[],
  verdicts: readonly { readonly supported: boolean; readonly quote: string }[],
  evidence: readonly string[],
): readonly ClaimVerdict[] {
  const folded = evidence.map(foldWords);
  return sameLength(verdicts, claims).map(({ supported, quote }, index): ClaimVerdict => {
    const claim = claims[index]!;
    if (!supported) return { claim, supported };
    const wanted = foldWords(quote);
    if (!folded.some((text) => containsWords(text, wanted))) {
      throw new UnusableReply(`the judge quoted words that the evidence does not hold: "${excerpt(quote)}"`);
    }
    return { claim, supported, quote };
  });
}

/** A quote is looked up here too; a rule about what must not be there has none to give. */
function toRuleVerdicts(
  rules: readonly string[],
  verdicts: readonly { readonly kept: boolean; readonly quote: string }[],
  text: string,
): readonly RuleVerdict[] {
  const folded = foldWords(text);
  return sameLength(verdicts, rules).map(({ kept, quote }, index): RuleVerdict => {
    const rule = rules[index]!;
    if (quote.trim() === "") return { rule, kept };
    if (containsWords(folded, foldWords(quote))) return { rule, kept, quote };
    throw new UnusableReply(`the judge quoted words that the answer does not hold: "${excerpt(quote)}"`);
  });
}
