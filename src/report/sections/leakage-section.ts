// Held-out questions that training examples resemble: they make learning from examples look better than it is.
import type { ComparisonReport } from "../../core/comparison.ts";
import { counted, points } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { fold, numberColumn, table, textColumn } from "./table.ts";

/** Null where none was found; the method section says so. */
export function leakageSection({ leakage }: ComparisonReport): Html | null {
  if (leakage.length === 0) return null;
  const rows = [...leakage]
    .sort((a, b) => b.similarity - a.similarity)
    .map(({ questionId, trainingLine, similarity }) => ({
      header: questionId,
      cells: [trainingLine, points(similarity)],
    }));
  const columns = [
    textColumn("held-out question"),
    numberColumn("line of the training file"),
    numberColumn("similarity of 100"),
  ];
  const verb = leakage.length === 1 ? "resembles" : "resemble";
  return html`<section id="leakage" aria-labelledby="leakage-title" class="alert">
<h2 id="leakage-title">Leakage warning</h2>
<p>${counted(leakage.length, "held-out question")} ${verb} training examples. Approaches that learn from examples may look better here than they will be: take these examples out, or read the scores with care.</p>
${fold("Which ones", table("Held-out questions that resemble training examples", columns, [{ rows }]))}
</section>`;
}
