// The one shape of every table: a caption, its own scroll container that the keyboard reaches, a row header per line.
import { type Html, type HtmlPart, html } from "../html-template.ts";

export type Column = { readonly head: HtmlPart; readonly isNumber: boolean };

export type TableRow = { readonly header: HtmlPart; readonly cells: readonly HtmlPart[]; readonly className?: string };

export type TableGroup = { readonly title?: string; readonly rows: readonly TableRow[] };

/** `label` names the table to whoever cannot see it. The first column holds the row headers. */
export function table(label: string, columns: readonly Column[], groups: readonly TableGroup[]): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${label}"><table><caption class="unseen">${label}</caption>
<thead><tr>${columns.map(({ head, isNumber }) => html`<th scope="col"${isNumber && numberClass}>${head}</th>`)}</tr></thead>
${groups.filter(({ rows }) => rows.length > 0).map((group) => groupBody(group, columns))}</table></div>`;
}

export function textColumn(head: HtmlPart): Column {
  return { head, isNumber: false };
}

export function numberColumn(head: HtmlPart): Column {
  return { head, isNumber: true };
}

/** A line of a closed fold that opens on a click, or on paper. */
export function fold(summary: HtmlPart, content: HtmlPart, className = ""): Html {
  return html`<details${className !== "" && html` class="${className}"`}><summary>${summary}</summary>${content}</details>`;
}

const numberClass = html` class="number"`;

function groupBody({ title, rows }: TableGroup, columns: readonly Column[]): Html {
  const heading =
    title !== undefined &&
    html`<tr class="group"><th scope="rowgroup" colspan="${columns.length}"><span>${title}</span></th></tr>`;
  return html`<tbody>${heading}${rows.map(
    ({
      header,
      cells,
      className,
    }) => html`<tr${className !== undefined && html` class="${className}"`}><th scope="row">${header}</th>${cells.map(
      (cell, at) => html`<td${columns[at + 1]?.isNumber === true && numberClass}>${cell}</td>`,
    )}</tr>
`,
  )}</tbody>`;
}
