// assay watch
import type { Command } from "commander";
import pc from "picocolors";
import {
  type CommonOptions,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";
import { watchLine } from "../print-watch.ts";
import { toldToStop } from "../told-to-stop.ts";

export const registerWatch: Register = (program: Command) => {
  const command = program
    .command("watch")
    .description("keep the index in step with the documents: ingest, and again whenever they change");
  withCommonOptions(command).action(async (options: CommonOptions) => {
    await withProject(options, async (context, progress) => {
      const { watchDocuments } = await import("../../project/watch/watch.ts");
      if (!options.json) printLine(pc.dim(`watching ${context.config.documents.join(", ")}. Stop with Ctrl-C.`));
      const watching = watchDocuments(context, {
        progress,
        onEvent: (event) => (options.json ? printJson(event) : printLine(watchLine(event))),
      });
      await toldToStop();
      await watching.stop();
    });
  });
};
