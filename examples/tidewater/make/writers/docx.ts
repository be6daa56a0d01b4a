// Writes blocks as a minimal Word document: heading styles, numbered and bulleted lists, ruled tables.
import type { Block } from "./blocks.ts";
import { zipOf } from "./zip.ts";

const word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packaged = "http://schemas.openxmlformats.org/package/2006";
const types = "application/vnd.openxmlformats-officedocument.wordprocessingml";
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

export function docxOf(blocks: readonly Block[]): Buffer {
  return zipOf([
    { path: "[Content_Types].xml", content: contentTypes },
    { path: "_rels/.rels", content: relations([["officeDocument", "word/document.xml"]]) },
    {
      path: "word/_rels/document.xml.rels",
      content: relations([
        ["styles", "styles.xml"],
        ["numbering", "numbering.xml"],
      ]),
    },
    { path: "word/styles.xml", content: styles },
    { path: "word/numbering.xml", content: numbering(blocks) },
    { path: "word/document.xml", content: documentXml(blocks) },
  ]);
}

const contentTypes = `${declaration}<Types xmlns="${packaged}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${[
  ["document", "document.main"],
  ["styles", "styles"],
  ["numbering", "numbering"],
]
  .map(([part, type]) => `<Override PartName="/word/${part}.xml" ContentType="${types}.${type}+xml"/>`)
  .join("")}</Types>`;

function relations(targets: readonly (readonly [type: string, target: string])[]): string {
  const entries = targets.map(
    ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${office}/${type}" Target="${target}"/>`,
  );
  return `${declaration}<Relationships xmlns="${packaged}/relationships">${entries.join("")}</Relationships>`;
}

const styles = `${declaration}<w:styles xmlns:w="${word}">${[1, 2, 3]
  .map(
    (level) =>
      `<w:style w:type="paragraph" w:styleId="Heading${level}"><w:name w:val="heading ${level}"/><w:pPr><w:keepNext/><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="${level - 1}"/></w:pPr><w:rPr><w:b/><w:sz w:val="${40 - 6 * level}"/></w:rPr></w:style>`,
  )
  .join("")}</w:styles>`;

const bulletNumbering = 1;

/** Each numbered list gets a numbering of its own, so that it starts at 1. */
function numbering(blocks: readonly Block[]): string {
  const level = (format: string, text: string) =>
    `<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/><w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl>`;
  const kinds = [level("bullet", "•"), ...blocks.filter(isOrdered).map(() => level("decimal", "%1."))];
  const abstracts = kinds.map((kind, index) => `<w:abstractNum w:abstractNumId="${index}">${kind}</w:abstractNum>`);
  const numbers = kinds.map(
    (_, index) => `<w:num w:numId="${index + bulletNumbering}"><w:abstractNumId w:val="${index}"/></w:num>`,
  );
  return `${declaration}<w:numbering xmlns:w="${word}">${abstracts.join("")}${numbers.join("")}</w:numbering>`;
}

function isOrdered(block: Block): boolean {
  return block.kind === "list" && block.ordered;
}

function documentXml(blocks: readonly Block[]): string {
  let orderedLists = 0;
  const body = blocks.map((block) => {
    if (block.kind === "heading") return paragraph(block.text, `<w:pStyle w:val="Heading${block.level}"/>`);
    if (block.kind === "paragraph") return paragraph(block.text);
    if (block.kind === "table") return tableXml(block);
    if (block.ordered) orderedLists += 1;
    const number = block.ordered ? bulletNumbering + orderedLists : bulletNumbering;
    const properties = `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="${number}"/></w:numPr>`;
    return block.items.map((item) => paragraph(item, properties)).join("");
  });
  const page = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>';
  return `${declaration}<w:document xmlns:w="${word}"><w:body>${body.join("")}${page}</w:body></w:document>`;
}

function paragraph(text: string, properties = ""): string {
  return `<w:p><w:pPr>${properties}</w:pPr><w:r><w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r></w:p>`;
}

function tableXml(table: Extract<Block, { kind: "table" }>): string {
  const edges = ["top", "left", "bottom", "right", "insideH", "insideV"]
    .map((edge) => `<w:${edge} w:val="single" w:sz="4" w:color="999999"/>`)
    .join("");
  const row = (cells: readonly string[], properties = "") =>
    `<w:tr>${properties}${cells.map((text) => `<w:tc>${paragraph(text)}</w:tc>`).join("")}</w:tr>`;
  const grid = table.header.map(() => "<w:gridCol/>").join("");
  const rows = table.rows.map((cells) => row(cells)).join("");
  const header = row(table.header, "<w:trPr><w:tblHeader/></w:trPr>");
  return `<w:tbl><w:tblPr><w:tblBorders>${edges}</w:tblBorders></w:tblPr><w:tblGrid>${grid}</w:tblGrid>${header}${rows}</w:tbl>`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
