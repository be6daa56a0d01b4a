# /// script
# requires-python = ">=3.10"
# dependencies = [
#   "mlx>=0.30; sys_platform == 'darwin'",
#   "mlx[cpu]>=0.30; sys_platform == 'linux'",
#   "mlx-lm>=0.31,<1",
# ]
# ///
"""Trains with MLX and mlx-lm: an adapter, an adapter on a 4-bit base, or all weights. For Apple's chips; also runs on Linux.

    uv run --script mlx_worker.py --job FOLDER/job.json

mlx-lm resumes weights alone, so the loop is ours: a checkpoint holds weights, optimiser and place in the data, and a run goes on
as if nothing had happened. The adapter is written as PEFT writes it. What it says stands in worker_protocol.py.
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

from worker_protocol import Conversation, WorkerError, converse, peak_resident_bytes, read_rows, require, system_memory, versions

PACKAGES = ["mlx", "mlx_lm", "numpy"]
INSTALL = 'pip install mlx-lm (on Linux: "mlx[cpu]" mlx-lm, with glibc 2.35 or later), or install uv: it brings them'
#: Written last into a checkpoint: a folder without it was cut short by a kill.
WHOLE = "whole.json"


def train(conversation: Conversation, job):
    if job["method"] == "dpo":
        raise WorkerError("bad-job", "mlx-lm learns from answers, not from preferences", "assay tune --method dpo --trainer trl")
    require(PACKAGES, INSTALL)
    if Path(job["base"]).is_dir():
        os.environ["HF_HUB_OFFLINE"] = "1"
    checkpoint = last_whole_checkpoint(conversation.folder)
    place = json.loads((checkpoint / WHOLE).read_text()) if checkpoint else dict(START)
    conversation.step = place["step"]
    conversation.say("hello", engine="mlx", pid=os.getpid(), versions=versions(["mlx", "mlx-lm"]), resumedFromStep=place["step"])
    device = preflight(conversation, job)
    conversation.enter("loading", device=device)
    model, tokenizer = load_model(job)
    sets = [fitting(read_rows(job[name]), tokenizer, job["maxLength"]) for name in ("train", "heldOut")]
    (rows, too_long), (held_out, _) = sets
    if not rows:
        raise WorkerError("bad-examples", f"all examples are longer than {job['maxLength']} tokens", "raise tuning.local.maxLength")
    run = Run(conversation, job, model, rows, held_out, place)
    if checkpoint:
        run.load(checkpoint)
    conversation.enter("training")
    reason = run.go()
    artefact = None
    if reason != "cancelled" and not (reason == "diverged" and run.place["bestStep"] is None):
        conversation.enter("saving")
        artefact = run.save_result(tokenizer)
    conversation.say("done", reason=reason, **run.summary(), tooLong=too_long, artefact=artefact)


START = {"step": 0, "tokens": 0, "elapsedMs": 0, "firstLoss": None, "bestLoss": None, "bestStep": None, "sinceBest": 0}


def preflight(conversation, job):
    conversation.enter("preflight")
    import mlx.core as mx

    wanted = job.get("device", "auto")
    if wanted == "cuda" and "cuda" not in str(mx.device_info().get("device_name", "")).lower() and not has_gpu(mx):
        raise WorkerError("no-cuda", "this MLX finds no CUDA device", "pip install \"mlx[cuda]\", or tuning.local.device: \"cpu\"")
    if wanted == "cpu":
        mx.set_default_device(mx.cpu)
    kind = "cpu" if mx.default_device() == mx.cpu else "gpu"
    if kind == "cpu" and shutil.which("g++") is None:
        # On a processor MLX compiles fused operations with the system's compiler.
        mx.disable_compile()
    free, total = system_memory()
    device = {"kind": kind, "name": "processor" if kind == "cpu" else "GPU", "freeBytes": free, "totalBytes": total}
    needed = job.get("estimatedBytes")
    if needed and total and needed > total:
        message = f"about {needed / 2**30:.1f} GiB of memory are needed, the machine has {total / 2**30:.1f} GiB"
        raise WorkerError("out-of-memory", message, "halve tuning.local.microBatchSize, or train 4-bit: --weights qlora")
    if kind == "cpu":
        conversation.say("warn", code="no-gpu", message="no GPU is used: training on the processor is 10 to 100 times slower")
    return device


def has_gpu(mx):
    return mx.is_available(mx.gpu)


def load_model(job):
    import mlx.core as mx
    import mlx.nn as nn
    from mlx_lm.tuner.utils import linear_to_lora_layers
    from mlx_lm.utils import load

    mx.random.seed(job["seed"])
    try:
        model, tokenizer = load(job["base"])
    except (OSError, ValueError, KeyError) as error:
        text = str(error).splitlines()[0][:200]
        advice = "name a Hugging Face model directory: --base DIR"
        raise WorkerError("bad-base", f"{job['base']} cannot be tuned: {text}", advice) from error
    if tokenizer.chat_template is None:
        raise WorkerError("bad-base", f"{job['base']} has no chat template", "choose an instruction-tuned base")
    if job["weights"] == "full":
        model.unfreeze()
        return model, tokenizer
    model.freeze()
    if job["weights"] == "qlora":
        nn.quantize(model, group_size=64, bits=4, class_predicate=lambda _, part: quantizable(part))
    lora = job["lora"]
    config = {"rank": lora["rank"], "scale": lora["alpha"] / lora["rank"], "dropout": lora["dropout"]}
    linear_to_lora_layers(model, len(model.layers), config)
    return model, tokenizer


def quantizable(part):
    weight = getattr(part, "weight", None)
    return hasattr(part, "to_quantized") and weight is not None and weight.shape[-1] % 64 == 0


def fitting(rows, tokenizer, most):
    """Token ids with the length of the prompt, and the examples that are longer. Cutting them would teach answers without ends."""
    kept, too_long = [], set()
    for row in rows:
        prompt = tokenizer.apply_chat_template(row["prompt"], add_generation_prompt=True, return_dict=False)
        ids = tokenizer.apply_chat_template(row["prompt"] + row["completion"], return_dict=False)
        if len(ids) > most:
            too_long.add(row["example"])
        else:
            kept.append((ids, len(prompt)))
    return kept, sorted(too_long)


class Run:
    """The loop, its place, and its checkpoints."""

    def __init__(self, conversation, job, model, rows, held_out, place):
        import mlx.nn as nn
        from mlx_lm.tuner.trainer import default_loss

        self.conversation, self.job, self.model = conversation, job, model
        self.rows, self.held_out, self.place = rows, held_out, place
        self.resumed = dict(place)
        self.per_epoch = math.ceil(len(rows) / job["batchSize"])
        self.every = job.get("saveEverySteps") or max(1, min(50, self.per_epoch))
        budget = job["budget"]
        self.total = budget.get("steps") or self.per_epoch * math.ceil(budget.get("epochs", job["mostEpochs"]))
        self.optimizer = make_optimizer(job, self.total, self.per_epoch)
        self.loss = default_loss
        self.loss_and_gradients = nn.value_and_grad(model, default_loss)
        self.began = time.monotonic()

    def go(self):
        while self.place["step"] < self.total:
            if self.conversation.stop_requested.is_set():
                self.checkpoint()
                return "cancelled"
            loss = self.one_step()
            if not math.isfinite(loss):
                return "diverged"
            step, last = self.place["step"], self.place["step"] == self.total or self.out_of_time()
            asked = self.conversation.checkpoint_requested.is_set()
            if step % self.every == 0 or last:
                self.evaluate()
            if step % self.every == 0 or last or asked:
                self.conversation.checkpoint_requested.clear()
                self.checkpoint()
            if self.place["sinceBest"] >= self.job["patience"]:
                return "early-stop"
            if last:
                break
        return "budget"

    def one_step(self):
        import mlx.core as mx
        import mlx.optimizers as optimizers

        self.model.train()
        loss, gradients = self.of_batch(self.batch())
        gradients, norm = optimizers.clip_grad_norm(gradients, 1.0)
        self.optimizer.update(self.model, gradients)
        mx.eval(self.model.trainable_parameters(), self.optimizer.state, norm)
        self.place["step"] += 1
        self.conversation.step = self.place["step"]
        self.tell(loss, norm.item())
        return loss

    def of_batch(self, rows):
        """Loss and gradients, in parts that fit into memory; each part counts by the answer tokens it has."""
        import mlx.core as mx
        from mlx.utils import tree_map

        size = self.job.get("microBatchSize") or len(rows)
        loss = total = 0.0
        gradients = None
        for begin in range(0, len(rows), size):
            (mean, count), part = self.loss_and_gradients(self.model, *padded(rows[begin : begin + size]))
            part = tree_map(lambda gradient: gradient * count, part)
            gradients = part if gradients is None else tree_map(mx.add, gradients, part)
            mx.eval(gradients, mean, count)
            loss, total = loss + mean.item() * count.item(), total + count.item()
        return loss / total, tree_map(lambda gradient: gradient / total, gradients)

    def batch(self):
        """Which examples a step sees depends on seed and step alone, so that a resumed run sees what it would have seen."""
        import numpy as np

        epoch, within = divmod(self.place["step"], self.per_epoch)
        order = np.random.default_rng([self.job["seed"], epoch]).permutation(len(self.rows))
        size = self.job["batchSize"]
        chosen = [self.rows[place] for place in order[within * size : (within + 1) * size]]
        self.place["tokens"] += sum(len(ids) for ids, _ in chosen)
        return chosen

    def evaluate(self):
        import mlx.core as mx

        if not self.held_out:
            return
        self.model.eval()
        total = count = 0.0
        size = self.job["batchSize"]
        for begin in range(0, len(self.held_out), size):
            loss, tokens = self.loss(self.model, *padded(self.held_out[begin : begin + size]))
            mx.eval(loss, tokens)
            total, count = total + loss.item() * tokens.item(), count + tokens.item()
        loss = total / max(count, 1)
        best = math.isfinite(loss) and (self.place["bestLoss"] is None or loss < self.place["bestLoss"])
        self.place["sinceBest"] = 0 if best else self.place["sinceBest"] + 1
        if best:
            self.place.update(bestLoss=loss, bestStep=self.place["step"])
            save_arrays(self.conversation.folder / "best.safetensors", self.trained())
        self.conversation.say("eval", step=self.place["step"], loss=loss, best=best)

    def tell(self, loss, norm):
        import mlx.core as mx

        place, before = self.place, self.resumed
        if place["firstLoss"] is None:
            place["firstLoss"] = loss
        place["elapsedMs"] = before["elapsedMs"] + int((time.monotonic() - self.began) * 1000)
        spent, here = place["elapsedMs"] - before["elapsedMs"], place["step"] - before["step"]
        self.conversation.say(
            "progress", step=place["step"], totalSteps=self.total, epoch=place["step"] / self.per_epoch, loss=loss,
            learningRate=self.optimizer.learning_rate.item(), gradientNorm=norm,
            tokensPerSecond=(place["tokens"] - before["tokens"]) / max(spent / 1000, 1e-3),
            elapsedMs=place["elapsedMs"], etaMs=spent / here * (self.total - place["step"]), peakBytes=peak_bytes(mx),
        )  # fmt: skip

    def out_of_time(self):
        minutes = self.job["budget"].get("minutes")
        return minutes is not None and self.place["elapsedMs"] >= minutes * 60_000

    def trained(self):
        from mlx.utils import tree_flatten

        return dict(tree_flatten(self.model.trainable_parameters()))

    def checkpoint(self):
        from mlx.utils import tree_flatten

        folder = self.conversation.folder / "checkpoints" / f"checkpoint-{self.place['step']}"
        folder.mkdir(parents=True, exist_ok=True)
        save_arrays(folder / "trained.safetensors", self.trained())
        save_arrays(folder / "optimizer.safetensors", dict(tree_flatten(self.optimizer.state)))
        write_whole(folder / WHOLE, self.place)
        self.conversation.say("checkpoint", step=self.place["step"], path=str(folder))
        for old in whole_checkpoints(self.conversation.folder)[:-2]:
            shutil.rmtree(old)

    def load(self, folder):
        import mlx.core as mx
        from mlx.utils import tree_unflatten

        self.model.load_weights(str(folder / "trained.safetensors"), strict=False)
        self.optimizer.state = tree_unflatten(list(mx.load(str(folder / "optimizer.safetensors")).items()))

    def save_result(self, tokenizer):
        best = self.conversation.folder / "best.safetensors"
        if self.place["bestStep"] is not None:
            self.model.load_weights(str(best), strict=False)
        write = write_whole_model if self.job["weights"] == "full" else write_adapter
        kind = "whole" if self.job["weights"] == "full" else "adapter"
        target, aside = self.conversation.folder / kind, self.conversation.folder / f"{kind}.partial"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        digest = write(aside, self.job, self.trained())
        tokenizer.save_pretrained(str(aside))
        shutil.rmtree(target, ignore_errors=True)
        aside.rename(target)
        return {"kind": kind, "path": str(target), "sha256": digest}

    def summary(self):
        import mlx.core as mx
        from mlx_lm.utils import get_total_parameters

        trainable = sum(array.size for array in self.trained().values())
        place = {key: value for key, value in self.place.items() if key not in ("sinceBest", "elapsedMs")}
        return {
            **place, "resumedFromStep": self.resumed["step"], "ms": self.place["elapsedMs"],
            "parameters": get_total_parameters(self.model), "trainableParameters": trainable,
            "cpuMs": int(time.process_time() * 1000), "peakBytes": peak_bytes(mx),
        }  # fmt: skip


def make_optimizer(job, total, per_epoch):
    import mlx.optimizers as optimizers

    highest = job["learningRate"] or (2e-5 if job["weights"] == "full" else 2e-4)
    warm = max(1, min(per_epoch, 20))
    rise = optimizers.linear_schedule(0.0, highest, warm)
    # Nobody knows where a budget in minutes ends, so the rate cannot fall towards that end.
    rest = (lambda _: highest) if "minutes" in job["budget"] else optimizers.cosine_decay(highest, max(1, total - warm))
    return optimizers.AdamW(optimizers.join_schedules([rise, rest], [warm]), weight_decay=0.01)


def padded(rows):
    """Right-padded ids, and per row where the answer begins and ends, as mlx-lm's loss wants them."""
    import mlx.core as mx
    import numpy as np

    ids = np.zeros((len(rows), max(len(row) for row, _ in rows)), np.int32)
    for at, (row, _) in enumerate(rows):
        ids[at, : len(row)] = row
    # Positions count targets, which stand one to the left: the prompt's last token foretells the answer's first.
    return mx.array(ids), mx.array([(start, len(row) - 1) for row, start in rows])


