"""Makes tests/resources/random/draws.tsv: what PyTorch draws after manual_seed(seed), for RandomTest.

Run from the project's folder: python3 tests/python/make_random.py
A line holds: the name of the draw, the seed, the result's shape, its elements (exact, as Python writes doubles).
"""
import pathlib

import torch

FILE = pathlib.Path("tests/resources/random/draws.tsv")

DRAWS = {
    "rand": lambda: torch.rand(5, 7),
    "rand64": lambda: torch.rand(19, dtype=torch.float64),
    "randn": lambda: torch.randn(3, 5),
    "randnLong": lambda: torch.randn(40),
    "randn64": lambda: torch.randn(17, dtype=torch.float64),
    "randint": lambda: torch.randint(-5, 100, (4, 6)),
    "randintWide": lambda: torch.randint(0, 1 << 40, (9,)),
    "randperm": lambda: torch.randperm(37),
    "bernoulli": lambda: torch.bernoulli(torch.full((30,), 0.3)),
    "bernoulli_": lambda: torch.empty(30).bernoulli_(0.7),
    "normal": lambda: torch.normal(torch.arange(8.0), torch.arange(1.0, 9.0)),
    "normal_": lambda: torch.empty(20).normal_(2, 3),
    "uniform_": lambda: torch.empty(11).uniform_(-2, 5),
    "exponential_": lambda: torch.empty(6).exponential_(1.5),
    "multinomial": lambda: torch.multinomial(torch.arange(1.0, 11.0), 6),
    "multinomialReplaced": lambda: torch.multinomial(torch.arange(1.0, 11.0), 25, replacement=True),
    "random_": lambda: torch.empty(8, dtype=torch.int64).random_(3, 60),
    "dropout": lambda: torch.dropout(torch.ones(24), 0.25, True),
    "twoInARow": lambda: torch.cat([torch.rand(3), torch.randn(3), torch.rand(2)]),
}


def main():
    lines = []
    for name, draw in DRAWS.items():
        for seed in (0, 42, (1 << 63) - 25):
            torch.manual_seed(seed)
            result = draw()
            shape = " ".join(map(str, result.shape))
            values = " ".join(repr(v) for v in result.double().flatten().tolist())
            lines.append("\t".join([name, str(seed), shape, values]))
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
