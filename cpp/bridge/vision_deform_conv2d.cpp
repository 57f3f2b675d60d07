// Deformable convolution: each element of the kernel is read at a place that is shifted by an offset of its own, which
// bilinear interpolation takes from the image, and multiplied by a mask if there is one. The values read are the columns of
// a matrix, which the weight is multiplied with.
#include <algorithm>
#include <cmath>

#include "vision_rois.h"

namespace at::_ops {
struct bmm {
  static Tensor call(const Tensor&, const Tensor&);
};
struct view {
  static Tensor call(const Tensor&, c10::ArrayRef<c10::SymInt>);
};
struct select_int {
  static Tensor call(const Tensor&, long, c10::SymInt);
};
struct transpose_int {
  static Tensor call(const Tensor&, long, long);
};
struct copy_ {
  static Tensor& call(Tensor&, const Tensor&, bool);
};
struct add__Tensor {
  static Tensor& call(Tensor&, const Tensor&, const c10::Scalar&);
};
struct sum_dim_IntList {
  static Tensor call(
      const Tensor&, c10::OptionalArrayRef<long>, bool, std::optional<c10::ScalarType>);
};
}  // namespace at::_ops

namespace torchbridge::vision {

namespace {

Tensor view(const Tensor& tensor, const std::vector<long>& shape) {
  return at::_ops::view::call(tensor, {reinterpret_cast<const c10::SymInt*>(shape.data()), shape.size()});
}

Tensor image(const Tensor& batch, long index) { return at::_ops::select_int::call(batch, 0, c10::SymInt(index)); }

Tensor transposed(const Tensor& matrices) { return at::_ops::transpose_int::call(matrices, 1, 2); }

void add(Tensor& to, const Tensor& tensor) {
  constexpr int32_t INTEGER = 1;
  at::_ops::add__Tensor::call(to, tensor, c10::Scalar(INTEGER, 1, 0));
}

// The sizes of a call, checked.
struct Sizes {
  ImageShape in;
  long outChannels, kernelH, kernelW, outH, outW;
  Deformation options;

  long plane() const { return in.height * in.width; }
  long positions() const { return outH * outW; }
  long kernel() const { return kernelH * kernelW; }
  long rows() const { return in.channels * kernel(); }
  long channelsPerOffset() const { return in.channels / options.offsetGroups; }

  Sizes(const DeformInputs& inputs, const Deformation& deformation)
      : in(imageShape(inputs.input)), options(deformation) {
    requireDimensions("weight", inputs.weight, 4, "(out channels, in channels / groups, kernel height, kernel width)");
    const std::vector<long> weight = shape(inputs.weight);
    outChannels = weight[0];
    kernelH = weight[2];
    kernelW = weight[3];
    requireOptions();
    requireShape("weight", inputs.weight, {outChannels, in.channels / options.groups, kernelH, kernelW});
    outH = outputSize(in.height, options.padH, options.dilationH, kernelH, options.strideH);
    outW = outputSize(in.width, options.padW, options.dilationW, kernelW, options.strideW);
    require(outH > 0 && outW > 0, "the output would have the size (", outH, ", ", outW, "); the image is too small");
    requireShape("offset", inputs.offset, {in.batch, 2 * options.offsetGroups * kernel(), outH, outW});
    if (options.useMask) {
      requireShape("mask", inputs.mask, {in.batch, options.offsetGroups * kernel(), outH, outW});
    }
    requireShape("bias", inputs.bias, {outChannels});
    requireSameType("input", inputs.input, "weight", inputs.weight);
    requireSameType("input", inputs.input, "offset", inputs.offset);
    requireSameType("input", inputs.input, "mask", inputs.mask);
    requireSameType("input", inputs.input, "bias", inputs.bias);
  }

 private:
  static long outputSize(long size, long padding, long dilation, long kernel, long stride) {
    const long reach = dilation * (kernel - 1) + 1;
    return size + 2 * padding < reach ? 0 : (size + 2 * padding - reach) / stride + 1;
  }

