// `assay data mask`: a copy of a training file without personal data and secrets. The original stays as it is.
import { AssayError } from "../../core/errors.ts";
import { type MaskCount, masker } from "../../tuning/data/mask.ts";
import type { LineProblem } from "../../tuning/data/read-rows.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { besides, nameOf, openData, refuseOverwriting, usableLines, writeLines } from "./rows.ts";

export type DataMaskOptions = {
  readonly path?: string;
  /** Absolute; default `<name>.masked.jsonl` beside the file. */
  readonly out?: string;
  readonly force?: boolean;
  readonly skipBad?: boolean;
};

/** What `assay data mask --json` prints. */
export type DataMaskResult = {
  readonly file: string;
  readonly masked: string;
  readonly examples: number;
  /** By kind. */
  readonly counts: Readonly<Record<string, MaskCount>>;
  readonly changedLines: readonly number[];
  readonly leftOut: readonly LineProblem[];
};

export async function dataMask(context: ProjectContext, options: DataMaskOptions): Promise<DataMaskResult> {
  const data = await openData(context, options.path);
  const { lines, leftOut } = usableLines(data, options.skipBad ?? false);
  const out = options.out ?? besides(data.path, "masked");
  if (out === data.path) {
    throw new AssayError({
      code: "bad-usage",
      message: `${data.name}: the masked copy cannot take the original's place`,
      remedy: "name another file with --out",
    });
  }
  refuseOverwriting([out], options.force ?? false);
  const { mask, counts } = masker();
  const changed: number[] = [];
  const texts = lines.map(({ line, text, json }) => {
    const masked = JSON.stringify(mask(json));
    if (masked === JSON.stringify(json)) return text;
    changed.push(line);
    return masked;
  });
  await writeLines(out, texts);
  const result = { file: data.name, masked: nameOf(context, out), examples: texts.length };
  return { ...result, counts: counts(), changedLines: changed, leftOut };
}
