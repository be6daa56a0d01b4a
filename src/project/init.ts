// `assay init`: the files a new project starts from. Never overwrites anything.
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { configFileNames } from "./config/config-file.ts";
import { diskError } from "./state/state-folder.ts";

export type InitResult = { readonly config: string; readonly created: readonly string[] };

const configText = `import type { AssayConfig } from "assay";

// Every key has a default; delete what you do not change. All keys: docs/configuration.md of Assay.
export default {
  documents: ["docs"],
  questions: "questions.jsonl",
  examples: "examples.jsonl",

  // The embedded parts need no key and no network, and are no language model. One line each for a real one:
  // generator: "openai/gpt-4.1-mini",        // key in OPENAI_API_KEY; also anthropic/…, google/…, ollama/…
  // embedder: "openai/text-embedding-3-small",
  // retrieval: { reranker: "cohere/rerank-v3.5" },

  // queriesPerMonth: 10_000,                  // turns cost per query into a monthly bill
} satisfies AssayConfig;
`;

/** Makes config, `docs/` and empty data files where they are missing. */
export async function init(directory: string): Promise<InitResult> {
  const created: string[] = [];
  const write = async (name: string, text: string) => {
    const path = join(directory, name);
    if (existsSync(path)) return;
    await writeFile(path, text, { flag: "wx" });
    created.push(name);
  };
  try {
    if (!existsSync(join(directory, "docs"))) created.push("docs/");
    await mkdir(join(directory, "docs"), { recursive: true });
    const config = configFileNames.find((name) => existsSync(join(directory, name))) ?? "assay.config.ts";
    if (config === "assay.config.ts") await write(config, configText);
    await write(".gitignore", ".assay/\n.env\n");
    return { config, created };
  } catch (cause) {
    throw diskError(cause, directory);
  }
}
