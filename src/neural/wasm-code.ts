// Just enough of WebAssembly's binary format to write loops over float32 arrays, four numbers at a time. An expression is the
// bytes that compute it, so code is put together like a formula. Numbers of opcodes are those of the specification.

export type Code = readonly number[];

/** A local variable of the function being written. */
export type Local = { readonly get: Code; set(value: Code): Code };

/** The machine's 4-float vectors and single floats, 32-bit addresses. */
export const types = { address: 0x7f, float: 0x7d, vector: 0x7b } as const;

type Type = (typeof types)[keyof typeof types];

const unsigned = (value: number): Code => (value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]);

const sized = (content: Code): Code => [...unsigned(content.length), ...content];

const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];

const text = (value: string): Code => sized([...new TextEncoder().encode(value)]);

const vector = (opcode: number): Code => [0xfd, ...unsigned(opcode)];

const infix =
  (opcode: Code) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];

const prefix =
  (opcode: Code) =>
  (a: Code): Code => [...a, ...opcode];

export const add = infix(vector(0xe4));
export const subtract = infix(vector(0xe5));
export const multiply = infix(vector(0xe6));
export const divide = infix(vector(0xe7));
export const squareRoot = prefix(vector(0xe3));
export const absolute = prefix(vector(0xe0));
/** All bits set where it holds, none elsewhere and for what is no number; `without` keeps a number where none are. */
export const less = infix(vector(0x43));
export const without = infix(vector(0x4f));
/** Four times the same float. */
export const splat = prefix(vector(0x13));

export const constant = (value: number): Code => splat([0x43, ...new Uint8Array(Float32Array.of(value).buffer)]);

/** Four floats at `address` and `offset` bytes beyond. */
export const load = (address: Code, offset = 0): Code => [...address, ...vector(0x00), 2, ...unsigned(offset)];

export const store = (address: Code, value: Code): Code => [...address, ...value, ...vector(0x0b), 2, 0];

export const advance = (address: Local, bytes: number): Code =>
  address.set([...address.get, 0x41, ...unsigned(bytes), 0x6a]);

/** Repeats `body`, at least once, while `address` lies before `end`. */
export const loopUntil = (address: Local, end: Local, body: readonly Code[]): Code => [
  ...[0x03, 0x40, ...body.flat()],
  ...[...address.get, ...end.get, 0x49, 0x0d, 0, 0x0b],
];

const local = (index: number): Local => ({
  get: [0x20, ...unsigned(index)],
  set: (value) => [...value, 0x21, ...unsigned(index)],
});

export type WrittenFunction = {
  readonly name: string;
  readonly parameters: readonly Type[];
  readonly locals: readonly Type[];
  /** Parameters first, then locals. */
  readonly body: (...variables: Local[]) => readonly Code[];
};

/** Functions without results over an imported memory. */
export function compiled(
  functions: readonly WrittenFunction[],
  memory: WebAssembly.Memory,
): Readonly<Record<string, (...values: number[]) => void>> {
  const section = (id: number, items: readonly Code[]): Code => [id, ...sized(list(items))];
  const signatures = functions.map(({ parameters }) => [0x60, ...list(parameters.map((type) => [type])), 0]);
  const bodies = functions.map(({ parameters, locals, body }) => {
    const variables = [...parameters, ...locals].map((_, index) => local(index));
    return sized([...list(locals.map((type) => [1, type])), ...body(...variables).flat(), 0x0b]);
  });
  const bytes = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, signatures),
    ...section(2, [[...text("from"), ...text("memory"), 2, 0, 1]]),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(
      7,
      functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]),
    ),
    ...section(10, bodies),
  ]);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { from: { memory } });
  return instance.exports as Readonly<Record<string, (...values: number[]) => void>>;
}
