"""The steps of cases/lora.mjs in PyTorch, for comparison: the whole classifier, and a PEFT adapter over it. Run by hand.

    python tests/bench/lora_torch.py [threads]     # needs torch, transformers, peft
"""

import statistics
import sys
import time

import peft
import torch
import transformers

ROWS, LENGTH, STEPS = 8, 128, 12

torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else torch.get_num_threads())
torch.manual_seed(1)
config = transformers.GPT2Config(n_layer=4, n_embd=256, n_head=4, vocab_size=8192, n_positions=256, num_labels=1, pad_token_id=8191,
                                 problem_type="multi_label_classification", attn_pdrop=0.0)  # fmt: skip
ids = torch.randint(0, 8191, (ROWS, LENGTH))
labels = torch.ones(ROWS, 1)


def trainer(model):
    model.train()
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4)

    def step():
        started, cpu = time.perf_counter(), time.process_time()
        optimiser.zero_grad()
        model(input_ids=ids, labels=labels).loss.backward()
        optimiser.step()
        return time.perf_counter() - started, time.process_time() - cpu

    return step


def whole():
    return transformers.GPT2ForSequenceClassification(config)


lora = peft.LoraConfig(r=8, lora_alpha=16, lora_dropout=0.05, fan_in_fan_out=True, target_modules=["c_attn", "c_proj", "c_fc"], modules_to_save=["score"])
steps = {"all weights": trainer(whole()), "adapter of rank 8, every layer": trainer(peft.get_peft_model(whole(), lora))}
taken = {name: [] for name in steps}
for i in range(-2, STEPS):
    for name, step in steps.items():
        times = step()
        if i >= 0:
            taken[name].append(times)
for name, times in taken.items():
    wall, cpu = (statistics.median(t[k] for t in times) for k in (0, 1))
    print(f"{name}: {ROWS * LENGTH / wall:.0f} tokens/s, {1000 * cpu:.0f} ms of processor a step")
