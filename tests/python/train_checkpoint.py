"""Trains a small model for some steps, from the beginning or from a checkpoint, and prints the losses and the parameters.

train_checkpoint.py OPTIMIZER STEPS FROM TO: a file that is "-" is not read or not written.
"""
import sys

import torch
import torch.nn as nn


def main(name, steps, source, target):
    torch.manual_seed(7)
    # No bias before the normalization: its gradient is nothing but rounding errors, of which Adam makes full steps.
    model = nn.Sequential(nn.Linear(4, 8, bias=False), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 2))
    optimizer = {
        "adam": lambda: torch.optim.Adam(model.parameters(), lr=0.05),
        "sgd": lambda: torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)}[name]()
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 3, gamma=0.5)
    epoch = 0
    if source != "-":
        checkpoint = torch.load(source)
        model.load_state_dict(checkpoint["model"])
        optimizer.load_state_dict(checkpoint["optimizer"])
        scheduler.load_state_dict(checkpoint["scheduler"])
        epoch = checkpoint["epoch"]
        torch.set_rng_state(checkpoint["rng"])
    for _ in range(int(steps)):
        x = torch.randn(16, 4)
        loss = nn.functional.mse_loss(model(x), x[:, :2])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        epoch += 1
        print(loss.item())
    print(*torch.cat([p.detach().flatten() for p in model.parameters()]).tolist())
    print(epoch, optimizer.param_groups[0]["lr"])
    if target != "-":
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(),
                    "epoch": epoch, "rng": torch.get_rng_state()}, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
