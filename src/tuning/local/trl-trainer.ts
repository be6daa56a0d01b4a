// TRL and PEFT, with bitsandbytes for 4-bit bases: NVIDIA's GPUs, and the processor for small models.
import type { Trainer } from "../../core/training.ts";
import { type LocalEngine, type LocalSettings, localTrainer } from "./local-trainer.ts";

const engine: LocalEngine = {
  name: "trl",
  version: "1",
  script: "trl_worker.py",
  packages: ["torch", "transformers", "peft", "trl", "accelerate", "datasets"],
  install: "pip install torch transformers peft trl accelerate datasets bitsandbytes",
  check() {
    // It learns by every method, and trains every kind of weights.
  },
};

export const trlTrainer = (settings: LocalSettings): Trainer => localTrainer(engine, settings);
