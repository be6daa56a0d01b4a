// Tables of HTML as Markdown tables, spans filled in so that every row can be read by itself.
// Tables that only arrange a page come out as what stands in them.
import type TurndownService from "turndown";

// Unicode keeps these characters free for uses like this: to mark cells and rows while the tree is turned inside out.
const cellStart = "\ufdd0";
const cellEnd = "\ufdd1";
const rowEnd = "\ufdd2";
const markOfTable = "\ufdd3";

const cellPattern = /\ufdd0(\d+),(\d+):([^\ufdd0\ufdd1]*)\ufdd1/g;
/** Wider spans are mistakes, or worse. */
const widestSpan = 50;

/** Works without asking the tree for its rows: not every DOM can tell them. */
export function addTableRules(service: TurndownService): void {
  service.addRule("table-cell", {
    filter: ["td", "th"],
    replacement: (content, node) =>
      `${cellStart}${spanOf(node, "colspan")},${spanOf(node, "rowspan")}:${content.trim()}${cellEnd}`,
  });
  service.addRule("table-row", { filter: "tr", replacement: (content) => `${content}${rowEnd}` });
  service.addRule("table-part", { filter: ["thead", "tbody", "tfoot"], replacement: (content) => content });
  service.addRule("table-caption", { filter: "caption", replacement: (content) => `${content.trim()}\n\n` });
  service.addRule("table", { filter: "table", replacement: (content) => `\n\n${tableOf(content)}\n\n` });
}

/** Drops the marks of cells that stood outside any table. */
export function withoutTableMarks(markdown: string): string {
  return markdown.replace(/[\ufdd1-\ufdd3]|\ufdd0\d+,\d+:/g, "");
}

function spanOf(node: HTMLElement, attribute: string): number {
  const span = Number(node.getAttribute(attribute) ?? 1);
  return span >= 1 && span <= widestSpan ? Math.floor(span) : 1;
}

function tableOf(content: string): string {
  const caption = content.slice(0, content.search(/[\ufdd0\ufdd2]|$/)).trim();
  const rows = content
    .split(rowEnd)
    .map(cellsOf)
    .filter((row) => row.length > 0);
  const isLayout = content.includes(markOfTable) || rows.every((row) => row.length < 2);
  if (isLayout) return `${markOfTable}${[caption, ...rows.flat().map(({ text }) => text)].join("\n\n")}`;
  const grid = gridOf(rows);
  const width = Math.max(...grid.map((row) => row.length));
  const line = (row: readonly string[]) => `| ${Array.from({ length: width }, (_, at) => row[at] ?? "").join(" | ")} |`;
  const [header = [], ...body] = grid.filter((row) => row.some((text) => text !== ""));
  const table = [line(header), line(Array.from({ length: width }, () => "---")), ...body.map(line)].join("\n");
  return `${markOfTable}${caption ? `${caption}\n\n` : ""}${table}`;
}

type Cell = { readonly columns: number; readonly rows: number; readonly text: string };

function cellsOf(row: string): readonly Cell[] {
  return [...row.matchAll(cellPattern)].map(([, columns, rows, text = ""]) => ({
    columns: Number(columns),
    rows: Number(rows),
    text,
  }));
}

/** One text per column of every row; a cell that spans is repeated where it reaches. */
function gridOf(rows: readonly (readonly Cell[])[]): readonly (readonly string[])[] {
  const pending = new Map<number, { text: string; rows: number }>();
  return rows.map((row) => {
    const line: string[] = [];
    const fromAbove = () => {
      for (let above = pending.get(line.length); above && above.rows > 0; above = pending.get(line.length)) {
        above.rows -= 1;
        line.push(above.text);
      }
    };
    for (const cell of row) {
      fromAbove();
      const text = cell.text.replace(/\s+/g, " ").replaceAll("|", "\\|");
      for (let column = 0; column < cell.columns; column++) {
        if (cell.rows > 1) pending.set(line.length, { text, rows: cell.rows - 1 });
        line.push(text);
      }
    }
    fromAbove();
    return line;
  });
}
