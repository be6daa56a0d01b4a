// Patterns over bytes that tell, byte by byte, what may still follow (Brzozowski derivatives). Equal patterns are one object, so
// that a generator meets the same few states again and again and can remember what each of them allows.

export type BytePattern = {
  /** The pattern of what may follow `byte`; undefined where `byte` may not come. */
  after(byte: number): BytePattern | undefined;
  /** True where the text may end here. */
  readonly mayEnd: boolean;
  /** Fewest bytes to an end. */
  readonly shortest: number;
};

/** Numbered in order of making: patterns are named by the numbers of their parts. */
type Made = BytePattern & { readonly number: number };

/** Builds patterns. One factory per schema: its table of states lives as long as it does. */
export type PatternFactory = {
  /** Exactly this text. */
  text(text: string): BytePattern;
  /** One byte out of the inclusive ranges. */
  byte(...ranges: readonly (readonly [number, number])[]): BytePattern;
  sequence(...parts: readonly BytePattern[]): BytePattern;
  choice(...options: readonly BytePattern[]): BytePattern;
  /** Between `least` and `most` times; `most` may be infinite. */
  repeat(part: BytePattern, least: number, most: number): BytePattern;
  /** Made when first met, so that patterns may contain themselves. `key` names it: equal keys, equal patterns. */
  later(key: string, shortest: number, make: () => BytePattern): BytePattern;
};

const utf8 = new TextEncoder();

/** Finds the pattern of this name or makes it. */
type Intern = (name: string, mayEnd: boolean, shortest: number, step: BytePattern["after"]) => BytePattern;

export function patternFactory(): PatternFactory {
  const intern = internTable();
  return {
    text: (text) => literal(intern, utf8.encode(text)),
    byte: (...ranges) =>
      intern(`byte ${ranges}`, false, 1, (byte) =>
        ranges.some(([low, high]) => byte >= low && byte <= high) ? empty(intern) : undefined,
      ),
    sequence: (...parts) => parts.reduceRight<BytePattern>((rest, part) => pair(intern, part, rest), empty(intern)),
    choice: (...options) => choice(intern, options),
    repeat: (part, least, most) => repeat(intern, part, least, most),
    later: (key, shortest, make) => intern(`later ${key}`, false, shortest, (byte) => make().after(byte)),
  };
}

function internTable(): Intern {
  const known = new Map<string, Made>();
  return (name, mayEnd, shortest, step) => {
    const found = known.get(name);
    if (found) return found;
    const steps = new Map<number, BytePattern | undefined>();
    const after = (byte: number) => {
      if (!steps.has(byte)) steps.set(byte, step(byte));
      return steps.get(byte);
    };
    const made = { number: known.size, mayEnd, shortest, after };
    known.set(name, made);
    return made;
  };
}

const numberOf = (pattern: BytePattern): number => (pattern as Made).number;

const empty = (intern: Intern): BytePattern => intern("empty", true, 0, () => undefined);

function literal(intern: Intern, bytes: Uint8Array): BytePattern {
  if (bytes.length === 0) return empty(intern);
  return intern(`bytes ${bytes}`, false, bytes.length, (byte) =>
    byte === bytes[0] ? literal(intern, bytes.subarray(1)) : undefined,
  );
}

function pair(intern: Intern, first: BytePattern, second: BytePattern): BytePattern {
  if (first === empty(intern)) return second;
  if (second === empty(intern)) return first;
  const name = `pair ${numberOf(first)} ${numberOf(second)}`;
  return intern(name, first.mayEnd && second.mayEnd, first.shortest + second.shortest, (byte) => {
    const inside = first.after(byte);
    const beyond = first.mayEnd ? second.after(byte) : undefined;
    return either(intern, [...(inside ? [pair(intern, inside, second)] : []), ...(beyond ? [beyond] : [])]);
  });
}

function choice(intern: Intern, options: readonly BytePattern[]): BytePattern {
  const distinct = [...new Set(options)].sort((a, b) => numberOf(a) - numberOf(b));
  if (distinct.length === 1) return distinct[0]!;
  const mayEnd = distinct.some((option) => option.mayEnd);
  const shortest = Math.min(...distinct.map((option) => option.shortest));
  return intern(`choice ${distinct.map(numberOf)}`, mayEnd, shortest, (byte) =>
    either(
      intern,
      distinct.flatMap((option) => option.after(byte) ?? []),
    ),
  );
}

const either = (intern: Intern, options: readonly BytePattern[]): BytePattern | undefined =>
  options.length === 0 ? undefined : choice(intern, options);

function repeat(intern: Intern, part: BytePattern, least: number, most: number): BytePattern {
  if (most === 0) return empty(intern);
  return intern(`repeat ${numberOf(part)} ${least} ${most}`, least === 0, least * part.shortest, (byte) => {
    const inside = part.after(byte);
    return inside && pair(intern, inside, repeat(intern, part, Math.max(0, least - 1), most - 1));
  });
}
