import { describe, expect, test } from "vitest";
import { readRows } from "./read-rows.ts";

const bytes = (...lines: readonly (string | object)[]) =>
  new TextEncoder().encode(lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const good = { messages: [user("How long are lost things kept?"), assistant("45 days.")] };

describe("shapes", () => {
  test.each([
    { shape: "messages", line: good },
    { shape: "prompt-completion", line: { prompt: "How long?", completion: "45 days." } },
    { shape: "prompt-completion", line: { prompt: [user("How long?")], completion: [assistant("45 days.")] } },
    { shape: "preference", line: { prompt: "How long?", chosen: "45 days.", rejected: "No idea." } },
    {
      shape: "preference",
      line: {
        input: { messages: [user("How long?")], tools: [] },
        preferred_output: [assistant("45 days.")],
        non_preferred_output: [assistant("No idea.")],
      },
    },
  ])("$shape: $line", ({ shape, line }) => {
    const file = readRows(bytes(line));
    expect(file.broken).toEqual([]);
    expect(file.shape).toBe(shape);
    expect(file.lines[0]?.row.messages[0]).toMatchObject({ role: "user" });
  });

  test("a tool call may be silent, and its turns are kept whole", () => {
    const call = { role: "assistant", content: null, tool_calls: [{ id: "1" }] };
    const messages = [user("Weather?"), call, { role: "tool", content: "dry", tool_call_id: "1" }, assistant("Dry.")];
    const file = readRows(bytes({ messages, tools: [{}] }));
    expect(file.broken).toEqual([]);
    expect(file.lines[0]?.row.messages[1]?.extra).toEqual({ tool_calls: [{ id: "1" }] });
  });
});

describe("broken lines say what is wrong, and where", () => {
  test.each([
    { line: "{broken", says: /not JSON/ },
    { line: "[]", says: /expected an object/ },
    { line: { text: "x" }, says: /expected "messages"/ },
    { line: { ...good, completion: "x" }, says: /two shapes/ },
    { line: { messages: [] }, says: /list of messages/ },
    { line: { messages: [user("x"), { role: "bot", content: "y" }] }, says: /messages\.1\.role: "bot"/ },
    { line: { messages: [user(" "), assistant("y")] }, says: /user's turn is empty/ },
    { line: { messages: [user("x"), assistant("")] }, says: /assistant's turn is empty/ },
    { line: { messages: [user("x"), { role: "assistant", content: 3 }] }, says: /content: expected text/ },
    { line: { messages: [assistant("x"), user("y")] }, says: /last turn is the user's/ },
    { line: { messages: [{ role: "system", content: "x" }, assistant("y")] }, says: /no turn is the user's/ },
    { line: { messages: [user("x"), { ...assistant("y"), weight: 2 }] }, says: /weight: expected 0 or 1/ },
    { line: { messages: [user("x"), { ...assistant("y"), weight: 0 }] }, says: /nothing is learned/ },
    { line: { prompt: "x", chosen: "y", rejected: "y" }, says: /nothing to prefer/ },
    { line: { messages: [user("lost \ufffd text"), assistant("y")] }, says: /U\+FFFD/ },
    { line: { messages: [user("MÃ¼nchen"), assistant("y")] }, says: /windows-1252/ },
    { line: { messages: [user("a\u0000b"), assistant("y")] }, says: /control characters/ },
    {
      line: '{"messages":[{"role":"user","content":"\\ud83d"},{"role":"assistant","content":"y"}]}',
      says: /surrogate/,
    },
  ])("$line", ({ line, says }) => {
    const file = readRows(bytes(good, line, good));
    expect(file.lines.map((kept) => kept.line)).toEqual([1, 3]);
    expect(file.broken[0]?.line).toBe(2);
    expect(file.broken.map(({ message }) => message).join("; ")).toMatch(says);
  });

  test("bytes that are no UTF-8 cost their own line only", () => {
    const [before, after] = [bytes(good, ""), bytes("", good)];
    const file = readRows(new Uint8Array([...before, 0xff, 0xfe, ...after]));
    expect(file.broken).toEqual([{ line: 2, message: "not UTF-8" }]);
    expect(file.lines).toHaveLength(2);
  });

  test("text that is as it should be passes: umlauts, emoji, tabs, a mark at the start, blank lines, line ends of Windows", () => {
    const line = JSON.stringify({ messages: [user("Ärger in São Paulo 😀\n\tÀ bientôt"), assistant("y")] });
    const file = readRows(new TextEncoder().encode(`\uFEFF${line}\r\n\r\n${line}\r\n`));
    expect(file.broken).toEqual([]);
    expect(file.lines.map((kept) => kept.line)).toEqual([1, 3]);
  });

  test("a file holds one shape", () => {
    expect(readRows(bytes(good, { prompt: "x", completion: "y" })).broken).toEqual([
      { line: 2, message: "is a prompt-completion row in a file of messages rows" },
    ]);
  });
});
