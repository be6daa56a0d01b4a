"""Opens exports with transformers and PEFT and compares them with what Assay computed. One argument: the folder of exports and
cases. Prints one JSON object. Needs torch, transformers, peft, safetensors."""

import json
import sys
from pathlib import Path

import torch
import transformers
from peft import PeftModel
from peft import __version__ as peft_version
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = Path(sys.argv[1])
cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
expected = load_file(folder / "logits.safetensors")


def largest_difference(model, key):
    worst = 0.0
    for at, case in enumerate(cases["greedy"]):
        with torch.inference_mode():
            logits = model(torch.tensor([case["prompt"]])).logits[0].float()
        worst = max(worst, (logits - expected[f"{key}.{at}"]).abs().max().item())
    return worst


def greedy_matches(model, key):
    matches = 0
    for case in cases["greedy"]:
        prompt = torch.tensor([case["prompt"]])
        with torch.inference_mode():
            out = model.generate(
                prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=len(case[key]), do_sample=False
            )
        matches += out[0, prompt.shape[1] :].tolist() == case[key]
    return matches


tokenizer = AutoTokenizer.from_pretrained(folder / "huggingface")


def as_utf8(text):
    """Lone surrogates become U+FFFD, as UTF-8 encoders of other languages have it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


texts = 0
for case in cases["texts"]:
    text = as_utf8(case["text"])
    ids = tokenizer(text, split_special_tokens=True, add_special_tokens=False)["input_ids"]
    texts += ids == case["ids"] and tokenizer.decode(ids) == as_utf8(case["decoded"])
conversations = 0
for case in cases["conversations"]:
    rendered = tokenizer.apply_chat_template(case["messages"], add_generation_prompt=True, tokenize=False)
    conversations += tokenizer(rendered, add_special_tokens=False)["input_ids"] == case["ids"]

whole = AutoModelForCausalLM.from_pretrained(folder / "huggingface", torch_dtype=torch.float32).eval()
base = AutoModelForCausalLM.from_pretrained(folder / "peft" / "base", torch_dtype=torch.float32).eval()
report = {
    "versions": {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft_version},
    "texts": texts,
    "conversations": conversations,
    "largestDifference": {"merged": largest_difference(whole, "on"), "base": largest_difference(base, "off")},
    "greedy": {"merged": greedy_matches(whole, "on"), "base": greedy_matches(base, "off")},
}
adapted = PeftModel.from_pretrained(base, folder / "peft").eval()
report["largestDifference"]["adapter"] = largest_difference(adapted, "on")
report["greedy"]["adapter"] = greedy_matches(adapted, "on")
print(json.dumps(report))
