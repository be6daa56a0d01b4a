# The same decoder, loss and AdamW in plain PyTorch, eager and float32, driven line by line by bench/train.ts over stdin.
import json, sys, time

import torch
from torch import nn
from torch.nn import functional as F


class Linear(nn.Module):
    def __init__(self, n_in, n_out, lora):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_out, n_in) / n_in**0.5, requires_grad=lora is None)
        self.scale = lora and lora["alpha"] / lora["rank"]
        if lora:
            self.down = nn.Parameter(torch.randn(lora["rank"], n_in) / n_in**0.5)
            self.up = nn.Parameter(torch.zeros(n_out, lora["rank"]))

    def forward(self, x):
        y = F.linear(x, self.weight)
        return y if not self.scale else y + self.scale * F.linear(F.linear(x, self.down), self.up)


class Block(nn.Module):
    def __init__(self, c, lora):
        super().__init__()
        self.c = c
        d, q, k = c["width"], c["heads"] * c["headSize"], c["keyHeads"] * c["headSize"]
        self.norm1, self.norm2 = (nn.RMSNorm(d, eps=c["normEpsilon"]).requires_grad_(lora is None) for _ in range(2))
        self.q, self.k, self.v, self.o = Linear(d, q, lora), Linear(d, k, lora), Linear(d, k, lora), Linear(q, d, lora)
        self.gate, self.up, self.down = Linear(d, c["hidden"], lora), Linear(d, c["hidden"], lora), Linear(c["hidden"], d, lora)

    def forward(self, x, cos, sin):
        c, (b, t, _) = self.c, x.shape
        h = self.norm1(x)
        split = lambda y, n: y.view(b, t, n, c["headSize"]).transpose(1, 2)
        turn = lambda y: y * cos + torch.cat((-y[..., y.shape[-1] // 2 :], y[..., : y.shape[-1] // 2]), -1) * sin
        q, k, v = turn(split(self.q(h), c["heads"])), turn(split(self.k(h), c["keyHeads"])), split(self.v(h), c["keyHeads"])
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        x = x + self.o(a.transpose(1, 2).reshape(b, t, -1))
        h = self.norm2(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Decoder(nn.Module):
    def __init__(self, c, lora):
        super().__init__()
        self.c = c
        self.embedding = nn.Embedding(c["vocabulary"], c["width"]).requires_grad_(lora is None)
        self.blocks = nn.ModuleList(Block(c, lora) for _ in range(c["layers"]))
        self.norm = nn.RMSNorm(c["width"], eps=c["normEpsilon"]).requires_grad_(lora is None)
        half = c["headSize"] // 2
        angles = torch.outer(torch.arange(c["maximumLength"]).float(), c["ropeBase"] ** (-torch.arange(half).float() / half))
        self.angles = torch.cat((angles, angles), -1)

    def forward(self, ids):
        x = self.embedding(ids)
        cos, sin = self.angles[: ids.shape[1]].cos(), self.angles[: ids.shape[1]].sin()
        for block in self.blocks:
            x = block(x, cos, sin)
        return F.linear(self.norm(x), self.embedding.weight)


def start(job):
    lora = job["lora"] if job["method"] == "lora" else None
    model = Decoder(job["config"], lora)
    trainable = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trainable, lr=1e-3, weight_decay=0.1, fused=True)
    ids = (torch.arange(job["length"]) * 7919 + 13) % job["config"]["vocabulary"]
    ids = ids.repeat(job["batch"], 1)

    def train(steps):
        for _ in range(steps):
            logits = model(ids)[:, :-1]
            loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), ids[:, 1:].reshape(-1))
            loss.backward()
            nn.utils.clip_grad_norm_(trainable, 1.0)
            optimizer.step()
            optimizer.zero_grad()

    train(1)
    return train


def product(size=1024):
    a, b, best = torch.full((size, size), 0.5), torch.full((size, size), 0.5), 0
    for _ in range(8):
        begun = time.perf_counter()
        a @ b
        best = max(best, 2 * size**3 / (time.perf_counter() - begun) / 1e9)
    return best


train, job = None, None
for line in sys.stdin:
    request = json.loads(line)
    answer = {}
    if request["what"] == "hello":
        torch.set_num_threads(request["threads"])
        # Moments and gradients of what is hardly used turn denormal within a few steps, and then every step takes ten times as long.
        torch.set_flush_denormal(True)
        answer = {"version": torch.__version__}
    elif request["what"] == "start":
        train, job = start(request), request
    elif request["what"] == "train":
        begun, processor = time.perf_counter(), time.process_time()
        train(job["steps"])
        answer = {"seconds": time.perf_counter() - begun, "processorSeconds": time.process_time() - processor}
    elif request["what"] == "product":
        answer = {"value": product()}
    print(json.dumps(answer), flush=True)
