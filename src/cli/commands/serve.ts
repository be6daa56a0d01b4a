// assay serve
import { createHash, randomBytes } from "node:crypto";
import type { Command } from "commander";
import pc from "picocolors";
import { AssayError } from "../../core/errors.ts";
import type { RunningServer } from "../../server/serve.ts";
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

type Options = CommonOptions & {
  readonly port?: string;
  readonly host?: string;
  readonly newKey?: boolean;
  readonly watch?: boolean;
};

export const registerServe: Register = (program: Command) => {
  const command = program
    .command("serve")
    .description("serve the recommended approach, and every other, behind OpenAI's API")
    .option("--port <port>", "default: server.port of the config, else 8787; 0 takes any free port")
    .option("--host <address>", "default: server.host of the config, else 127.0.0.1")
    .option("--watch", "also keep the index in step with the documents, as `assay watch` does")
    .option("--new-key", "print a new API key and the line of config that admits it, and stop");
  withCommonOptions(command).action(async (options: Options) => {
    if (options.newKey) {
      printNewKey(options.json ?? false);
      return;
    }
    const address = { ...(options.host ? { host: options.host } : {}), ...portOf(options.port) };
    await withProject(options, async (context) => {
      const { startServer } = await import("../../server/serve.ts");
      const log = (line: string) => void process.stderr.write(`assay: ${line}\n`);
      const server = await startServer(context, { ...address, log });
      if (options.json) printJson({ url: server.url, recommended: server.recommended, models: server.models });
      else printServing(server);
      const watching = options.watch ? await watched(context.directory, log) : undefined;
      await toldToStop();
      log("stopping: answers in the making may finish");
      await Promise.all([server.stop(), watching?.stop()]);
    });
  });
};

async function watched(directory: string, log: (line: string) => void) {
  const { watchInThread } = await import("../../project/watch/watch-thread.ts");
  return watchInThread(directory, (event) => log(watchLine(event)));
}

function portOf(text: string | undefined): { port?: number } {
  if (text === undefined) return {};
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return { port };
  throw new AssayError({
    code: "bad-usage",
    message: `--port ${text}: expected a number up to 65535`,
    remedy: "type `assay serve --port 8787`",
  });
}

function printServing({ url, recommended, models }: RunningServer): void {
  printLine(`${pc.green("serving")} ${url}/v1  (OpenAI's API; MCP at ${url}/mcp)`);
  printLine(pc.dim(`models: assay (= ${recommended}), ${models.join(", ")}. Stop with Ctrl-C.`));
}

/** Shown once and kept nowhere: the configuration holds its hash. */
function printNewKey(json: boolean): void {
  const key = `assay-${randomBytes(24).toString("base64url")}`;
  const hash = createHash("sha256").update(key).digest("hex");
  if (json) {
    printJson({ key, hash });
    return;
  }
  printLine(key);
  printLine(pc.dim(`server: { keys: [{ name: "app", hash: "${hash}", groups: [] }] }`));
}
