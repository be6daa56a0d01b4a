// A JSON Schema as a byte pattern: the texts it allows, written compactly or with one space after `:` and `,`. Objects hold the
// keys they name and no others, in any order. What cannot be held to byte by byte is refused by name, never ignored.
import { AssayError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { type BytePattern, type PatternFactory, patternFactory } from "./byte-pattern.ts";

type Schema = { readonly [key: string]: Json };

const annotations = [
  "$schema",
  "$id",
  "title",
  "description",
  "default",
  "examples",
  "$comment",
  "additionalProperties",
];
const understood: ReadonlySet<string> = new Set([
  ...annotations,
  ...["type", "enum", "const", "anyOf", "oneOf", "properties", "required", "items", "minItems", "maxItems"],
  ...["minLength", "maxLength", "$defs", "definitions", "$ref"],
]);

const isSchema = (value: Json | undefined): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What reading one schema shares. */
type Reader = {
  readonly root: Json;
  readonly make: PatternFactory;
  readonly json: JsonPatterns;
  /** References being read: one that comes up again contains itself. */
  readonly open: Set<string>;
};

/** Throws `bad-input` for a keyword that generation cannot be held to. */
export function schemaPattern(schema: Json): BytePattern {
  const make = patternFactory();
  return read({ root: schema, make, json: jsonPatterns(make), open: new Set() }, schema);
}

function read(reader: Reader, schema: Json): BytePattern {
  const { make, json } = reader;
  if (schema === true) return json.any;
  if (!isSchema(schema)) throw refused(`${JSON.stringify(schema)} in place of a schema`);
  const unknown = Object.keys(schema).find((key) => !understood.has(key));
  if (unknown) throw refused(`the keyword ${unknown}`);
  if (typeof schema["$ref"] === "string") return readReference(reader, schema["$ref"]);
  const values = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
  if (Array.isArray(values)) return make.choice(...values.map((value) => make.text(JSON.stringify(value))));
  const alternatives = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(alternatives)) {
    return make.choice(...alternatives.map((option) => read(reader, within(schema, option))));
  }
  const types: readonly Json[] = [schema["type"] ?? impliedType(schema)].flat();
  return make.choice(...types.map((type) => readType(reader, type, schema)));
}

function readReference(reader: Reader, path: string): BytePattern {
  const target = path
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .reduce<Json | undefined>((at, part) => (isSchema(at) ? at[part] : undefined), reader.root);
  if (target === undefined || !path.startsWith("#")) throw refused(`the reference ${path}`);
  if (reader.open.has(path)) throw refused(`the reference ${path}, which contains itself,`);
  reader.open.add(path);
  const pattern = read(reader, target);
  reader.open.delete(path);
  return pattern;
}

const impliedType = (schema: Schema): string => (schema["properties"] ? "object" : schema["items"] ? "array" : "any");

function readType(reader: Reader, type: Json, schema: Schema): BytePattern {
  const { make, json } = reader;
  switch (type) {
    case "object":
      return isSchema(schema["properties"]) ? readObject(reader, schema, schema["properties"]) : json.anyObject;
    case "array": {
      const item = schema["items"] === undefined ? json.any : read(reader, schema["items"]);
      return json.list(item, count(schema, "minItems", 0), count(schema, "maxItems", Number.POSITIVE_INFINITY));
    }
    case "string":
      return json.string(count(schema, "minLength", 0), count(schema, "maxLength", Number.POSITIVE_INFINITY));
    case "number":
      return json.number;
    case "integer":
      return json.integer;
    case "boolean":
      return make.choice(make.text("true"), make.text("false"));
    case "null":
      return make.text("null");
    case "any":
      return json.any;
    default:
      throw refused(`the type ${JSON.stringify(type)}`);
  }
}

function readObject(reader: Reader, schema: Schema, properties: Schema): BytePattern {
  const { make, json } = reader;
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"].map(String) : []);
  const missing = [...required].find((name) => properties[name] === undefined);
  if (missing) throw refused(`the required property ${missing}, which has no schema,`);
  const members = Object.entries(properties).map(([name, value]) => ({
    required: required.has(name),
    pattern: make.sequence(make.text(JSON.stringify(name)), json.colon, read(reader, value)),
  }));
  return make.sequence(make.text("{"), membersLeft(make, json, members, true));
}

/** An alternative with what stands beside `anyOf` and `oneOf`; what it says itself comes first, required keys add up. */
function within({ anyOf: _any, oneOf: _one, ...shared }: Schema, option: Json): Json {
  if (!isSchema(option)) return option;
  const required = [shared["required"] ?? [], option["required"] ?? []].flat();
  return { ...shared, ...option, ...(required.length > 0 && { required }) };
}

type Member = { readonly required: boolean; readonly pattern: BytePattern };

const identities = new WeakMap<BytePattern, number>();
let identityCount = 0;

function identityOf(pattern: BytePattern): number {
  const known = identities.get(pattern);
  if (known !== undefined) return known;
  identities.set(pattern, identityCount);
  return identityCount++;
}

