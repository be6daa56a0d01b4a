// The comparison as JUnit XML, which continuous-integration servers read: one case per approach and one per threshold.
import type { ComparedApproach, Comparison } from "../core/comparison.ts";
import { points } from "./figures.ts";
import { escapeHtml } from "./html-template.ts";

/** One threshold, met or not. */
export type GateResult = {
  readonly approach: string;
  readonly name: string;
  readonly passed: boolean;
  readonly message: string;
};

export function renderJunit(comparison: Comparison, gates: readonly GateResult[]): string {
  const failures = gates.filter(({ passed }) => !passed).length;
  const skipped = comparison.approaches.filter(({ status }) => status === "not-run").length;
  const cases = [...comparison.approaches.map(approachCase), ...gates.map(gateCase)];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites><testsuite name="assay compare" tests="${cases.length}" failures="${failures}" skipped="${skipped}">`,
    ...cases,
    "</testsuite></testsuites>",
    "",
  ].join("\n");
}

function approachCase(approach: ComparedApproach): string {
  const { name } = approach;
  if (approach.status === "not-run")
    return testCase(name, "measured", `<skipped message="${escapeHtml(approach.reason)}"/>`);
  const quality = approach.scores["quality"];
  const words =
    quality === undefined || quality.n === 0 ? "no answer could be scored" : `quality ${points(quality.mean)}`;
  return testCase(name, "measured", `<system-out>${escapeHtml(words)}</system-out>`);
}

function gateCase({ approach, name, passed, message }: GateResult): string {
  const said = escapeHtml(message);
  return testCase(approach, name, passed ? `<system-out>${said}</system-out>` : `<failure message="${said}"/>`);
}

function testCase(className: string, name: string, content: string): string {
  return `<testcase classname="${escapeHtml(className)}" name="${escapeHtml(name)}">${content}</testcase>`;
}
