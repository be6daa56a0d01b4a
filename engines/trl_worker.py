# /// script
# requires-python = ">=3.10"
# dependencies = [
#   "torch>=2.6",
#   "transformers>=5.0,<6",
#   "peft>=0.19,<1",
#   "trl>=1.0,<2",
#   "accelerate>=1.10",
#   "datasets>=4",
#   "bitsandbytes>=0.48",
#   "safetensors>=0.5",
# ]
# ///
"""Trains with TRL, PEFT and bitsandbytes: supervised or by preferences; an adapter, an adapter on a 4-bit base, or all weights.

    uv run --script trl_worker.py --job FOLDER/job.json

Goes on from the last whole checkpoint in FOLDER. What it says, and how it is told to stop, stands in worker_protocol.py.
"""

import argparse
import hashlib
import json
import math
import os
import shutil
import sys
import time
from pathlib import Path

from worker_protocol import (
    Conversation,
    WorkerError,
    converse,
    peak_resident_bytes,
    read_rows,
    require,
    system_memory,
    versions,
)

PACKAGES = ["torch", "transformers", "peft", "trl", "accelerate", "datasets", "safetensors"]
INSTALL = "pip install torch transformers peft trl accelerate datasets bitsandbytes, or install uv: it brings them"
#: Written last into a checkpoint: a folder without it was cut short by a kill.
WHOLE = "whole.json"


def train(conversation: Conversation, job):
    needs_quantisation = job["weights"] == "qlora"
    require(PACKAGES + (["bitsandbytes"] if needs_quantisation else []), INSTALL)
    if Path(job["base"]).is_dir():
        # What is here already asks nobody.
        os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    began = time.monotonic()
    checkpoint = last_whole_checkpoint(conversation.folder)
    resumed = json.loads((checkpoint / WHOLE).read_text()) if checkpoint else {"step": 0, "tokens": 0, "elapsedMs": 0}
    conversation.step = resumed["step"]
    conversation.say("hello", engine="trl", pid=os.getpid(), versions=versions(PACKAGES), resumedFromStep=resumed["step"])
    device = preflight(conversation, job)
    conversation.enter("loading", device=device)
    tokenizer = load_tokenizer(job["base"])
    model = load_model(job, device)
    rows, too_long = fitting(read_rows(job["train"]), tokenizer, job["maxLength"])
    held_out, _ = fitting(read_rows(job["heldOut"]), tokenizer, job["maxLength"])
    if not rows:
        raise WorkerError("bad-examples", f"all examples are longer than {job['maxLength']} tokens", "raise tuning.local.maxLength")
    teller = make_teller(conversation, job, resumed, began)
    trainer = make_trainer(job, device, model, tokenizer, rows, held_out, teller, conversation.folder)
    conversation.enter("training")
    if not conversation.stop_requested.is_set():
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    reason = teller.reason()
    counts = {"parameters": original_parameters(trainer.model), "trainableParameters": trainable_parameters(trainer.model)}
    artefact = None
    if reason != "cancelled" and not (reason == "diverged" and teller.best_step is None):
        conversation.enter("saving")
        artefact = save(trainer, tokenizer, job, conversation.folder)
    conversation.say("done", reason=reason, **counts, **teller.summary(), tooLong=too_long, artefact=artefact)


def preflight(conversation, job):
    """Before anything heavy: is there the device that was asked for, and would it hold the training?"""
    conversation.enter("preflight")
    import torch

    wanted = job.get("device", "auto")
    has_cuda = torch.cuda.is_available()
    if wanted == "cuda" and not has_cuda:
        built = torch.version.cuda
        why = f"PyTorch {torch.__version__} finds no CUDA device" if built else f"PyTorch {torch.__version__} was built without CUDA"
        raise WorkerError("no-cuda", why, "check `nvidia-smi`, or train on the processor: tuning.local.device: \"cpu\"")
    if wanted == "mps" and not torch.backends.mps.is_available():
        raise WorkerError("no-device", "PyTorch finds no Apple GPU", 'tuning.local.device: "cpu"')
    kind = wanted if wanted != "auto" else "cuda" if has_cuda else "mps" if torch.backends.mps.is_available() else "cpu"
    if kind == "cuda":
        free, total = torch.cuda.mem_get_info()
        device = {"kind": kind, "name": torch.cuda.get_device_name(0), "freeBytes": free, "totalBytes": total}
    else:
        free, total = system_memory()
        device = {"kind": kind, "name": "Apple GPU" if kind == "mps" else "processor", "freeBytes": free, "totalBytes": total}
    check_memory(conversation, job.get("estimatedBytes"), device)
    if kind == "cpu":
        conversation.say("warn", code="no-gpu", message="no GPU is used: training on the processor is 10 to 100 times slower")
    return device


