"""Bases made by transformers for Assay to tune, and its adapters on them opened by PEFT. `make FOLDER` writes two random Llamas with
what transformers tokenizes and computes; `check FOLDER` compares the exports there with Assay's logits. Prints one JSON object."""

import json
import sys
from pathlib import Path

import torch
import transformers
from peft import PeftModel
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

command, folder = sys.argv[1], Path(sys.argv[2])

TEXTS = [
    "Where is parcel 1234567? It's late; they've said we'd know.",
    "  two  spaces,\ttabs\n\nlines \r\n end  ",
    "naïve café Ærøskøbing Straße ½ ² १२३",
    "日本語のテキスト、中文文本。한국어 문장",
    "👩‍👩‍👧‍👦 👍🏽 🇳🇴 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎",
    '{"intent": "play_music", "slots": {"artist": "Björk", "year": 1997}}',
    "שלום עולם مرحبا بالعالم नमस्ते दुनिया",
    "IT'S 'tis o'clock '' 's't",
]

LLAMA3_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CHAT_ML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
HEADERS = (
    "{{ bos_token }}{% for m in messages %}{{ '<|start_header_id|>' + m['role'] + '<|end_header_id|>\n\n' + m['content'] | trim"
    " + '<|eot_id|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)

BASES = {
    "tied-float32": {
        "splitter": pre_tokenizers.ByteLevel(add_prefix_space=False),
        "marks": ["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        "specials": {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"},
        "template": CHAT_ML,
        "config": {"hidden_size": 48, "num_attention_heads": 6, "num_key_value_heads": 2, "tie_word_embeddings": True},
        "dtype": torch.float32,
        "shard": "5GB",
    },
    "untied-bfloat16-shards": {
        "splitter": pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(LLAMA3_SPLIT), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        ),
        "marks": ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
        "specials": {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"},
        "template": HEADERS,
        "config": {
            "hidden_size": 40,
            "num_attention_heads": 4,
            "num_key_value_heads": 1,
            "head_dim": 16,
            "rope_theta": 500_000.0,
            "rms_norm_eps": 1e-5,
            "tie_word_embeddings": False,
        },
        "dtype": torch.bfloat16,
        "shard": "100KB",
    },
}


def tokenizer_of(base):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = base["splitter"]
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500, min_frequency=2, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS * 3, trainer)
    tokenizer.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in base["marks"]])
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **base["specials"])
    fast.chat_template = base["template"]
    return fast


def conversations():
    yield from ([{"role": "user", "content": text}] for text in TEXTS)
    yield [
        {"role": "system", "content": "Answer briefly."},
        {"role": "user", "content": TEXTS[0]},
        {"role": "assistant", "content": "Soon."},
        {"role": "user", "content": TEXTS[4]},
    ]


def make():
    for name, base in BASES.items():
        torch.manual_seed(1)
        tokenizer = tokenizer_of(base)
        config = LlamaConfig(
            # More rows than tokens, as many published models have.
            vocab_size=len(tokenizer) + 7,
            intermediate_size=72,
            num_hidden_layers=3,
            max_position_embeddings=512,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            initializer_range=0.3,
            **base["config"],
        )
        model = LlamaForCausalLM(config).to(base["dtype"])
        model.save_pretrained(folder / name, max_shard_size=base["shard"])
        tokenizer.save_pretrained(folder / name)
        # Read again: casting a model in memory rounds its rotary angles too, and files hold none.
        model = AutoModelForCausalLM.from_pretrained(folder / name, torch_dtype=torch.float32).eval()
        cases, logits = [], {}
        for at, messages in enumerate(conversations()):
            text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
            ids = tokenizer(text, add_special_tokens=False)["input_ids"]
            with torch.inference_mode():
                logits[str(at)] = model(torch.tensor([ids])).logits[0].contiguous()
            cases.append({"messages": messages, "ids": ids})
        texts = [{"text": text, "ids": tokenizer(text, add_special_tokens=False)["input_ids"]} for text in TEXTS]
        (folder / f"{name}.json").write_text(json.dumps({"conversations": cases, "texts": texts}), encoding="utf-8")
        save_file(logits, folder / f"{name}.safetensors")
    return {"versions": {"torch": torch.__version__, "transformers": transformers.__version__}, "bases": list(BASES)}


def check():
    report = {}
    for name in BASES:
        expected = load_file(folder / f"{name}-tuned.safetensors")
        prompts = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["conversations"]
        base = AutoModelForCausalLM.from_pretrained(folder / f"{name}-peft" / "base", torch_dtype=torch.float32)
        models_by_way = {
            "merged": AutoModelForCausalLM.from_pretrained(folder / f"{name}-huggingface", torch_dtype=torch.float32),
            "adapter": PeftModel.from_pretrained(base, folder / f"{name}-peft"),
        }
        report[name] = {}
        for way, model in models_by_way.items():
            worst = 0.0
            for at, case in enumerate(prompts):
                with torch.inference_mode():
                    logits = model.eval()(torch.tensor([case["ids"]])).logits[0]
                worst = max(worst, (logits - expected[str(at)]).abs().max().item())
            report[name][way] = worst
    return report


print(json.dumps({"make": make, "check": check}[command]()))
