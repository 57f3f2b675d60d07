#!/usr/bin/python3
"""A small ResNet as PyTorch exports it, with its normalizations folded into the convolutions: tests/resources/onnx_modules."""
import os
import warnings

import torch
from torch import nn
from torchvision.models.resnet import BasicBlock

OUT = os.path.join(os.path.dirname(__file__), "..", "resources", "onnx_modules")


def stage(channels, wide, stride):
    down = nn.Sequential(nn.Conv2d(channels, wide, 1, stride, bias=False), nn.BatchNorm2d(wide))
    return nn.Sequential(BasicBlock(channels, wide, stride, down), BasicBlock(wide, wide))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4)
        self.relu, self.avgpool = nn.ReLU(), nn.AdaptiveAvgPool2d(1)
        self.layer1, self.layer2 = stage(4, 4, 1), stage(4, 6, 2)
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        x = self.layer2(self.layer1(self.relu(self.bn1(self.conv1(x)))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def main():
    warnings.filterwarnings("ignore")
    torch.manual_seed(0)
    os.makedirs(OUT, exist_ok=True)
    torch.onnx.export(
        ResNet().eval(), torch.randn(1, 3, 16, 16), os.path.join(OUT, "resnet.onnx"), opset_version=17,
        input_names=["image"], output_names=["scores"], dynamic_axes={"image": {0: "batch", 2: "rows"}})


if __name__ == "__main__":
    main()
