// Writes a zip archive whose entries are deflated and undated: the same bytes for the same entries.
import { crc32, deflateRawSync } from "node:zlib";

export type ZipEntry = { readonly path: string; readonly content: string };

const firstDosDate = 0x21;

/** Entries keep their order; paths are ASCII. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content, "utf8");
    const deflated = deflateRawSync(content);
    const path = Buffer.from(entry.path, "ascii");
    const shared = sharedHeader(crc32(content), deflated.length, content.length, path.length);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), shared, path, deflated]);
    locals.push(local);
    directory.push(directoryEntry(shared, offset, path));
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  return Buffer.concat([...locals, index, endRecord(entries.length, index.length, offset)]);
}

function sharedHeader(checksum: number, packed: number, size: number, pathLength: number): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0);
  header.writeUInt16LE(8, 4);
  header.writeUInt16LE(firstDosDate, 8);
  header.writeUInt32LE(checksum, 10);
  header.writeUInt32LE(packed, 14);
  header.writeUInt32LE(size, 18);
  header.writeUInt16LE(pathLength, 22);
  return header;
}

function directoryEntry(shared: Buffer, offset: number, path: Buffer): Buffer {
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(offset, 10);
  return Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), shared, tail, path]);
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22);
  record.write("PK\x05\x06", 0, "latin1");
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}
