// Hands a tuned model to other tools: from a training run of this project to files that were checked to be the same model.
import { AssayError } from "../../core/errors.ts";
import { type ExportOptions, type ExportReport, exportTunedModel } from "../../tuning/exports/export-tuned-model.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { modelDirectory } from "./tune-run.ts";
import { listTunings, readTuning, type TuningRecord } from "./tuning-records.ts";

export type TuneExportOptions = Pick<ExportOptions, "format" | "output" | "precision"> & {
  /** Default: the newest run that succeeded. */
  readonly id?: string;
};

export type TuneExport = { readonly id: string; readonly export: ExportReport };

/** Throws `AssayError` `not-found` where no such run has succeeded, and what `exportTunedModel` throws. */
export async function exportTuning(context: ProjectContext, options: TuneExportOptions): Promise<TuneExport> {
  const { id: asked, ...rest } = options;
  const record = succeeded(context, asked);
  const elsewhere = record.result?.model;
  if (elsewhere) {
    throw new AssayError({
      code: "bad-usage",
      message: `tuning ${record.id} cannot be exported: its weights are at ${record.trainer}, as ${elsewhere.name}`,
      remedy: `download them there, where ${record.trainer} offers that`,
    });
  }
  const report = await exportTunedModel({ ...rest, directory: modelDirectory(record) });
  return { id: record.id, export: report };
}

function succeeded(context: ProjectContext, id: string | undefined): TuningRecord {
  const record = id === undefined ? listTunings(context).find(isSucceeded) : readTuning(context, id);
  if (record && isSucceeded(record)) return record;
  if (id === undefined) {
    throw new AssayError({ code: "not-found", message: "no training has succeeded here yet", remedy: "assay tune" });
  }
  throw new AssayError({
    code: "not-found",
    message: record ? `tuning ${id} has not succeeded: ${record.status}` : `there is no tuning "${id}" in this project`,
    remedy: record ? `assay tune resume ${id}` : "assay tune list",
  });
}

const isSucceeded = ({ status }: TuningRecord): boolean => status === "succeeded";
