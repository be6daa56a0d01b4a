// The losses of a trained job from the result file that it leaves: CSV, a line a step. For services whose events tell none.
import type { CallOptions } from "../../core/component.ts";
import type { Json } from "../../core/json.ts";
import { type Fields, numberOf, textOf } from "./replies.ts";
import type { Service } from "./service-http.ts";
import type { JobNews } from "./wire.ts";

export async function lossesOf(service: Service, resultFiles: Json | undefined, call: CallOptions) {
  const news: JobNews[] = [];
  for (const id of (Array.isArray(resultFiles) ? resultFiles : []).map(textOf)) {
    if (id === null) continue;
    const { body } = await service.call({ method: "GET", path: `/files/${id}/content`, readsText: true, ...call });
    news.push(...lossesIn(String(body), id));
  }
  return news;
}

/** Cells that are empty, lines that are cut short and files that are none tell nothing. */
export function lossesIn(content: string, fileId: string): readonly JobNews[] {
  const rows = rowsOf(content);
  const totalSteps = Math.max(0, ...rows.map(({ step }) => numberOf(step) ?? 0));
  return rows.flatMap((row) => {
    const step = numberOf(row["step"]);
    if (step === null) return [];
    const [loss, heldOutLoss] = [numberOf(row["train_loss"]), numberOf(row["valid_loss"])];
    const id = `${fileId} step ${step}`;
    const pace = { tokensPerSecond: null, elapsedMs: 0, etaMs: null };
    const trained: readonly JobNews[] =
      loss === null ? [] : [{ id, event: { type: "step", step, totalSteps, epoch: 0, loss, ...pace } }];
    const heldOut: readonly JobNews[] =
      heldOutLoss === null ? [] : [{ id: `${id}#1`, event: { type: "evaluation", step, heldOutLoss, best: false } }];
    return [...trained, ...heldOut];
  });
}

function rowsOf(content: string): readonly Fields[] {
  const [header = "", ...lines] = plain(content).split(/\r?\n/);
  const names = header.split(",").map((name) => name.trim());
  return lines.map((line) => {
    const cells = line.split(",");
    return cells.length < names.length
      ? {}
      : Object.fromEntries(names.map((name, place) => [name, cells[place] ?? ""]));
  });
}

/** The platform was seen to answer with base64. */
const plain = (content: string): string =>
  content.startsWith("step,") ? content : Buffer.from(content, "base64").toString("utf8");