  void requireOptions() const {
    const Deformation& o = options;
    require(kernelH > 0 && kernelW > 0, "the kernel is (", kernelH, ", ", kernelW, "); positive sizes are expected");
    require(o.strideH > 0 && o.strideW > 0, "stride is (", o.strideH, ", ", o.strideW, "); positive numbers are expected");
    require(o.padH >= 0 && o.padW >= 0, "padding is (", o.padH, ", ", o.padW, "); no negative number is expected");
    require(
        o.dilationH > 0 && o.dilationW > 0, "dilation is (", o.dilationH, ", ", o.dilationW,
        "); positive numbers are expected");
    require(
        o.groups > 0 && in.channels % o.groups == 0 && outChannels % o.groups == 0, "groups is ", o.groups,
        "; a divisor of the channels, ", in.channels, " in and ", outChannels, " out, is expected");
    require(
        o.offsetGroups > 0 && in.channels % o.offsetGroups == 0, "the offsets have ", o.offsetGroups,
        " groups; a divisor of the input's channels, ", in.channels, ", is expected");
  }
};

// A place between four pixels, of which some may be outside the image: those are 0.
template <class T>
class Place {
 public:
  Place(T y, T x, long height, long width) : height_(height), width_(width) {
    isInside_ = y > -1 && x > -1 && y < static_cast<T>(height) && x < static_cast<T>(width);
    // One pixel further out there are still zeros around, and numbers do not overflow.
    y = std::max(T(-2), std::min(y, static_cast<T>(height + 1)));
    x = std::max(T(-2), std::min(x, static_cast<T>(width + 1)));
    top_ = static_cast<long>(std::floor(y));
    left_ = static_cast<long>(std::floor(x));
    down_ = y - static_cast<T>(top_);
    right_ = x - static_cast<T>(left_);
  }

  T valueIn(const T* plane) const {
    return isInside_ ? (1 - down_) * row(plane, top_) + down_ * row(plane, top_ + 1) : T(0);
  }

  // The derivatives of the value.
  T alongY(const T* plane) const { return row(plane, top_ + 1) - row(plane, top_); }
  T alongX(const T* plane) const { return (1 - down_) * step(plane, top_) + down_ * step(plane, top_ + 1); }

  void addTo(T* plane, T gradient) const {
    addTo(plane, top_, left_, (1 - down_) * (1 - right_) * gradient);
    addTo(plane, top_, left_ + 1, (1 - down_) * right_ * gradient);
    addTo(plane, top_ + 1, left_, down_ * (1 - right_) * gradient);
    addTo(plane, top_ + 1, left_ + 1, down_ * right_ * gradient);
  }

 private:
  bool has(long y, long x) const { return y >= 0 && y < height_ && x >= 0 && x < width_; }
  T at(const T* plane, long y, long x) const { return has(y, x) ? plane[y * width_ + x] : T(0); }
  T row(const T* plane, long y) const { return (1 - right_) * at(plane, y, left_) + right_ * at(plane, y, left_ + 1); }
  T step(const T* plane, long y) const { return at(plane, y, left_ + 1) - at(plane, y, left_); }

  void addTo(T* plane, long y, long x, T gradient) const {
    if (has(y, x)) {
      plane[y * width_ + x] += gradient;
    }
  }

  long height_, width_, top_, left_;
  T down_, right_;
  bool isInside_;
};

// One image with its offsets and its mask.
template <class T>
class DeformedImage {
 public:
  DeformedImage(const Sizes& sizes, const DeformInputs& inputs, long index)
      : sizes_(sizes),
        pixels_(elements<T>(inputs.input) + index * sizes.in.channels * sizes.plane()),
        offsets_(elements<T>(inputs.offset) + index * 2 * sizes.options.offsetGroups * sizes.kernel() * sizes.positions()),
        masks_(
            sizes.options.useMask
                ? elements<T>(inputs.mask) + index * sizes.options.offsetGroups * sizes.kernel() * sizes.positions()
                : nullptr) {}

