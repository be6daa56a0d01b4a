import { expect, test } from "vitest";
import { textParser } from "./text.ts";

async function read(bytes: Uint8Array): Promise<string> {
  for await (const { text } of textParser.parse({ source: "a.txt", bytes })) return text;
  return "";
}

test("decodes UTF-8, UTF-16 with a mark, and windows-1252 where nothing else fits", async () => {
  expect(await read(Buffer.from("Größe: 5 €"))).toBe("Größe: 5 €");
  expect(await read(Buffer.from("\ufeffGröße"))).toBe("Größe");
  expect(await read(Buffer.from("\ufeffGröße", "utf16le"))).toBe("Größe");
  expect(await read(Buffer.from("\ufeffGröße", "utf16le").swap16())).toBe("Größe");
  expect(await read(Buffer.from([0x47, 0x72, 0xf6, 0xdf, 0x65, 0x20, 0x80]))).toBe("Größe €");
});

test("refuses bytes that are no text", async () => {
  await expect(read(Buffer.from("abc\0def"))).rejects.toMatchObject({
    code: "unreadable-document",
    message: expect.stringContaining("NUL"),
  });
});