def write_adapter(folder, job, arrays):
    """mlx-lm keeps `lora_a` as [in, rank] and `lora_b` as [rank, out]; PEFT keeps both the other way round."""
    peft = {}
    for name, array in arrays.items():
        matrix, part = name.rsplit(".", 1)
        key = {"lora_a": "lora_A", "lora_b": "lora_B"}[part]
        peft[f"base_model.model.{matrix}.{key}.weight"] = array.T
    targets = sorted({name.rsplit(".", 2)[-2] for name in arrays})
    config = {
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": job["base"], "bias": "none",
        "r": job["lora"]["rank"], "lora_alpha": job["lora"]["alpha"], "lora_dropout": job["lora"]["dropout"],
        "target_modules": targets, "inference_mode": True,
    }  # fmt: skip
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2))
    return save_arrays(folder / "adapter_model.safetensors", peft)


def write_whole_model(folder, job, arrays):
    for name in ("config.json", "generation_config.json"):
        if (source := Path(job["base"]) / name).exists():
            shutil.copy(source, folder / name)
    return save_arrays(folder / "model.safetensors", arrays)


def save_arrays(path, arrays):
    """In place at once, and its SHA-256."""
    import mlx.core as mx

    partial = path.with_name(f"partial-{path.name}")
    mx.save_safetensors(str(partial), {name: mx.contiguous(array) for name, array in arrays.items()}, metadata={"format": "pt"})
    os.replace(partial, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_whole(path, value):
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(value))
    os.replace(partial, path)


def whole_checkpoints(folder):
    found = sorted((folder / "checkpoints").glob("checkpoint-*"), key=lambda path: int(path.name.rsplit("-", 1)[1]))
    return [path for path in found if (path / WHOLE).exists()]


def last_whole_checkpoint(folder):
    whole = whole_checkpoints(folder)
    return whole[-1] if whole else None


def peak_bytes(mx):
    return mx.get_peak_memory() if mx.default_device() != mx.cpu else peak_resident_bytes()


def explain(error):
    text = str(error)
    if "[metal::malloc]" in text or "Insufficient Memory" in text:
        advice = "halve tuning.local.microBatchSize, then tuning.local.maxLength, or train 4-bit: --weights qlora"
        return WorkerError("out-of-memory", "the GPU ran out of memory", advice)
    if "GLIBC" in text or "libmlx" in text:
        return WorkerError("driver", f"MLX does not load here: {text.splitlines()[0][:200]}", INSTALL)
    return None


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--job", required=True)
    sys.exit(converse(arguments.parse_args().job, train, explain))