def check_memory(conversation, needed, device):
    if not needed or not device["totalBytes"]:
        return
    advice = "halve tuning.local.microBatchSize, then tuning.local.maxLength, or train 4-bit: --weights qlora"
    message = f"about {gib(needed)} of memory are needed, {device['name']} has {gib(device['totalBytes'])}"
    if needed > device["totalBytes"]:
        raise WorkerError("out-of-memory", message, advice)
    if device["freeBytes"] and needed > device["freeBytes"]:
        conversation.say("warn", code="little-memory", message=f"{message}, {gib(device['freeBytes'])} of it free")


def gib(count):
    return f"{count / 2**30:.1f} GiB"


def load_tokenizer(base):
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(base)
    except (OSError, ValueError) as error:
        raise bad_base(base, error) from error
    if tokenizer.chat_template is None:
        raise WorkerError("bad-base", f"{base} has no chat template", "choose an instruction-tuned base")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(job, device):
    import torch
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig, set_seed

    # An adapter begins at random numbers.
    set_seed(job["seed"])
    half = device["kind"] == "cuda" and torch.cuda.is_bf16_supported()
    dtype = torch.bfloat16 if half else torch.float32
    options = {"dtype": torch.float32 if job["weights"] == "full" else dtype}
    if job["weights"] == "qlora":
        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
        )
        options["device_map"] = {"": 0 if device["kind"] == "cuda" else device["kind"]}
    try:
        model = AutoModelForCausalLM.from_pretrained(job["base"], **options)
    except (OSError, ValueError) as error:
        raise bad_base(job["base"], error) from error
    model.config.use_cache = False
    return model


def bad_base(base, error):
    text = str(error).splitlines()[0][:200]
    return WorkerError("bad-base", f"{base} cannot be tuned: {text}", "name a Hugging Face model directory: --base DIR")


def fitting(rows, tokenizer, most):
    """Rows of at most `most` tokens, and the examples that the others came from. Cutting them would teach answers without ends."""
    kept, too_long = [], set()
    for row in rows:
        ends = [row[key] for key in ("completion", "chosen", "rejected") if key in row]
        lengths = [len(tokenizer.apply_chat_template(row["prompt"] + end, return_dict=True)["input_ids"]) for end in ends]
        if max(lengths) > most:
            too_long.add(row["example"])
        else:
            kept.append({key: value for key, value in row.items() if key != "example"})
    return kept, sorted(too_long)


def make_trainer(job, device, model, tokenizer, rows, held_out, teller, folder):
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import EarlyStoppingCallback
    from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer

    prefers = job["method"] == "dpo"
    Config, Trainer = (DPOConfig, DPOTrainer) if prefers else (SFTConfig, SFTTrainer)
    own = {"beta": job["beta"] or 0.1} if prefers else {"completion_only_loss": True, "packing": False}
    config = Config(**own, **training_arguments(job, device, len(rows), bool(held_out), folder))
    adapter = None
    if job["weights"] != "full":
        lora = job["lora"]
        adapter = LoraConfig(
            task_type="CAUSAL_LM", r=lora["rank"], lora_alpha=lora["alpha"], lora_dropout=lora["dropout"], target_modules="all-linear"
        )
    callbacks = [teller.callback]
    if held_out:
        callbacks.append(EarlyStoppingCallback(early_stopping_patience=job["patience"]))
    trainer = Trainer(
        model=model,
        args=config,
        train_dataset=Dataset.from_list(rows),
        eval_dataset=Dataset.from_list(held_out) if held_out else None,
        processing_class=tokenizer,
        peft_config=adapter,
        callbacks=callbacks,
    )
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)
    return trainer


