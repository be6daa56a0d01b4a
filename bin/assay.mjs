#!/usr/bin/env node
// The command's door: old syntax only, so that an old Node reaches the sentence below instead of a syntax error.
var major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(
    "assay: Node 24 or newer is needed, this is " +
      process.version +
      ". In the repository run `npm run -s assay -- ...`; elsewhere install Node 24 and try again.\n",
  );
  process.exit(2);
}
// A published package has dist/; a fresh clone has only src/, which Node 24 runs as it is.
void import("node:fs")
  .then((fs) => {
    var built = new URL("../dist/cli/main.js", import.meta.url);
    var source = new URL("../src/cli/main.ts", import.meta.url);
    return import((fs.existsSync(source) ? source : built).href);
  })
  .then((cli) => cli.main(process.argv.slice(2)))
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
