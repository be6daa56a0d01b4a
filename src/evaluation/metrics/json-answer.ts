// Reads an answer as JSON and validates it. Strict first: what a program downstream would meet.
import type { ValidateFunction } from "ajv";
import { hashOf } from "../../core/hash.ts";
import type { Json } from "../../core/json.ts";

export type JsonAnswer =
  | { readonly status: "valid"; readonly value: Json }
  | { readonly status: "invalid"; readonly value: Json; readonly problem: string }
  | { readonly status: "not-json" };

export type SchemaCheck = {
  /** The text as it stands, no repair. */
  readonly strict: JsonAnswer;
  /** The same once a Markdown code fence around it is taken off. */
  readonly withoutFence: JsonAnswer;
};

const fence = /^\s*```[a-z]*\s*\n([\s\S]*?)\n?\s*```\s*$/i;

export type SchemaChecker = (schema: Json, text: string) => Promise<SchemaCheck>;

/** Compiles each schema once (2020-12; draft-07 where `$schema` says so). Rejects where the schema itself is broken. */
export function schemaChecker(): SchemaChecker {
  const compiled = new Map<string, Promise<ValidateFunction>>();
  return async (schema, text) => {
    const key = hashOf(schema);
    const pending = compiled.get(key) ?? compile(schema);
    compiled.set(key, pending);
    const validate = await pending;
    const strict = check(validate, text);
    const body = fence.exec(text)?.[1];
    return { strict, withoutFence: body === undefined ? strict : check(validate, body) };
  };
}

async function compile(schema: Json): Promise<ValidateFunction> {
  const options = { strict: false, allErrors: false, validateFormats: false, logger: false } as const;
  const { Ajv } = JSON.stringify(schema).includes("json-schema.org/draft-07")
    ? await import("ajv")
    : { Ajv: (await import("ajv/dist/2020.js")).Ajv2020 };
  return new Ajv(options).compile(schema as object | boolean);
}

function check(validate: ValidateFunction, text: string): JsonAnswer {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return { status: "not-json" };
  }
  if (validate(value)) return { status: "valid", value };
  const [error] = validate.errors ?? [];
  return { status: "invalid", value, problem: `${error?.instancePath || "/"} ${error?.message ?? "is invalid"}` };
}
