// `npm run bench -- serve --data DIR [--sets latency,load,mixed] [--seconds N]`: what the server adds to a model call, how much it carries,
// and how it bears a mixed load. Servers run in processes of their own; the load comes from this one, on the same machine.
import { measureLatency } from "./serve/latency.ts";
import { measureLoad } from "./serve/load.ts";
import { measureMixedLoad } from "./serve/mixed-load.ts";
import { runAssay, withAssay, withModelServers } from "./serve/processes.ts";
import { makeServeProject } from "./serve/serve-project.ts";
import { slowModel } from "./serve/slow-model.ts";
import type { BenchOptions } from "./tables.ts";

const modelDelayMs = 30;
const loadSeconds = 10;
const mixedSeconds = 300;

export async function benchServe(options: BenchOptions): Promise<string> {
  const project = makeServeProject(options.data);
  const { directory, questions } = project;
  const model = await slowModel(modelDelayMs);
  try {
    await runAssay("ingest", "--project", directory, "--json");
    const wanted = (part: string) => options.sets?.includes(part) ?? true;
    const tables: string[] = [];
    project.configure({ generator: "slow/model", providers: { slow: { baseUrl: model.url } } });
    if (wanted("latency")) {
      tables.push(await withModelServers(directory, model.url, (servers) => measureLatency(servers, questions)));
    }
    project.configure({});
    const seconds = (usual: number) => options.seconds ?? usual;
    if (wanted("load"))
      tables.push(await withAssay(directory, (url) => measureLoad(url, questions, seconds(loadSeconds))));
    if (wanted("mixed")) tables.push(await measureMixedLoad(project, seconds(mixedSeconds)));
    return tables.join("\n\n");
  } finally {
    model.close();
    project.remove();
  }
}