/** What may follow inside an object: any member not yet written, or the end where none that is required is left. */
function membersLeft(make: PatternFactory, json: JsonPatterns, left: readonly Member[], first: boolean): BytePattern {
  const needed = left.filter(({ required }) => required);
  // Each needed member, a comma between any two, and the brace.
  const commas = Math.max(0, needed.length - (first ? 1 : 0));
  const shortest = needed.reduce((sum, { pattern }) => sum + pattern.shortest, 0) + commas + 1;
  return make.later(`members ${first} ${left.map(({ pattern }) => identityOf(pattern))}`, shortest, () => {
    const options = left.map((member) => {
      const rest = membersLeft(
        make,
        json,
        left.filter((other) => other !== member),
        false,
      );
      return make.sequence(...(first ? [] : [json.comma]), member.pattern, rest);
    });
    return make.choice(...options, ...(needed.length === 0 ? [make.text("}")] : []));
  });
}

type JsonPatterns = {
  readonly any: BytePattern;
  readonly anyObject: BytePattern;
  readonly number: BytePattern;
  readonly integer: BytePattern;
  readonly colon: BytePattern;
  readonly comma: BytePattern;
  /** Lengths in Unicode characters. */
  string(least: number, most: number): BytePattern;
  list(item: BytePattern, least: number, most: number): BytePattern;
};

function jsonPatterns(make: PatternFactory): JsonPatterns {
  const many = Number.POSITIVE_INFINITY;
  const optional = (part: BytePattern) => make.repeat(part, 0, 1);
  const comma = make.sequence(make.text(","), optional(make.text(" ")));
  const colon = make.sequence(make.text(":"), optional(make.text(" ")));
  const character = stringCharacter(make);
  const string = (least: number, most: number) =>
    make.sequence(make.text('"'), make.repeat(character, least, most), make.text('"'));
  const list = (item: BytePattern, least: number, most: number, [open, close] = ["[", "]"]) => {
    const none = make.text(`${open}${close}`);
    if (most === 0) return none;
    const further = make.repeat(make.sequence(comma, item), Math.max(0, least - 1), most - 1);
    const filled = make.sequence(make.text(open!), item, further, make.text(close!));
    return least > 0 ? filled : make.choice(none, filled);
  };
  const { number, integer } = numberPatterns(make);
  const words = ["true", "false", "null"].map(make.text);
  const any: BytePattern = make.later("any", 1, () =>
    make.choice(number, string(0, many), ...words, list(any, 0, many), anyObject),
  );
  const anyObject: BytePattern = make.later("any object", 2, () =>
    list(make.sequence(string(0, many), colon, any), 0, many, ["{", "}"]),
  );
  return { any, anyObject, number, integer, colon, comma, string, list };
}

function numberPatterns(make: PatternFactory): { readonly number: BytePattern; readonly integer: BytePattern } {
  const optional = (part: BytePattern) => make.repeat(part, 0, 1);
  const digit = make.byte([0x30, 0x39]);
  // More digits than a double holds would read back as another number.
  const digits = make.repeat(digit, 0, 14);
  const integer = make.sequence(
    optional(make.text("-")),
    make.choice(make.text("0"), make.sequence(make.byte([0x31, 0x39]), digits)),
  );
  return { integer, number: make.sequence(integer, optional(make.sequence(make.text("."), digit, digits))) };
}

/** One character inside a JSON string: well-formed UTF-8 (RFC 3629) without controls, or an escape. */
function stringCharacter(make: PatternFactory): BytePattern {
  const tail = make.byte([0x80, 0xbf]);
  const hex = make.byte([0x30, 0x39], [0x61, 0x66], [0x41, 0x46]);
  // \uD800 to \uDFFF would need a partner, so escapes stop below.
  const unicodeEscape = make.sequence(make.text("u"), make.byte([0x30, 0x39], [0x61, 0x63]), hex, hex, hex);
  const shortEscape = make.choice(...['"', "\\", "/", "b", "f", "n", "r", "t"].map(make.text));
  return make.choice(
    make.byte([0x20, 0x21], [0x23, 0x5b], [0x5d, 0x7e]),
    make.sequence(make.byte([0xc2, 0xdf]), tail),
    make.sequence(make.byte([0xe0, 0xe0]), make.byte([0xa0, 0xbf]), tail),
    make.sequence(make.byte([0xe1, 0xec], [0xee, 0xef]), tail, tail),
    make.sequence(make.byte([0xed, 0xed]), make.byte([0x80, 0x9f]), tail),
    make.sequence(make.byte([0xf0, 0xf0]), make.byte([0x90, 0xbf]), tail, tail),
    make.sequence(make.byte([0xf1, 0xf3]), tail, tail, tail),
    make.sequence(make.byte([0xf4, 0xf4]), make.byte([0x80, 0x8f]), tail, tail),
    make.sequence(make.text("\\"), make.choice(shortEscape, unicodeEscape)),
  );
}

function count(schema: Schema, keyword: string, fallback: number): number {
  const value = schema[keyword];
  return typeof value === "number" ? value : fallback;
}

const refused = (what: string): AssayError =>
  new AssayError({
    code: "bad-input",
    message: `the schema uses ${what}, which generation cannot be held to`,
    remedy: "leave it out of the schema, or ask without a schema and validate the answer",
  });
