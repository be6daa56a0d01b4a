// Every command of `assay`, in the order of `assay --help`.
import type { Register } from "../common-options.ts";
import { registerAsk } from "./ask.ts";
import { registerCompare } from "./compare.ts";
import { registerCost } from "./cost.ts";
import { registerData } from "./data.ts";
import { registerDecide } from "./decide.ts";
import { registerDoctor } from "./doctor.ts";
import { registerEngines } from "./engines.ts";
import { registerFeedback } from "./feedback.ts";
import { registerIngest } from "./ingest.ts";
import { registerInit } from "./init.ts";
import { registerJudge } from "./judge.ts";
import { registerQuestions } from "./questions.ts";
import { registerSearch } from "./search.ts";
import { registerServe } from "./serve.ts";
import { registerTraffic } from "./traffic.ts";
import { registerTune } from "./tune.ts";
import { registerWatch } from "./watch.ts";
import { registerWhy } from "./why.ts";

export const commands: readonly Register[] = [
  registerInit,
  registerIngest,
  registerSearch,
  registerAsk,
  registerWhy,
  registerData,
  registerQuestions,
  registerTune,
  registerCompare,
  registerJudge,
  registerCost,
  registerDecide,
  registerServe,
  registerWatch,
  registerFeedback,
  registerTraffic,
  registerEngines,
  registerDoctor,
];
