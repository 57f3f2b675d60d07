// torchvision's operators with the arguments of their schemas, and with gradients.
#pragma once

#include "vision.h"

namespace torchbridge::vision {

using Five = std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor>;

namespace differentiable {

Tensor roiAlign(
    const Tensor& input, const Tensor& rois, double scale, long height, long width, long samples, bool aligned);
Tensor roiAlignBackward(
    const Tensor& gradient, const Tensor& rois, double scale, long height, long width, long batch, long channels,
    long inputHeight, long inputWidth, long samples, bool aligned);
Pair roiPool(const Tensor& input, const Tensor& rois, double scale, long height, long width);
Tensor roiPoolBackward(
    const Tensor& gradient, const Tensor& rois, const Tensor& argmax, double scale, long height, long width, long batch,
    long channels, long inputHeight, long inputWidth);
Pair psRoiAlign(const Tensor& input, const Tensor& rois, double scale, long height, long width, long samples);
Tensor psRoiAlignBackward(
    const Tensor& gradient, const Tensor& rois, const Tensor& mapping, double scale, long height, long width,
    long samples, long batch, long channels, long inputHeight, long inputWidth);
Pair psRoiPool(const Tensor& input, const Tensor& rois, double scale, long height, long width);
Tensor psRoiPoolBackward(
    const Tensor& gradient, const Tensor& rois, const Tensor& mapping, double scale, long height, long width, long batch,
    long channels, long inputHeight, long inputWidth);
Tensor deformConv2d(
    const Tensor& input, const Tensor& weight, const Tensor& offset, const Tensor& mask, const Tensor& bias,
    long strideH, long strideW, long padH, long padW, long dilationH, long dilationW, long groups, long offsetGroups,
    bool useMask);
Five deformConv2dBackward(
    const Tensor& gradient, const Tensor& input, const Tensor& weight, const Tensor& offset, const Tensor& mask,
    const Tensor& bias, long strideH, long strideW, long padH, long padW, long dilationH, long dilationW, long groups,
    long offsetGroups, bool useMask);

}  // namespace differentiable
}  // namespace torchbridge::vision