  // A row of the matrix for each channel and element of the kernel, a column for each position of the output.
  void fill(T* columns) const {
    inParallel(sizes_.rows(), 1, [&](long begin, long end) {
      for (long row = begin; row < end; row++) {
        const T* plane = pixels_ + row / sizes_.kernel() * sizes_.plane();
        forEachPosition(offsetRow(row), [&](long position, const Place<T>& place, T mask) {
          columns[row * sizes_.positions() + position] = mask * place.valueIn(plane);
        });
      }
    });
  }

  // Adds the gradient of the pixels. Channels have pixels of their own.
  void addPixelGradients(const T* columns, T* gradients) const {
    inParallel(sizes_.in.channels, 1, [&](long begin, long end) {
      for (long row = begin * sizes_.kernel(); row < end * sizes_.kernel(); row++) {
        T* plane = gradients + row / sizes_.kernel() * sizes_.plane();
        forEachPosition(offsetRow(row), [&](long position, const Place<T>& place, T mask) {
          place.addTo(plane, mask * columns[row * sizes_.positions() + position]);
        });
      }
    });
  }

  // The gradients of the offsets and, if there is one, of the mask. Each has the channels of its group behind it.
  void findOffsetGradients(const T* columns, T* ofOffsets, T* ofMasks) const {
    const long channels = sizes_.channelsPerOffset();
    inParallel(sizes_.options.offsetGroups * sizes_.kernel(), 1, [&](long begin, long end) {
      for (long row = begin; row < end; row++) {
        const long group = row / sizes_.kernel(), element = row % sizes_.kernel();
        forEachPosition(row, [&](long position, const Place<T>& place, T mask) {
          T y = 0, x = 0, value = 0;
          for (long c = group * channels; c < (group + 1) * channels; c++) {
            const T* plane = pixels_ + c * sizes_.plane();
            const T gradient = columns[(c * sizes_.kernel() + element) * sizes_.positions() + position];
            y += gradient * mask * place.alongY(plane);
            x += gradient * mask * place.alongX(plane);
            value += gradient * (masks_ == nullptr ? T(0) : place.valueIn(plane));
          }
          ofOffsets[2 * row * sizes_.positions() + position] = y;
          ofOffsets[(2 * row + 1) * sizes_.positions() + position] = x;
          if (masks_ != nullptr) {
            ofMasks[row * sizes_.positions() + position] = value;
          }
        });
      }
    });
  }

 private:
  // Which pair of offsets belongs to a row of the matrix.
  long offsetRow(long row) const {
    return row / sizes_.kernel() / sizes_.channelsPerOffset() * sizes_.kernel() + row % sizes_.kernel();
  }

  // Calls `body` with the number of each position, the place it reads, and its mask.
  template <class Body>
  void forEachPosition(long row, const Body& body) const {
    const Deformation& o = sizes_.options;
    const long element = row % sizes_.kernel(), count = sizes_.positions();
    const T *ofY = offsets_ + 2 * row * count, *ofX = ofY + count;
    const long firstY = element / sizes_.kernelW * o.dilationH - o.padH;
    const long firstX = element % sizes_.kernelW * o.dilationW - o.padW;
    long position = 0;
    for (long y = firstY; y < firstY + sizes_.outH * o.strideH; y += o.strideH) {
      for (long x = firstX; x < firstX + sizes_.outW * o.strideW; x += o.strideW, position++) {
        const Place<T> place(
            static_cast<T>(y) + ofY[position], static_cast<T>(x) + ofX[position], sizes_.in.height, sizes_.in.width);
        body(position, place, masks_ == nullptr ? T(1) : masks_[row * count + position]);
      }
    }
  }

