// stub
import type { ComparisonReport } from "../core/comparison.ts";
export function renderHtml(report: ComparisonReport): string {
  return `<pre>${JSON.stringify(report).length}</pre>`;
}
