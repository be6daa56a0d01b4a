// Loss by training step, on the examples trained on and on those held out: where the two part, learning by heart begins.
import type { TuningReport } from "../../core/comparison.ts";
import { isKnown } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import type { ChartWidth } from "./chart-data.ts";
import { line, picture, px, text } from "./marks.ts";

type Curve = TuningReport["trainingLoss"];
type Place = { readonly x: (step: number) => number; readonly y: (loss: number) => number };

const sizes = { wide: { width: 760, height: 300 }, narrow: { width: 340, height: 260 } } as const;
const margin = { left: 44, right: 14, top: 26, bottom: 44 };
const loudTicks = 5;

/** Null where fewer than two points are known. */
export function lossCurves({ trainingLoss, heldOutLoss, bestStep }: TuningReport, size: ChartWidth): Html | null {
  const [training, heldOut] = [known(trainingLoss), known(heldOutLoss)];
  const all = [...training, ...heldOut];
  if (all.length < 2) return null;
  const { width, height } = sizes[size];
  const frame = { left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom };
  const lastStep = Math.max(1, ...all.map(({ step }) => step));
  const most = Math.max(...all.map(({ loss }) => loss)) || 1;
  const place: Place = {
    x: (step) => frame.left + Math.min(1, step / lastStep) * (frame.right - frame.left),
    y: (loss) => frame.bottom - (Math.max(0, loss) / most) * (frame.bottom - frame.top),
  };
  const label = `Loss over ${lastStep} training steps, on training and on held-out examples. All figures are in the table below the chart.`;
  const kept =
    bestStep !== null &&
    html`${line("leader", place.x(bestStep), frame.top, place.x(bestStep), frame.bottom)}${text("tick", place.x(bestStep), frame.top - 6, `kept: step ${bestStep}`, bestStep * 2 > lastStep ? "end" : "start")}`;
  const content = html`${axes(frame, place, lastStep, most)}${kept}${path("whisker", training, place)}${path("whisker recommended", heldOut, place)}`;
  return picture(width, height, label, content);
}

const known = (curve: Curve): Curve => curve.filter(({ loss }) => isKnown(loss));

function path(className: string, curve: Curve, { x, y }: Place): Html | null {
  if (curve.length === 0) return null;
  const points = curve.map(({ step, loss }, at) => `${at === 0 ? "M" : "L"}${px(x(step))} ${px(y(loss))}`);
  return html`<path class="${className}" fill="none" d="${points.join(" ")}"/>`;
}

type Frame = { readonly left: number; readonly right: number; readonly bottom: number };

function axes({ left, right, bottom }: Frame, { x, y }: Place, lastStep: number, most: number): Html {
  const shares = Array.from({ length: loudTicks }, (_, at) => at / (loudTicks - 1));
  const rows = shares.map((share) => {
    const loss = share * most;
    return html`${line("grid", left, y(loss), right, y(loss))}${text("tick", left - 6, y(loss) + 4, loss.toFixed(1), "end")}`;
  });
  const steps = shares.map((share) => Math.round(share * lastStep));
  const columns = steps.map((step, at) =>
    text("tick", x(step), bottom + 16, String(step), at === 0 ? "start" : at === loudTicks - 1 ? "end" : "middle"),
  );
  return html`${rows}${columns}${text("axis-title", (left + right) / 2, bottom + 36, "step; loss in nats per answer token", "middle")}`;
}
