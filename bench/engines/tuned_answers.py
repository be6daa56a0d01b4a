"""Answers with transformers and PEFT, as whoever trained would. Arguments: the base, the trained weights (a PEFT or a whole directory),
and a JSON file of conversations. Prints one JSON object: per conversation the prompt's ids, the greedy answer's, and the five likeliest
tokens at each of its places with their log-probabilities. Needs torch, transformers, peft."""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

base, trained, conversations = sys.argv[1], Path(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
MOST = 32

tokenizer = AutoTokenizer.from_pretrained(base)
is_adapter = (trained / "adapter_config.json").exists()
model = AutoModelForCausalLM.from_pretrained(base if is_adapter else trained, dtype=torch.float32)
if is_adapter:
    from peft import PeftModel

    model = PeftModel.from_pretrained(model, trained)
model.eval()


def answered(messages):
    prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True)["input_ids"]
    ids, answer, likeliest = list(prompt), [], []
    while len(answer) < MOST and (not answer or answer[-1] != tokenizer.eos_token_id):
        with torch.inference_mode():
            logits = model(torch.tensor([ids])).logits[0, -1]
        values, tokens = torch.log_softmax(logits.double(), -1).topk(5)
        likeliest.append(list(zip(tokens.tolist(), values.tolist())))
        answer.append(tokens[0].item())
        ids.append(answer[-1])
    return {"prompt": prompt, "answer": answer, "likeliest": likeliest}


print(json.dumps([answered(messages) for messages in conversations]))
