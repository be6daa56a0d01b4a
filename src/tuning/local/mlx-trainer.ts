// MLX and mlx-lm: Apple's chips; it also runs on Linux.
import { AssayError } from "../../core/errors.ts";
import type { Trainer } from "../../core/training.ts";
import { type LocalEngine, type LocalSettings, localTrainer } from "./local-trainer.ts";

const engine: LocalEngine = {
  name: "mlx",
  version: "1",
  script: "mlx_worker.py",
  packages: ["mlx", "mlx-lm"],
  install: `pip install mlx-lm${process.platform === "linux" ? ' "mlx[cpu]"' : ""}`,
  check({ method }) {
    if (method !== "dpo") return;
    throw new AssayError({
      code: "bad-usage",
      message: "mlx-lm learns from answers, not from preferences",
      remedy: "assay tune --method dpo --trainer trl",
    });
  },
};

export const mlxTrainer = (settings: LocalSettings): Trainer => localTrainer(engine, settings);
