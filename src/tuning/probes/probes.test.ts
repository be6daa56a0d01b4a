// The arithmetic of probes: exposure by rank, shapes of JSON, canaries that repeat exactly.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canaries, exposure, impostors, planted } from "./canaries.ts";
import { hasShapeOf, jsonOf } from "./json-shape.ts";

describe("exposure", () => {
  test("is all bits for the least surprising candidate and none for the most surprising", () => {
    const others = Array.from({ length: 255 }, (_, at) => at + 1);
    expect(exposure(0, others)).toBe(8);
    expect(exposure(1000, others)).toBe(0);
    expect(exposure(128.5, others)).toBeCloseTo(Math.log2(256 / 129));
  });

  test("never leaves its range", () => {
    const surprise = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(surprise, fc.array(surprise, { minLength: 1 }), (own, others) => {
        const bits = exposure(own, others);
        return bits >= 0 && bits <= Math.log2(others.length + 1);
      }),
    );
  });
});

describe("canaries", () => {
  test("are the same for the same seed, each twice as frequent as the one before", () => {
    const list = canaries(3, 7);
    expect(list).toEqual(canaries(3, 7));
    expect(list).not.toEqual(canaries(3, 8));
    expect(list.map(({ repeats }) => repeats)).toEqual([1, 2, 4]);
    expect(planted(list)).toHaveLength(7);
  });

  test("differ from their impostors in the answer alone", () => {
    const [canary] = canaries(1, 1);
    const others = impostors(canary!, 50, 1);
    expect(others.every(([question]) => question === canary!.example.messages[0])).toBe(true);
    expect(new Set(others.map(([, answer]) => answer!.content)).size).toBeGreaterThan(45);
  });
});

describe("the shape of JSON", () => {
  const model = jsonOf('{"queue":"app","lines":[{"count":1}],"note":null}')!;

  test.each([
    ['{"queue":"sales","lines":[],"note":null}', true],
    ['{"lines":[{"count":7},{"count":2}],"queue":"x","note":null}', true],
    ['{"queue":"sales","lines":[{"count":"7"}],"note":null}', false],
    ['{"queue":"sales","lines":[]}', false],
    ['{"queue":"sales","lines":[],"note":null,"more":1}', false],
    ['{"queue":1,"lines":[],"note":null}', false],
    ['{"queue":"sales","lines":[],"note":null', false],
    ["[]", false],
  ])("%s: %s", (text, fits) => {
    expect(hasShapeOf(jsonOf(text), model)).toBe(fits);
  });

  test("is nothing for plain text and numbers", () => {
    expect([jsonOf("Ahoy"), jsonOf("12"), jsonOf("null")]).toEqual([undefined, undefined, undefined]);
  });
});
