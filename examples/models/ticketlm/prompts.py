"""Writes the prompts of the quickstart: tickets without their answers, as JSON lines.

    python prompts.py 1000 --seed 2026 --name ticket > ../../src/main/resources/tickets.jsonl
    python prompts.py 300 --seed 1906 --name train > ../../src/main/resources/tickets-train.jsonl
"""
import argparse
import json
import random

from corpus import ticket

END = "\nReply:"

if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("count", type=int)
    p.add_argument("--seed", type=int, required=True)
    p.add_argument("--name", required=True, help="what ids begin with")
    a = p.parse_args()
    rng = random.Random(a.seed)
    for n in range(1, a.count + 1):
        label, text = ticket(rng)
        prompt = text[:text.index(END) + len(END)]
        print(json.dumps({"id": f"{a.name}-{n:04d}", "prompt": prompt, **label}))
