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
    require(plane() <= std::numeric_limits<int32_t>::max(), "an image of ", in.height, " x ", in.width, " pixels is too large");
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

// The value at a place of the image.
template <class T>
struct Place {
  Mixture<T> value;
  T mask;
};

// The derivatives of the value.
template <class T>
struct Slopes {
  Mixture<T> alongY, alongX;
};

// A place between pixels: those above it and below, to the left and to the right.
template <class T>
class Neighbours {
 public:
  // One pixel further out there are still zeros around, and numbers do not overflow.
  Neighbours(T y, T x, long height, long width) : rows_(y, height), columns_(x, width), width_(width) {}

  Mixture<T> value() const { return mixture(rows_.weights(), columns_.weights()); }
  Slopes<T> slopes() const {
    return {mixture(rows_.steps(), columns_.weights()), mixture(rows_.weights(), columns_.steps())};
  }

 private:
  using Two = std::array<T, 2>;

  class Side {
   public:
    Side(T at, long size) {
      const T near = std::max(T(-2), std::min(at, static_cast<T>(size + 1)));
      const T low = std::floor(near);
      fraction_ = near - low;
      for (size_t i = 0; i < 2; i++) {
        const long position = static_cast<long>(low) + static_cast<long>(i);
        inside_[i] = position >= 0 && position < size ? T(1) : T(0);
        positions[i] = std::max(long{0}, std::min(position, size - 1));
      }
    }
    Two weights() const { return {inside_[0] * (1 - fraction_), inside_[1] * fraction_}; }
    Two steps() const { return {-inside_[0], inside_[1]}; }

    std::array<long, 2> positions;

   private:
    T fraction_;
    Two inside_;
  };

  Mixture<T> mixture(const Two& row, const Two& column) const {
    return {
        {pixel(0, 0), pixel(0, 1), pixel(1, 0), pixel(1, 1)},
        {row[0] * column[0], row[0] * column[1], row[1] * column[0], row[1] * column[1]}};
  }

  int32_t pixel(size_t row, size_t column) const {
    return static_cast<int32_t>(rows_.positions[row] * width_ + columns_.positions[column]);
  }

  Side rows_, columns_;
  long width_;
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
    forEachRow([&](long channel, long element, const std::vector<Place<T>>& places) {
      const T* plane = pixels_ + channel * sizes_.plane();
      T* row = columns + (channel * sizes_.kernel() + element) * sizes_.positions();
      for (size_t i = 0; i < places.size(); i++) {
        row[i] = places[i].mask * places[i].value.of(plane);
      }
    });
  }

  void addPixelGradients(const T* columns, T* gradients) const {
    forEachRow([&](long channel, long element, const std::vector<Place<T>>& places) {
      T* plane = gradients + channel * sizes_.plane();
      const T* row = columns + (channel * sizes_.kernel() + element) * sizes_.positions();
      for (size_t i = 0; i < places.size(); i++) {
        places[i].value.addTo(plane, places[i].mask * row[i]);
      }
    });
  }

  // Adds the gradients of the offsets and, if there is one, of the mask: of all channels of a group of offsets.
  void addOffsetGradients(const T* columns, T* ofOffsets, T* ofMasks) const {
    inParallel(sizes_.options.offsetGroups * sizes_.kernel(), 1, [&](long begin, long end) {
      for (long offset = begin; offset < end; offset++) {
        addOffsetGradients(offset, columns, ofOffsets + 2 * offset * sizes_.positions());
        if (masks_ != nullptr) {
          addMaskGradients(offset, columns, ofMasks + offset * sizes_.positions());
        }
      }
    });
  }

 private:
  // Calls `body(channel, element, places)` for each row of the matrix, for different channels at the same time. What it
  // reads at is the same for all channels of a group of offsets.
  template <class Body>
  void forEachRow(const Body& body) const {
    inParallel(sizes_.in.channels, 1, [&](long begin, long end) {
      for (long first = begin; first < end;) {
        const long group = first / sizes_.channelsPerOffset();
        const long last = std::min(end, (group + 1) * sizes_.channelsPerOffset());
        for (long element = 0; element < sizes_.kernel(); element++) {
          const std::vector<Place<T>> read = places(group * sizes_.kernel() + element);
          for (long channel = first; channel < last; channel++) {
            body(channel, element, read);
          }
        }
        first = last;
      }
    });
  }

  // Calls `body` with the rows of the matrix that a pair of offsets belongs to, and the planes they are read from.
  template <class Body>
  void forEachRowOf(long offset, const T* columns, const Body& body) const {
    const long group = offset / sizes_.kernel(), element = offset % sizes_.kernel();
    for (long c = group * sizes_.channelsPerOffset(); c < (group + 1) * sizes_.channelsPerOffset(); c++) {
      body(columns + (c * sizes_.kernel() + element) * sizes_.positions(), pixels_ + c * sizes_.plane());
    }
  }

  void addOffsetGradients(long offset, const T* columns, T* result) const {
    std::vector<Slopes<T>> slopes;
    forEachPosition(offset, [&](const Neighbours<T>& neighbours, T) { slopes.push_back(neighbours.slopes()); });
    const auto count = slopes.size();
    forEachRowOf(offset, columns, [&](const T* row, const T* plane) {
      for (size_t i = 0; i < count; i++) {
        result[i] += row[i] * slopes[i].alongY.of(plane);
        result[count + i] += row[i] * slopes[i].alongX.of(plane);
      }
    });
    for (size_t i = 0; masks_ != nullptr && i < 2 * count; i++) {
      result[i] *= masks_[static_cast<size_t>(offset) * count + i % count];
    }
  }

  void addMaskGradients(long offset, const T* columns, T* result) const {
    const std::vector<Place<T>> read = places(offset);
    forEachRowOf(offset, columns, [&](const T* row, const T* plane) {
      for (size_t i = 0; i < read.size(); i++) {
        result[i] += row[i] * read[i].value.of(plane);
      }
    });
  }

  std::vector<Place<T>> places(long offset) const {
    std::vector<Place<T>> result;
    result.reserve(static_cast<size_t>(sizes_.positions()));
    forEachPosition(offset, [&](const Neighbours<T>& neighbours, T mask) { result.push_back({neighbours.value(), mask}); });
    return result;
  }

  // Calls `body` with what is around the place that each position of the output reads, and its mask.
  template <class Body>
  void forEachPosition(long offset, const Body& body) const {
    const Deformation& o = sizes_.options;
    const long element = offset % sizes_.kernel(), count = sizes_.positions();
    const T *ofY = offsets_ + 2 * offset * count, *ofX = ofY + count;
    const long firstY = element / sizes_.kernelW * o.dilationH - o.padH;
    const long firstX = element % sizes_.kernelW * o.dilationW - o.padW;
    for (long i = 0; i < count; i++) {
      const T y = static_cast<T>(firstY + i / sizes_.outW * o.strideH) + ofY[i];
      const T x = static_cast<T>(firstX + i % sizes_.outW * o.strideW) + ofX[i];
      body(Neighbours<T>(y, x, sizes_.in.height, sizes_.in.width), masks_ == nullptr ? T(1) : masks_[offset * count + i]);
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
      deformed.addOffsetGradients(
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
