// Word documents: headings, lists and tables by way of HTML. The format has no pages.
import type { Parser } from "../core/documents.ts";
import { titleOf } from "./document-fields.ts";
import { htmlConverter } from "./html-markdown.ts";
import { unreadable } from "./read-result.ts";
import { tidyText } from "./tidy-text.ts";

export const docxParser: Parser = {
  name: "documents/docx",
  version: "1",
  config: null,
  extensions: ["docx"],
  async *parse({ source, bytes }) {
    if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) throw unreadable(`the file is no Word document${whatElse(bytes)}`);
    if (unzippedBytes(bytes) > mostUnzippedBytes) throw unreadable("the document would unpack to more than 500 MB");
    const html = await toHtml(bytes);
    const { parseHTML } = await import("linkedom");
    const convert = await htmlConverter();
    const { document } = parseHTML(`<!doctype html><html><body>${html}</body></html>`);
    const text = tidyText(convert(document.body as unknown as HTMLElement));
    if (text === "") throw unreadable("the document holds no text");
    yield { id: source, source, title: titleOf(source, text), text, format: "docx", metadata: {}, groups: [] };
  },
};

/** A small archive can claim the whole memory: limits on a thread's heap do not hold for what is unpacked. */
const mostUnzippedBytes = 500_000_000;
const entryMark = Buffer.from("PK\x01\x02");

/** The sum of the sizes that the archive's directory gives. */
function unzippedBytes(archive: Uint8Array): number {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  let total = 0;
  for (let at = bytes.indexOf(entryMark); at >= 0 && at + 28 <= bytes.length; at = bytes.indexOf(entryMark, at + 4)) {
    total += bytes.readUInt32LE(at + 24);
  }
  return total;
}

function whatElse(bytes: Uint8Array): string {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 8));
  if (start.startsWith("%PDF")) return ": it is a PDF, so name it .pdf";
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf)
    return ": it is an old or an encrypted one; save it as .docx without a password";
  return ": it does not begin as one";
}

async function toHtml(bytes: Uint8Array): Promise<string> {
  const { default: mammoth } = await import("mammoth");
  const noPictures = mammoth.images.imgElement(async () => ({ src: "" }));
  try {
    const { value } = await mammoth.convertToHtml(
      { buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) },
      { convertImage: noPictures, externalFileAccess: false, styleMap: ["p[style-name='Title'] => h1:fresh"] },
    );
    return value;
  } catch (cause) {
    throw unreadable("the file is damaged, or no Word document", cause);
  }
}
