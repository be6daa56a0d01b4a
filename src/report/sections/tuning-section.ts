// The tuned model: how it was trained, its loss curves, and what it does where no held-out question looks.
import type { ComparisonReport, TuningProbe, TuningReport } from "../../core/comparison.ts";
import { lossCurves } from "../charts/loss-curves.ts";
import { isKnown, milliseconds, points, unknown, wholeNumber } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { fold, numberColumn, table, textColumn } from "./table.ts";

/** Null where no model was trained here. */
export function tuningSection({ tuning }: ComparisonReport): Html | null {
  if (tuning === undefined) return null;
  const { label, examples, heldOut, parameters, steps, tokens, ms } = tuning;
  return html`<section id="tuning" aria-labelledby="tuning-title">
<h2 id="tuning-title">The tuned model</h2>
<p class="note">Behind ${tuning.approaches.join(" and ")}: ${label}. ${wholeNumber(parameters)} parameters, ${wholeNumber(steps)} steps over ${wholeNumber(examples)} examples (${wholeNumber(heldOut)} held out), ${wholeNumber(tokens)} tokens in ${milliseconds(ms)}. Run ${tuning.id}.</p>
${curves(tuning)}
${probeTable(tuning.probes)}
</section>`;
}

function curves(tuning: TuningReport): Html | null {
  const wide = lossCurves(tuning, "wide");
  if (wide === null) return null;
  const heldOut = new Map(tuning.heldOutLoss.map(({ step, loss }) => [step, loss]));
  const steps = [...new Set([...tuning.trainingLoss, ...tuning.heldOutLoss].map(({ step }) => step))].sort(
    (a, b) => a - b,
  );
  const training = new Map(tuning.trainingLoss.map(({ step, loss }) => [step, loss]));
  const rows = steps
    .filter((step) => heldOut.has(step) || tuning.heldOutLoss.length === 0)
    .map((step) => ({ header: String(step), cells: [nats(training.get(step)), nats(heldOut.get(step))] }));
  const columns = [textColumn("step"), numberColumn("training loss"), numberColumn("held-out loss")];
  const values = table("Loss by training step", columns, [{ rows }]);
  return html`<figure><figcaption>Loss by training step: training in ink, held out in colour</figcaption><div class="wide">${wide}</div><div class="narrow">${lossCurves(tuning, "narrow")}</div>${fold("The figures of this chart", values)}</figure>`;
}

function probeTable(probes: readonly TuningProbe[]): Html {
  const rows = probes.map((probe) => ({ header: probe.name, cells: [valueWords(probe), probe.n, probe.meaning] }));
  const columns = [textColumn("probe"), numberColumn("value"), numberColumn("n"), textColumn("what it says")];
  return table("Probes of the tuned model", columns, [{ rows }]);
}

function valueWords({ value, unit }: TuningProbe): string {
  if (!isKnown(value)) return unknown;
  return unit === "share" ? `${points(value)} of 100` : `${value.toFixed(unit === "bits" ? 1 : 3)} ${unit}`;
}

const nats = (loss: number | undefined): string => (isKnown(loss) ? loss.toFixed(3) : unknown);
