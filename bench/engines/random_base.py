"""A Llama of about 129M random parameters with the tokenizer of a small one. Arguments: the small one's folder, and where to write."""

import sys

import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

small, folder = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(small)
torch.manual_seed(1)
model = LlamaForCausalLM(
    LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=1024,
        intermediate_size=2816,
        num_hidden_layers=10,
        num_attention_heads=16,
        num_key_value_heads=16,
        max_position_embeddings=512,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
)
model.save_pretrained(folder)
tokenizer.save_pretrained(folder)
