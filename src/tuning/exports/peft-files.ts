// A LoRA adapter as PEFT reads it, with the exact base it belongs to in `base/`. Rotary halves are Llama's own there: no permutation.
import type { ExportFile } from "./export-files.ts";
import { jsonFile } from "./export-files.ts";
import { type Adapter, adapterOf, type ExportSource } from "./export-source.ts";
import { huggingFaceFiles, safetensorsFile } from "./hugging-face-files.ts";

/** PEFT wraps the causal model, which wraps the decoder. */
const wrapping = "base_model.model.";

export const baseFolder = "base";

export function peftFiles(source: ExportSource): readonly ExportFile[] {
  const adapter = adapterOf(source, "huggingface");
  const named = [...adapter.weights].map(([name, tensor]) => [`${wrapping}${name}`, tensor] as const);
  const base = huggingFaceFiles(source, source.base).map(({ name, chunks }) => ({
    name: `${baseFolder}/${name}`,
    chunks,
  }));
  return [
    jsonFile("adapter_config.json", adapterConfig(adapter)),
    safetensorsFile("adapter_model.safetensors", new Map(named)),
    ...base,
  ];
}

function adapterConfig({ lora }: Adapter): unknown {
  return {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: baseFolder,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: 0,
    target_modules: lora.targets,
    bias: "none",
    fan_in_fan_out: false,
    use_rslora: false,
    inference_mode: true,
  };
}
