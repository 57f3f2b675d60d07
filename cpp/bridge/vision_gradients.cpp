#include "vision_gradients.h"

#include "autograd_node.h"

using torch::autograd::Variables;

namespace torchbridge::vision {

namespace {

// The gradients of a function's inputs, from that of its first output and the tensors it saved.
using Backward = std::function<Variables(const Tensor& gradient, const Variables& saved)>;

class VisionNode final : public SavingNode {
 public:
  VisionNode(const std::string& name, size_t inputs, Backward backward)
      : SavingNode(name + "_backward"), inputs_(inputs), backward_(std::move(backward)) {}

  Variables apply(Variables&& gradients) override {
    const Variables tensors = saved();
    return gradients.at(0).defined() ? backward_(gradients.at(0), tensors) : Variables(inputs_);
  }

 private:
  const size_t inputs_;
  const Backward backward_;
};

Variables noTangents(const Variables&, const Variables&) {
  throw std::runtime_error("torchvision's operators have no forward derivatives");
}

bool needsGradient(const Variables& inputs) {
  const auto requiresGrad = [](const Tensor& tensor) { return tensor.defined() && tensor.impl()->requires_grad(); };
  return c10::GradMode::is_enabled() && std::any_of(inputs.begin(), inputs.end(), requiresGrad);
}

// The outputs of a function as those of a node that knows `backward`. All but the first have no gradient.
Variables recorded(const char* name, const Variables& inputs, Variables outputs, const Variables& saved, Backward backward) {
  std::shared_ptr<torch::autograd::Node> node;
  if (needsGradient(inputs)) {
    auto* made = new VisionNode(name, inputs.size(), std::move(backward));
    node = SavingNode::started(made, inputs);
    for (const Tensor& each : saved) {
      made->save(each);
    }
  }
  const Variables rest(outputs.begin() + 1, outputs.end());
  return connected(node, inputs, {std::move(outputs), rest, {}}, noTangents);
}

Tensor recorded(const char* name, const Variables& inputs, Tensor output, Backward backward) {
  return recorded(name, inputs, Variables{std::move(output)}, inputs, std::move(backward))[0];
}

// An operator with a second output, which its backward needs too.
Pair recorded(const char* name, const Variables& inputs, Pair outputs, Backward backward) {
  const Tensor second = std::get<1>(outputs);
  Variables result = recorded(
      name, inputs, {std::move(std::get<0>(outputs)), second}, {inputs[1], second}, std::move(backward));
  return {std::move(result[0]), std::move(result[1])};
}

// A gradient, which has no gradient itself: deriving it is refused.
Variables once(const char* name, const Variables& inputs, Variables outputs) {
  if (!needsGradient(inputs)) {
    return outputs;
  }
  const std::string message = std::string("double backwards on ") + name + " not supported";
  auto* made = new VisionNode(name + std::string("_backward"), inputs.size(), [message](const Tensor&, const Variables&) -> Variables {
    throw std::runtime_error(message);
  });
  return connected(SavingNode::started(made, inputs), inputs, {std::move(outputs), {}, {}}, noTangents);
}

Tensor once(const char* name, const Variables& inputs, Tensor output) {
  return once(name, inputs, Variables{std::move(output)})[0];
}

}  // namespace

namespace differentiable {

Tensor roiAlign(
    const Tensor& input, const Tensor& rois, double scale, long height, long width, long samples, bool aligned) {
  return recorded(
      "roi_align", {input, rois}, vision::roiAlign(input, rois, {scale, height, width}, samples, aligned),
      [=, in = shape(input)](const Tensor& gradient, const Variables& saved) -> Variables {
        return {
            roiAlignBackward(
                gradient, saved[1], scale, height, width, in[0], in[1], in[2], in[3], samples, aligned),
            Tensor()};
      });
}

Tensor roiAlignBackward(
    const Tensor& gradient, const Tensor& rois, double scale, long height, long width, long batch, long channels,
    long inputHeight, long inputWidth, long samples, bool aligned) {
  return once(
      "roi_align", {gradient, rois},
      vision::roiAlignBackward(
          gradient, rois, {scale, height, width}, {batch, channels, inputHeight, inputWidth}, samples, aligned));
}

Pair roiPool(const Tensor& input, const Tensor& rois, double scale, long height, long width) {
  return recorded(
      "roi_pool", {input, rois}, vision::roiPool(input, rois, {scale, height, width}),
      [=, in = shape(input)](const Tensor& gradient, const Variables& saved) -> Variables {
        return {
            roiPoolBackward(gradient, saved[0], saved[1], scale, height, width, in[0], in[1], in[2], in[3]), Tensor()};
      });
}

Tensor roiPoolBackward(
    const Tensor& gradient, const Tensor& rois, const Tensor& argmax, double scale, long height, long width, long batch,
    long channels, long inputHeight, long inputWidth) {
  return once(
      "roi_pool", {gradient, rois, argmax},
      vision::roiPoolBackward(
          gradient, rois, argmax, {scale, height, width}, {batch, channels, inputHeight, inputWidth}));
}

Pair psRoiAlign(const Tensor& input, const Tensor& rois, double scale, long height, long width, long samples) {
  return recorded(
      "ps_roi_align", {input, rois}, vision::psRoiAlign(input, rois, {scale, height, width}, samples),
      [=, in = shape(input)](const Tensor& gradient, const Variables& saved) -> Variables {
        return {
            psRoiAlignBackward(
                gradient, saved[0], saved[1], scale, height, width, samples, in[0], in[1], in[2], in[3]),
            Tensor()};
      });
}

Tensor psRoiAlignBackward(
    const Tensor& gradient, const Tensor& rois, const Tensor& mapping, double scale, long height, long width,
    long samples, long batch, long channels, long inputHeight, long inputWidth) {
  return once(
      "ps_roi_align", {gradient, rois, mapping},
      vision::psRoiAlignBackward(
          gradient, rois, mapping, {scale, height, width}, samples, {batch, channels, inputHeight, inputWidth}));
}

Pair psRoiPool(const Tensor& input, const Tensor& rois, double scale, long height, long width) {
  return recorded(
      "ps_roi_pool", {input, rois}, vision::psRoiPool(input, rois, {scale, height, width}),
      [=, in = shape(input)](const Tensor& gradient, const Variables& saved) -> Variables {
        return {
            psRoiPoolBackward(gradient, saved[0], saved[1], scale, height, width, in[0], in[1], in[2], in[3]),
            Tensor()};
      });
}

Tensor psRoiPoolBackward(
    const Tensor& gradient, const Tensor& rois, const Tensor& mapping, double scale, long height, long width, long batch,
    long channels, long inputHeight, long inputWidth) {
  return once(
      "ps_roi_pool", {gradient, rois, mapping},
      vision::psRoiPoolBackward(
          gradient, rois, mapping, {scale, height, width}, {batch, channels, inputHeight, inputWidth}));
}

Tensor deformConv2d(
    const Tensor& input, const Tensor& weight, const Tensor& offset, const Tensor& mask, const Tensor& bias,
    long strideH, long strideW, long padH, long padW, long dilationH, long dilationW, long groups, long offsetGroups,
    bool useMask) {
  return recorded(
      "deform_conv2d", {input, weight, offset, mask, bias},
      vision::deformConv2d(
          {input, weight, offset, mask, bias},
          {strideH, strideW, padH, padW, dilationH, dilationW, groups, offsetGroups, useMask}),
      [=](const Tensor& gradient, const Variables& saved) -> Variables {
        auto [ofInput, ofWeight, ofOffset, ofMask, ofBias] = deformConv2dBackward(
            gradient, saved[0], saved[1], saved[2], saved[3], saved[4], strideH, strideW, padH, padW, dilationH,
            dilationW, groups, offsetGroups, useMask);
        return {std::move(ofInput), std::move(ofWeight), std::move(ofOffset), std::move(ofMask), std::move(ofBias)};
      });
}

Five deformConv2dBackward(
    const Tensor& gradient, const Tensor& input, const Tensor& weight, const Tensor& offset, const Tensor& mask,
    const Tensor& bias, long strideH, long strideW, long padH, long padW, long dilationH, long dilationW, long groups,
    long offsetGroups, bool useMask) {
  DeformInputs gradients = vision::deformConv2dBackward(
      gradient, {input, weight, offset, mask, bias},
      {strideH, strideW, padH, padW, dilationH, dilationW, groups, offsetGroups, useMask});
  Variables result = once(
      "deform_conv2d", {gradient, input, weight, offset, mask, bias},
      {gradients.input, gradients.weight, gradients.offset, gradients.mask, gradients.bias});
  return {
      std::move(result[0]), std::move(result[1]), std::move(result[2]), std::move(result[3]), std::move(result[4])};
}

}  // namespace differentiable
}  // namespace torchbridge::vision
