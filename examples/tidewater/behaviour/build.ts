// Writes examples.jsonl and questions/behaviour.jsonl: `npx node examples/tidewater/behaviour/build.ts`, then run check.ts.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assembleFiles } from "./assemble.ts";

for (const [file, content] of Object.entries(assembleFiles())) {
  writeFileSync(join(import.meta.dirname, "..", file), content);
  process.stdout.write(`${file}: ${content.split("\n").length - 1} lines\n`);
}
