// Writes laid-out pages as a PDF 1.4 file: two base fonts, uncompressed streams, the same bytes on every run.
import type { Block } from "./blocks.ts";
import { pdfString, widthOf } from "./helvetica.ts";
import { layOut, type Mark, type Page, pageSize } from "./pdf-layout.ts";

/** The file has ASCII bytes only. `title` goes to the document information and into the footer. */
export function pdfOf(title: string, blocks: readonly Block[]): string {
  const pages = layOut(blocks);
  const firstPage = 6;
  const kids = pages.map((_, index) => `${firstPage + 2 * index} 0 R`).join(" ");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`,
    font("Helvetica"),
    font("Helvetica-Bold"),
    `<< /Title ${pdfString(title)} /Author (Tidewater Cycles) >>`,
    ...pages.flatMap((page, index) => {
      const footer = `${title} · page ${index + 1} of ${pages.length}`;
      return [pageObject(firstPage + 2 * index + 1), streamObject([...page.marks, ...footerMarks(footer)])];
    }),
  ];
  return fileOf(objects);
}

function font(name: string): string {
  return `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
}

function pageObject(contents: number): string {
  const box = `[0 0 ${pageSize.width} ${pageSize.height}]`;
  const fonts = "<< /Regular 3 0 R /Bold 4 0 R >>";
  return `<< /Type /Page /Parent 2 0 R /MediaBox ${box} /Resources << /Font ${fonts} >> /Contents ${contents} 0 R >>`;
}

function footerMarks(text: string): readonly Page["marks"][number][] {
  const x = (pageSize.width - widthOf(text, 8, false)) / 2;
  return [{ kind: "text", x, y: 40, size: 8, bold: false, text }];
}

function streamObject(marks: readonly Mark[]): string {
  const stream = marks.map(operatorsOf).join("\n");
  return `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`;
}

function operatorsOf(mark: Mark): string {
  const at = `${mark.x.toFixed(1)} ${mark.y.toFixed(1)}`;
  if (mark.kind === "shade") return `0.92 g ${at} ${mark.width.toFixed(1)} ${mark.height.toFixed(1)} re f 0 g`;
  if (mark.kind === "rule")
    return `0.5 w 0.6 G ${at} m ${(mark.x + mark.width).toFixed(1)} ${mark.y.toFixed(1)} l S 0 G`;
  return `BT /${mark.bold ? "Bold" : "Regular"} ${mark.size} Tf ${at} Td ${pdfString(mark.text)} Tj ET`;
}

function fileOf(objects: readonly string[]): string {
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R /Info 5 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return `${file}xref\n0 ${size}\n0000000000 65535 f \n${table}${trailer}`;
}