  const Sizes& sizes_;
  const T *pixels_, *offsets_, *masks_;
};

DeformInputs contiguous(const DeformInputs& inputs) {
  return {
      vision::contiguous(inputs.input), vision::contiguous(inputs.weight), vision::contiguous(inputs.offset),
      vision::contiguous(inputs.mask), inputs.bias};
}

// The weight as a matrix for each group.
Tensor weights(const Sizes& sizes, const Tensor& weight) {
  const long groups = sizes.options.groups;
  return view(weight, {groups, sizes.outChannels / groups, sizes.rows() / groups});
}

Tensor grouped(const Sizes& sizes, const Tensor& tensor, long rows) {
  return view(tensor, {sizes.options.groups, rows / sizes.options.groups, sizes.positions()});
}

}  // namespace

Tensor deformConv2d(const DeformInputs& given, const Deformation& options) {
  const PlainOperators plain;
  const Sizes sizes(given, options);
  const DeformInputs inputs = contiguous(given);
  Tensor output = empty({sizes.in.batch, sizes.outChannels, sizes.outH, sizes.outW}, type(inputs.input));
  const Tensor columns = empty({sizes.rows(), sizes.positions()}, type(inputs.input));
  for (long i = 0; i < sizes.in.batch; i++) {
    withTypeOf(inputs.input, [&](auto zero) {
      using T = decltype(zero);
      DeformedImage<T>(sizes, inputs, i).fill(elements<T>(columns));
    });
    const Tensor product =
        at::_ops::bmm::call(weights(sizes, inputs.weight), grouped(sizes, columns, sizes.rows()));
    Tensor place = image(output, i);
    at::_ops::copy_::call(place, view(product, {sizes.outChannels, sizes.outH, sizes.outW}), false);
  }
  add(output, view(inputs.bias, {1, sizes.outChannels, 1, 1}));
  return output;
}

DeformInputs deformConv2dBackward(const Tensor& gradient, const DeformInputs& given, const Deformation& options) {
  const PlainOperators plain;
  const Sizes sizes(given, options);
  requireSameType("grad", gradient, "input", given.input);
  requireShape("grad", gradient, {sizes.in.batch, sizes.outChannels, sizes.outH, sizes.outW});
  const DeformInputs inputs = contiguous(given);
  const Tensor outputs = vision::contiguous(gradient);
  const auto zerosLike = [](const Tensor& tensor) { return zeros(shape(tensor), type(tensor)); };
  DeformInputs result{
      zerosLike(inputs.input), zerosLike(inputs.weight), zerosLike(inputs.offset), zerosLike(inputs.mask), Tensor()};
  Tensor weight = weights(sizes, result.weight);
  const Tensor columns = empty({sizes.rows(), sizes.positions()}, type(inputs.input));
  for (long i = 0; i < sizes.in.batch; i++) {
    const Tensor output = grouped(sizes, image(outputs, i), sizes.outChannels);
    const Tensor ofColumns = at::_ops::bmm::call(transposed(weights(sizes, inputs.weight)), output);
    withTypeOf(inputs.input, [&](auto zero) {
      using T = decltype(zero);
      const DeformedImage<T> deformed(sizes, inputs, i);
      const T* values = elements<T>(ofColumns);
      deformed.addPixelGradients(values, elements<T>(image(result.input, i)));
      deformed.findOffsetGradients(
          values, elements<T>(image(result.offset, i)), options.useMask ? elements<T>(image(result.mask, i)) : nullptr);
      deformed.fill(elements<T>(columns));
    });
    add(weight, at::_ops::bmm::call(output, transposed(grouped(sizes, columns, sizes.rows()))));
  }
  constexpr long ALL_BUT_CHANNELS[] = {0, 2, 3};
  result.bias = at::_ops::sum_dim_IntList::call(
      gradient, {c10::ArrayRef<long>{ALL_BUT_CHANNELS, 3}}, false, std::nullopt);
  return result;
}

}  // namespace torchbridge::vision
