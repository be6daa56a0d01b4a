// stub
export type WhyStage = { stage: string; passed: boolean; rank?: number | null; detail: string };
export type WhyOptions = { question: string; document: string; groups?: readonly string[] };
export type WhyResult = { stages: WhyStage[]; verdict: string };
export async function why(..._: unknown[]): Promise<WhyResult> {
  return { stages: [], verdict: "" };
}