def training_arguments(job, device, count, holds_out, folder):
    """What Trainer takes. A step is one update of `batchSize` examples; saving and evaluating go together."""
    budget = job["budget"]
    per_epoch = math.ceil(count / job["batchSize"])
    every = job.get("saveEverySteps") or max(1, min(50, per_epoch))
    length = {"max_steps": budget["steps"]} if "steps" in budget else {"num_train_epochs": budget.get("epochs", job["mostEpochs"])}
    micro = job.get("microBatchSize") or job["batchSize"]
    on_gpu = device["kind"] == "cuda"
    import torch

    return {
        **length,
        "output_dir": str(folder / "checkpoints"),
        "per_device_train_batch_size": micro,
        "per_device_eval_batch_size": micro,
        "gradient_accumulation_steps": max(1, job["batchSize"] // micro),
        "learning_rate": job["learningRate"] or (2e-5 if job["weights"] == "full" else 2e-4) * (0.1 if job["method"] == "dpo" else 1),
        # Nobody knows where a budget in minutes ends, so the rate cannot fall towards that end.
        "lr_scheduler_type": "constant_with_warmup" if "minutes" in budget else "cosine",
        "warmup_steps": max(1, min(per_epoch, 20)),
        "max_grad_norm": 1.0,
        "weight_decay": 0.01,
        "seed": job["seed"],
        "data_seed": job["seed"],
        "max_length": job["maxLength"],
        "save_strategy": "steps",
        "save_steps": every,
        "save_total_limit": 2,
        "eval_strategy": "steps" if holds_out else "no",
        "eval_steps": every,
        "load_best_model_at_end": holds_out,
        "metric_for_best_model": "eval_loss" if holds_out else None,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "restore_callback_states_from_checkpoint": True,
        "report_to": "none",
        "disable_tqdm": True,
        "bf16": on_gpu and torch.cuda.is_bf16_supported(),
        "gradient_checkpointing": on_gpu,
        "use_cpu": device["kind"] == "cpu",
        "dataloader_pin_memory": on_gpu,
    }


def make_teller(conversation, job, resumed, began):
    """Tells what Trainer does, and makes it do what was asked meanwhile. Built late: importing transformers takes seconds."""
    import torch
    from transformers import TrainerCallback

    class Teller(TrainerCallback):
        def __init__(self):
            self.callback = self
            self.tokens = resumed["tokens"]
            self.first_loss = resumed.get("firstLoss")
            self.best_loss = resumed.get("bestLoss")
            self.best_step = resumed.get("bestStep")
            self.diverged = False
            self.out_of_time = False
            self.stopped_early = False
            self.trained_from = None

        def on_train_begin(self, args, state, control, **_):
            self.trained_from = time.monotonic()

        def on_step_end(self, args, state, control, **_):
            conversation.step = state.global_step
            minutes = job["budget"].get("minutes")
            self.out_of_time = minutes is not None and self.elapsed_ms() >= minutes * 60_000
            if conversation.checkpoint_requested.is_set():
                conversation.checkpoint_requested.clear()
                control.should_save = True
            if conversation.stop_requested.is_set() or self.out_of_time:
                control.should_save = True
                control.should_training_stop = True
                if self.out_of_time and args.eval_strategy != "no":
                    control.should_evaluate = True

        def on_log(self, args, state, control, logs=None, **_):
            if "loss" not in logs:
                return
            loss = logs["loss"]
            self.tokens = resumed["tokens"] + int(logs.get("num_tokens", 0))
            if self.first_loss is None:
                self.first_loss = loss
            if not math.isfinite(loss):
                self.diverged = True
                control.should_training_stop = True
            elapsed, step = self.elapsed_ms(), state.global_step
            here = max(1, step - resumed["step"])
            spent = elapsed - resumed["elapsedMs"]
            conversation.say(
                "progress", step=step, totalSteps=state.max_steps, epoch=state.epoch, loss=loss,
                learningRate=logs.get("learning_rate"), gradientNorm=logs.get("grad_norm"),
                tokensPerSecond=(self.tokens - resumed["tokens"]) / max(spent / 1000, 1e-3),
                elapsedMs=elapsed, etaMs=spent / here * (state.max_steps - step), peakBytes=peak_bytes(torch),
            )  # fmt: skip

        def on_evaluate(self, args, state, control, metrics=None, **_):
            loss = metrics.get("eval_loss")
            if loss is None or state.global_step == 0:
                return
            best = math.isfinite(loss) and (self.best_loss is None or loss < self.best_loss)
            if best:
                self.best_loss, self.best_step = loss, state.global_step
            conversation.say("eval", step=state.global_step, loss=loss, best=best)

        def on_save(self, args, state, control, **_):
            path = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            record = {
                "step": state.global_step, "tokens": self.tokens, "elapsedMs": self.elapsed_ms(),
                "firstLoss": self.first_loss, "bestLoss": self.best_loss, "bestStep": self.best_step,
            }  # fmt: skip
            write_whole(path / WHOLE, record)
            conversation.say("checkpoint", step=state.global_step, path=str(path))

        def on_train_end(self, args, state, control, **_):
            self.stopped_early = state.global_step < state.max_steps

        def elapsed_ms(self):
            spent = 0 if self.trained_from is None else time.monotonic() - self.trained_from
            return resumed["elapsedMs"] + int(spent * 1000)

        def reason(self):
            if conversation.stop_requested.is_set():
                return "cancelled"
            if self.diverged:
                return "diverged"
            return "early-stop" if self.stopped_early and not self.out_of_time else "budget"

        def summary(self):
            return {
                "step": conversation.step, "tokens": self.tokens, "resumedFromStep": resumed["step"],
                "firstLoss": self.first_loss, "bestLoss": self.best_loss, "bestStep": self.best_step,
                "ms": self.elapsed_ms(), "cpuMs": int(time.process_time() * 1000),
                "wallMs": int((time.monotonic() - began) * 1000), "peakBytes": peak_bytes(torch),
            }  # fmt: skip

    return Teller()


def peak_bytes(torch):
    return torch.cuda.max_memory_reserved() if torch.cuda.is_available() else peak_resident_bytes()


def last_whole_checkpoint(folder):
    found = sorted((folder / "checkpoints").glob("checkpoint-*"), key=lambda path: int(path.name.rsplit("-", 1)[1]))
    for path in found:
        if not (path / WHOLE).exists():
            shutil.rmtree(path)
    whole = [path for path in found if path.exists()]
    return whole[-1] if whole else None


def original_parameters(model):
    """Of the base: 4-bit matrices hold two numbers in a byte, and an adapter is no part of it."""
    count = 0
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            continue
        shape = getattr(getattr(parameter, "quant_state", None), "shape", None)
        count += math.prod(shape) if shape is not None else parameter.numel()
    return count


def trainable_parameters(model):
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def save(trainer, tokenizer, job, folder):
    """In place all at once: `adapter` as PEFT reads it, or `whole` as transformers does."""
    kind = "whole" if job["weights"] == "full" else "adapter"
    target, aside = folder / kind, folder / f"{kind}.partial"
    shutil.rmtree(aside, ignore_errors=True)
    trainer.model.config.use_cache = True
    trainer.model.save_pretrained(str(aside))
    tokenizer.save_pretrained(str(aside))
    shutil.rmtree(target, ignore_errors=True)
    aside.rename(target)
    weights = sorted(target.glob("*.safetensors"))
    return {"kind": kind, "path": str(target), "sha256": sha256(weights)}


def sha256(files):
    digest = hashlib.sha256()
    for file in files:
        with open(file, "rb") as stream:
            while block := stream.read(2**20):
                digest.update(block)
    return digest.hexdigest()


def write_whole(path, value):
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(value))
    os.replace(partial, path)


def explain(error):
    text = str(error)
    name = type(error).__name__
    if name == "OutOfMemoryError":
        advice = "halve tuning.local.microBatchSize, then tuning.local.maxLength, or train 4-bit: --weights qlora"
        return WorkerError("out-of-memory", "the GPU ran out of memory", advice)
    if "NVIDIA driver" in text or "CUDA driver" in text or "no kernel image" in text:
        first = text.splitlines()[0][:200]
        return WorkerError("driver", f"the GPU's driver does not fit PyTorch: {first}", "update the driver, or tuning.local.device: \"cpu\"")
    if "bitsandbytes" in text.lower():
        return WorkerError("driver", f"bitsandbytes does not work here: {text.splitlines()[0][:200]}", "train without 4-bit: --weights lora")
    return None


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--job", required=True)
    sys.exit(converse(arguments.parse_args().job, train, explain))
