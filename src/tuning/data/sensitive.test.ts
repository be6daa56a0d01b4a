import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isCardNumber, isIban, passesLuhn } from "./check-digits.ts";
import { masker } from "./mask.ts";
import { sensitiveSpans } from "./sensitive-spans.ts";

const kindsIn = (text: string) => sensitiveSpans(text).map(({ kind }) => kind);
/** Written in two parts, so that no scanner of repositories takes them for real. */
const key = (prefix: string, body: string) => `${prefix}${body}`;

describe("finds", () => {
  test.each([
    ["email", "write to mara.lind+help@harbour.example today"],
    ["email", "Grüße an jürgen@bücher.example."],
    ["phone", "call +49 30 901820 before noon"],
    ["phone", "call +1 (555) 234-5678"],
    ["phone", "our number: (555) 234-5678"],
    ["phone", "555-234-5678 is the desk"],
    ["phone", "Tel. 0171 2345678"],
    ["phone", "Tel. (030) 234 56 78"],
    ["card", "paid with 4111 1111 1111 1111 yesterday"],
    ["card", "card 5500-0000-0000-0004."],
    ["card", "amex 378282246310005"],
    ["card", "card 4111 1111 1111 1111 12/27 123"],
    ["card", "order 45 4111 1111 1111 1111"],
    ["iban", "to DE89 3704 0044 0532 0130 00 please"],
    ["iban", "GB82WEST12345698765432"],
    ["social-security-number", "my number 123-45-6789, thanks"],
    ["social-security-number", "SSN 123 45 6789"],
    ["social-security-number", "social security number: 123456789"],
    ["api-key", key("sk-proj-", "a8Fk29dLq0ZxY71mNbv3Qw")],
    ["api-key", key("sk-ant-api03-", "a8Fk29dLq0ZxY71mNbv3QwErT5")],
    ["api-key", key("AKIA", "IOSFODNN7QXAMPLR")],
    ["api-key", key("ghp_", "a8Fk29dLq0ZxY71mNbv3QwErT5yUiOp4sDfG")],
    ["api-key", `api_key = "${key("9f8a7b6c5d4e3f", "2a1b0c9d8e7f6a5b")}"`],
    ["private-key", `${key("-----BEGIN RSA ", "PRIVATE KEY-----")}\nMIIE\n${key("-----END RSA ", "PRIVATE KEY-----")}`],
  ])("%s in %s", (kind, text) => {
    expect(kindsIn(text)).toEqual([kind]);
  });
});

describe("passes by", () => {
  test.each([
    ["an order number", "cancel purchase 113542617735902, please"],
    ["an invoice", "invoice #37777 of 2024-03-11"],
    ["a card number with a wrong check digit", "4111 1111 1111 1112"],
    ["an IBAN with a wrong checksum", "DE88 3704 0044 0532 0130 00"],
    ["a date", "on 12.03.2024 or 03-12-2024"],
    ["a German date with a leading zero", "seit 01.02.2024 14:30"],
    ["an ISO time", "2024-03-11T08:15:00.123Z"],
    ["a version", "release 10.15.7-2024.0301"],
    ["an IP address", "ping 192.168.100.200"],
    ["amounts", "1,234,567.89 and 0.123456789"],
    ["a mention", "ask @harbour or look @ 5 pm"],
    ["a package", "npm i @scope/name@1.2.3"],
    ["an ISBN", "ISBN 978-3-16-148410-0"],
    ["a placeholder key", 'api_key: "your-api-key-goes-here-0001"'],
    ["a word after bearer", "the bearer of this-letter-is-entitled-to-nothing"],
    ["a part number", "part 000-12-3456 and 666-12-3456"],
    ["a uuid", "id 123e4567-e89b-12d3-a456-426614174000"],
    ["columns of a table", "994,474 15 1952, then 860 14 1997 and 49,273 400 1904"],
    ["an article of a help centre", "see /articles/4111111111111111-What-to-do and id=4111111111111111"],
    ["squares", "1 1 2 4 3 9 4 16 5 25 6 36 7 49 8 64 9 81"],
    ["an accession number", "NP_001243169.1 and handbook:005050708531"],
    ["a price range", "from 2500-3000 to 555-2345"],
  ])("%s", (_, text) => {
    expect(kindsIn(text)).toEqual([]);
  });
});

describe("check digits", () => {
  test("Luhn: one digit more makes any number pass, and any other digit fails it", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{5,18}$/), (body) => {
        const passing = [..."0123456789"].filter((digit) => passesLuhn(body + digit));
        expect(passing).toHaveLength(1);
      }),
    );
  });

  test("of cards, issuer and length count too", () => {
    expect(isCardNumber("4111111111111111")).toBe(true);
    expect(isCardNumber("411111111111111")).toBe(false);
    expect(isCardNumber("0000000000000000")).toBe(false);
  });

  test("of an IBAN, the country's length counts too", () => {
    expect(isIban("DE89370400440532013000")).toBe(true);
    expect(isIban("DE8937040044053201300")).toBe(false);
    expect(isIban("XX89370400440532013000")).toBe(false);
  });
});

describe("mask", () => {
  test("gives the same value the same placeholder, whatever its spelling, and counts", () => {
    const { mask, counts } = masker();
    expect(mask("Ask Mara@Harbour.example or call +49 30 901820.")).toBe("Ask [EMAIL_1] or call [PHONE_1].");
    expect(mask(["mara@harbour.example", "+4930901820", "ben@harbour.example"])).toEqual([
      "[EMAIL_1]",
      "[PHONE_1]",
      "[EMAIL_2]",
    ]);
    expect(counts()).toEqual({ email: { replaced: 3, distinct: 2 }, phone: { replaced: 2, distinct: 1 } });
  });

  test("keeps an answer in JSON valid JSON, and metadata in shape", () => {
    const { mask } = masker();
    const masked = mask({ content: '{"card": 4111111111111111, "days": 45}', id: 7 }) as {
      content: string;
      id: number;
    };
    expect(JSON.parse(masked.content)).toEqual({ card: "[CARD_1]", days: 45 });
    expect(masked.id).toBe(7);
  });

  test("leaves nothing that it would find again, and text without findings as it is", () => {
    const piece = fc.constantFrom(
      "mara@harbour.example",
      "4111 1111 1111 1111",
      "+49 30 901820",
      "DE89370400440532013000",
      " ",
      "word",
      "45",
      ".",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join(" ");
        const masked = String(masker().mask(text));
        expect(sensitiveSpans(masked)).toEqual([]);
        if (sensitiveSpans(text).length === 0) expect(masked).toBe(text);
      }),
    );
  });
});
