// When a model ends: what its provider said goes before the list, and the list holds for the platform alone.
import { afterEach, expect, test, vi } from "vitest";
import { parseConfig } from "../config/config-file.ts";
import type { RanApproach } from "./compare-approach.ts";
import { retirementOf } from "./retirement-of.ts";

afterEach(() => vi.unstubAllEnvs());

const ran = (models: readonly string[], more: Partial<RanApproach> = {}) =>
  ({
    name: "rag",
    rows: models.map((modelId) => ({ answer: { usage: [{ modelId }] } })),
    ...more,
  }) as unknown as RanApproach;
const config = parseConfig({}, "test");

test("the soonest of the models that the list knows", () => {
  vi.stubEnv("OPENAI_BASE_URL", "");
  const end = retirementOf(ran(["openai/gpt-4.1-mini", "openai/gpt-4.1-nano", "cohere/rerank"]), config);
  expect(end).toMatchObject({ model: "gpt-4.1-nano", date: "2026-10-23" });
  expect(retirementOf(ran(["openai/gpt-6-luna", "ollama/gpt-4.1-mini"]), config)).toBeNull();
});

test("another address is another service", () => {
  const elsewhere = parseConfig({ providers: { openai: { baseUrl: "http://localhost:1/v1" } } }, "test");
  expect(retirementOf(ran(["openai/gpt-4.1-mini"]), elsewhere)).toBeNull();
});

test("a tuned model's provider is believed first", () => {
  const retires = { model: "m", date: "2028-01-01", source: "its provider" };
  const provided = { name: "together/m", hosting: { kind: "per-token" as const }, retires, toDo: [] };
  expect(retirementOf(ran(["openai/gpt-4.1-mini"], { provided }), config)).toEqual(retires);
});
