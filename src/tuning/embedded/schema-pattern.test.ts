import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../core/json.ts";
import type { BytePattern } from "./byte-pattern.ts";
import { schemaPattern } from "./schema-pattern.ts";

function accepts(schema: Json, text: string): boolean {
  let state: BytePattern | undefined = schemaPattern(schema);
  for (const byte of new TextEncoder().encode(text)) state = state?.after(byte);
  return state?.mayEnd ?? false;
}

const intents = {
  type: "object",
  required: ["intent"],
  oneOf: [
    { properties: { intent: { const: "play" }, slots: { type: "object", properties: { song: { type: "string" } } } } },
    { properties: { intent: { const: "stop" } } },
  ],
};

describe("schema patterns", () => {
  const cases: readonly (readonly [Json, string, boolean])[] = [
    [{ enum: ["red", 3, null] }, '"red"', true],
    [{ enum: ["red", 3, null] }, "3", true],
    [{ enum: ["red", 3, null] }, '"blue"', false],
    [{ type: "integer" }, "-17", true],
    [{ type: "integer" }, "017", false],
    [{ type: "number" }, "0.25", true],
    [{ type: "number" }, "1.", false],
    [{ type: "string", maxLength: 2 }, '"Öß"', true],
    [{ type: "string", maxLength: 2 }, '"abc"', false],
    [{ type: "string", minLength: 1 }, '""', false],
    [{ type: "string" }, '"a\\u00e9\\n"', true],
    [{ type: "string" }, '"\\x"', false],
    [{ type: "array", items: { type: "boolean" }, minItems: 1, maxItems: 2 }, "[true,false]", true],
    [{ type: "array", items: { type: "boolean" }, minItems: 1, maxItems: 2 }, "[]", false],
    [{ type: "array", items: { type: "boolean" }, minItems: 1, maxItems: 2 }, "[true,true,true]", false],
    [{ type: ["string", "null"] }, "null", true],
    [intents, '{"intent":"play","slots":{"song":"x"}}', true],
    [intents, '{"slots": {"song": "x"}, "intent": "play"}', true],
    [intents, '{"slots":{},"intent":"stop"}', false],
    [intents, "{}", false],
    [{ $defs: { yes: { const: 1 } }, $ref: "#/$defs/yes" }, "1", true],
    [{}, '{"any":[1,{"thing":"goes"}]}', true],
  ];
  test.each(cases)("%j: %s is %j", (schema, text, expected) => {
    expect(accepts(schema, text)).toBe(expected);
  });

  test("accepts whatever JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, depthSize: "small" }), (value) => {
        fc.pre(!/\de|\\ud[89a-f]|\d{16}/i.test(JSON.stringify(value)));
        expect(accepts({}, JSON.stringify(value))).toBe(true);
      }),
    );
  });

  test("every walk along the shortest way ends in a text of the schema, in as many bytes as it said", () => {
    let state = schemaPattern(intents);
    const promised = state.shortest;
    const bytes: number[] = [];
    while (!state.mayEnd) {
      const steps = Array.from({ length: 256 }, (_, byte) => [byte, state.after(byte)] as const);
      const [byte, next] = steps.find(([, after]) => after && after.shortest < state.shortest)!;
      bytes.push(byte);
      state = next!;
    }
    expect(bytes).toHaveLength(promised);
    expect(JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes)))).toEqual({ intent: "play" });
  });

  test("refuses what it cannot hold to, by name", () => {
    expect(() => schemaPattern({ type: "string", pattern: "^a" })).toThrow("keyword pattern");
    expect(() => schemaPattern({ $ref: "#" })).toThrow("contains itself");
  });
});
