// The sets of behaviour that are measured, by the name of their folder. Adding one is a line here and a file beside.
import type { BehaviourSource } from "./behaviour-set.ts";
import { banking77, bitextSupport, clinc150 } from "./label-sets.ts";
import { snipsJson } from "./snips-json.ts";
import { text2sql } from "./text2sql.ts";

export const behaviourSets: Readonly<Record<string, BehaviourSource>> = {
  "snips-json": snipsJson,
  banking77,
  clinc150,
  "bitext-support": bitextSupport,
  text2sql,
};
