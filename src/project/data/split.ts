// `assay data split`: one training file becomes two, one to train on and one held out.
import { dirname } from "node:path";
import type { LineProblem } from "../../tuning/data/read-rows.ts";
import { type Split, splitRows } from "../../tuning/data/split.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { besides, nameOf, openData, refuseOverwriting, usableLines, writeLines } from "./rows.ts";

export type DataSplitOptions = {
  readonly path?: string;
  /** Folder, absolute; default: the file's own. */
  readonly out?: string;
  /** Default 0.12. */
  readonly share?: number;
  /** Default 1. */
  readonly seed?: number;
  readonly force?: boolean;
  readonly skipBad?: boolean;
};

/** What `assay data split --json` prints. */
export type DataSplitResult = {
  readonly file: string;
  readonly training: { readonly file: string; readonly examples: number };
  readonly heldOut: { readonly file: string; readonly examples: number; readonly share: number };
  readonly groups: number;
  readonly largestGroup: number;
  readonly labels: Split["labels"];
  readonly leftOut: readonly LineProblem[];
  /** Why the share was missed, where it was. */
  readonly notes: readonly string[];
};

/** Lines are copied as they stand. */
export async function dataSplit(context: ProjectContext, options: DataSplitOptions): Promise<DataSplitResult> {
  const data = await openData(context, options.path);
  const { lines, leftOut } = usableLines(data, options.skipBad ?? false);
  const directory = options.out ?? dirname(data.path);
  const [training, heldOut] = [besides(data.path, "train", directory), besides(data.path, "held-out", directory)];
  refuseOverwriting([training, heldOut], options.force ?? false);
  const { share, seed } = options;
  const rows = lines.map(({ row }) => row);
  const split = splitRows(rows, { ...(share === undefined ? {} : { share }), ...(seed === undefined ? {} : { seed }) });
  const textsAt = (places: readonly number[]) => places.map((place) => lines[place]?.text ?? "");
  await writeLines(training, textsAt(split.training));
  await writeLines(heldOut, textsAt(split.heldOut));
  const heldShare = split.heldOut.length / rows.length;
  return {
    file: data.name,
    training: { file: nameOf(context, training), examples: split.training.length },
    heldOut: {
      file: nameOf(context, heldOut),
      examples: split.heldOut.length,
      share: Math.round(heldShare * 1e4) / 1e4,
    },
    groups: split.groups,
    largestGroup: split.largestGroup,
    labels: split.labels,
    leftOut,
    notes: notesOn(split, rows.length, heldShare),
  };
}

/** Less than this cannot be told from chance. */
const fewestHeldOut = 30;

function notesOn({ largestGroup, heldOut }: Split, rows: number, share: number): readonly string[] {
  return [
    ...(largestGroup > rows / 3
      ? [
          `one group holds ${largestGroup} of ${rows} examples, and is never parted: ${Math.round(share * 100)}% are held out`,
        ]
      : []),
    ...(heldOut.length < fewestHeldOut ? [`${heldOut.length} held-out examples can show large differences only`] : []),
  ];
}
