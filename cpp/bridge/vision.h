// What the kernels of torchvision's operators share. They take contiguous float or double tensors of the CPU.
#pragma once

#include <sstream>
#include <stdexcept>

#include "libtorch_abi.h"

extern "C" int32_t torch_parallel_for(
    int64_t begin, int64_t end, int64_t grain, void (*body)(int64_t, int64_t, void*), void* context);

namespace torchbridge::vision {

using at::Tensor;
using Pair = std::tuple<Tensor, Tensor>;

enum Type : int32_t { INT = 3, LONG = 4, HALF = 5, FLOAT = 6, DOUBLE = 7, BFLOAT16 = 15 };

int32_t type(const Tensor& tensor);
bool isLowPrecision(int32_t type);
std::vector<long> shape(const Tensor& tensor);
Tensor contiguous(const Tensor& tensor);
Tensor converted(const Tensor& tensor, int32_t to);
Tensor empty(const std::vector<long>& shape, int32_t type);
Tensor zeros(const std::vector<long>& shape, int32_t type);

template <class... Parts>
void require(bool holds, const Parts&... parts) {
  if (!holds) {
    std::ostringstream message;
    (message << ... << parts);
    throw std::invalid_argument(message.str());
  }
}

// The tensor's dimensions are those that `expected` names, such as "(boxes, 4)".
void requireDimensions(const char* name, const Tensor& tensor, size_t dimensions, const char* expected);
void requireShape(const char* name, const Tensor& tensor, const std::vector<long>& expected);
// Tensors of one floating-point type, on the CPU.
void requireSameType(const char* first, const Tensor& a, const char* second, const Tensor& b);

template <class T>
T* elements(const Tensor& tensor) {
  void* data = nullptr;
  aoti_torch_get_data_ptr(const_cast<Tensor*>(&tensor), &data);
  return static_cast<T*>(data);
}

// Calls `body` with a value of the tensor's type.
template <class Body>
auto withTypeOf(const Tensor& tensor, const Body& body) {
  switch (type(tensor)) {
    case FLOAT:
      return body(float());
    case DOUBLE:
      return body(double());
    default:
      throw std::invalid_argument("this operator takes tensors of floating-point numbers");
  }
}

// Calls `body(begin, end)` for parts of [0, count) at the same time. It must not throw.
template <class Body>
void inParallel(long count, long grain, const Body& body) {
  const auto call = [](int64_t begin, int64_t end, void* context) { (*static_cast<const Body*>(context))(begin, end); };
  if (count > 0 && torch_parallel_for(0, count, grain, call, const_cast<Body*>(&body)) != 0) {
    throw std::runtime_error("a thread of a vision operator failed");
  }
}

// While it exists, this thread's operators record no gradients and do not change types by themselves.
class PlainOperators {
 public:
  PlainOperators();
  PlainOperators(const PlainOperators&) = delete;
  PlainOperators& operator=(const PlainOperators&) = delete;
  ~PlainOperators();

 private:
  const bool gradients_, autocast_;
};

// ---- the operators, without gradients

struct Pooling {
  double scale;
  long height, width;
};

struct ImageShape {
  long batch, channels, height, width;
};

Tensor nms(const Tensor& boxes, const Tensor& scores, double iouThreshold);

Tensor roiAlign(const Tensor& input, const Tensor& rois, Pooling pooling, long samples, bool aligned);
Tensor roiAlignBackward(
    const Tensor& gradient, const Tensor& rois, Pooling pooling, ImageShape input, long samples, bool aligned);
Pair psRoiAlign(const Tensor& input, const Tensor& rois, Pooling pooling, long samples);
Tensor psRoiAlignBackward(
    const Tensor& gradient, const Tensor& rois, const Tensor& mapping, Pooling pooling, long samples,
    ImageShape input);

Pair roiPool(const Tensor& input, const Tensor& rois, Pooling pooling);
Tensor roiPoolBackward(
    const Tensor& gradient, const Tensor& rois, const Tensor& argmax, Pooling pooling, ImageShape input);
Pair psRoiPool(const Tensor& input, const Tensor& rois, Pooling pooling);
Tensor psRoiPoolBackward(
    const Tensor& gradient, const Tensor& rois, const Tensor& mapping, Pooling pooling, ImageShape input);

struct Deformation {
  long strideH, strideW, padH, padW, dilationH, dilationW, groups, offsetGroups;
  bool useMask;
};

struct DeformInputs {
  Tensor input, weight, offset, mask, bias;
};

Tensor deformConv2d(const DeformInputs& inputs, const Deformation& options);
// The gradients of the inputs, in their order.
DeformInputs deformConv2dBackward(const Tensor& gradient, const DeformInputs& inputs, const Deformation& options);

}  // namespace torchbridge::vision
