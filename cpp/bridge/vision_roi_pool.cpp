// RoIPool: each bin of a region is the largest, or the mean, of the pixels in it.
#include "vision_rois.h"

namespace torchbridge::vision {

namespace {

struct Bin {
  long top, bottom, left, right;

  bool isEmpty() const { return bottom <= top || right <= left; }
  long area() const { return (bottom - top) * (right - left); }

  // Calls `body` with the number of each pixel in a plane.
  template <class Body>
  void forEachPixel(long width, const Body& body) const {
    for (long y = top; y < bottom; y++) {
      for (long x = left; x < right; x++) {
        body(y * width + x);
      }
    }
  }
};

// A region in whole pixels, which keeps to numbers that one can add; what is no number is far outside.
template <class T>
long pixel(T coordinate) {
  constexpr T FAR = 1 << 30;
  const T rounded = std::round(coordinate);
  return static_cast<long>(rounded > -FAR ? std::min(rounded, FAR) : -FAR);
}

// One side of a region, divided into bins.
template <class T>
class Side {
 public:
  // `extra` pixels lie beyond the end's coordinate; the last pixel a bin can end at is `last`.
  Side(T start, T end, long extra, long bins, long last)
      : start_(pixel(start)),
        size_(static_cast<T>(std::max(pixel(end) - start_ + extra, long{1})) / static_cast<T>(bins)),
        last_(last) {}

  long begin(long bin) const { return within(std::floor(static_cast<T>(bin) * size_)); }
  long end(long bin) const { return within(std::ceil(static_cast<T>(bin + 1) * size_)); }

 private:
  long within(T fromStart) const {
    return std::min(std::max(static_cast<long>(fromStart) + start_, long{0}), last_);
  }

  long start_;
  T size_;
  long last_;
};

// How a region's coordinates become pixels: RoIPool counts the last one, the position-sensitive kind does not, nor does
// it reach the image's last row and column. Its gradient does: torchvision has it so, and training is to be the same.
struct Edges {
  long extra, unreachable;
};
constexpr Edges POOL{1, 0};
constexpr Edges POSITION_SENSITIVE{0, 1};
constexpr Edges POSITION_SENSITIVE_GRADIENT{0, 0};

// The bins of a region, row after row.
template <class T>
std::vector<Bin> binsOf(const T* roi, Pooling pooling, ImageShape image, Edges edges) {
  const T scale = static_cast<T>(pooling.scale);
  const Side<T> columns(roi[1] * scale, roi[3] * scale, edges.extra, pooling.width, image.width - edges.unreachable);
  const Side<T> rows(roi[2] * scale, roi[4] * scale, edges.extra, pooling.height, image.height - edges.unreachable);
  std::vector<Bin> bins;
  for (long y = 0; y < pooling.height; y++) {
    for (long x = 0; x < pooling.width; x++) {
      bins.push_back({rows.begin(y), rows.end(y), columns.begin(x), columns.end(x)});
    }
  }
  return bins;
}

template <class T>
std::pair<T, int32_t> largest(const T* plane, long width, const Bin& bin) {
  // As in torchvision, what is not above this is not seen.
  T value = bin.isEmpty() ? T(0) : static_cast<T>(std::numeric_limits<float>::lowest());
  long place = -1;
  bin.forEachPixel(width, [&](long i) {
    if (plane[i] > value) {
      value = plane[i];
      place = i;
    }
  });
  return {value, static_cast<int32_t>(place)};
}

}  // namespace

Pair roiPool(const Tensor& input, const Tensor& rois, Pooling pooling) {
  const PlainOperators plain;
  requireSameType("input", input, "rois", rois);
  const ImageShape image = imageShape(input);
  const Tensor pixels = contiguous(input);
  return withTypeOf(input, [&](auto zero) {
    using T = decltype(zero);
    const Rois<T> regions(rois, image, pooling);
    const std::vector<long> outputShape{regions.count(), image.channels, pooling.height, pooling.width};
    Tensor output = empty(outputShape, type(input)), argmax = empty(outputShape, INT);
    T* values = elements<T>(output);
    auto* places = elements<int32_t>(argmax);
    const long plane = image.height * image.width, bins = pooling.height * pooling.width;
    inParallel(regions.count(), 1, [&](long begin, long end) {
      for (long i = begin; i < end; i++) {
        const std::vector<Bin> region = binsOf(regions[i], pooling, image, POOL);
        for (long c = 0; c < image.channels; c++) {
          const T* channel = elements<T>(pixels) + (regions.image(i) * image.channels + c) * plane;
          const long at = (i * image.channels + c) * bins;
          for (long bin = 0; bin < bins; bin++) {
            std::tie(values[at + bin], places[at + bin]) =
                largest(channel, image.width, region[static_cast<size_t>(bin)]);
          }
        }
      }
    });
    return Pair(std::move(output), std::move(argmax));
  });
}

Tensor roiPoolBackward(
    const Tensor& gradient, const Tensor& rois, const Tensor& argmax, Pooling pooling, ImageShape input) {
  const PlainOperators plain;
  requireSameType("grad", gradient, "rois", rois);
  require(type(argmax) == INT, "argmax is a tensor of another type than int32");
  const Tensor given = contiguous(gradient), places = contiguous(argmax);
  return withTypeOf(gradient, [&](auto zero) {
    using T = decltype(zero);
    const Rois<T> regions(rois, input, pooling);
    const std::vector<long> expected{regions.count(), input.channels, pooling.height, pooling.width};
    requireShape("grad", gradient, expected);
    requireShape("argmax", argmax, expected);
    const T* gradients = elements<T>(given);
    const auto* numbers = elements<int32_t>(places);
    Tensor output = zeros({input.batch, input.channels, input.height, input.width}, type(gradient));
    const long plane = input.height * input.width, bins = pooling.height * pooling.width;
    inParallel(input.channels, 1, [&](long begin, long end) {
      for (long i = 0; i < regions.count(); i++) {
        for (long c = begin; c < end; c++) {
          T* channel = elements<T>(output) + (regions.image(i) * input.channels + c) * plane;
          const long at = (i * input.channels + c) * bins;
          for (long bin = at; bin < at + bins; bin++) {
            const long place = numbers[bin];
            if (place >= 0 && place < plane) {
              channel[place] += gradients[bin];
            }
          }
        }
      }
    });
    return output;
  });
}

Pair psRoiPool(const Tensor& input, const Tensor& rois, Pooling pooling) {
  const PlainOperators plain;
  requireSameType("input", input, "rois", rois);
  const ImageShape image = imageShape(input);
  const Tensor pixels = contiguous(input);
  return withTypeOf(input, [&](auto zero) {
    using T = decltype(zero);
    const Rois<T> regions(rois, image, pooling);
    const long channels = channelsPerBin(image.channels, pooling);
    Tensor output = empty({regions.count(), channels, pooling.height, pooling.width}, type(input));
    T* means = elements<T>(output);
    const long plane = image.height * image.width, bins = pooling.height * pooling.width;
    inParallel(regions.count(), 1, [&](long begin, long end) {
      for (long i = begin; i < end; i++) {
        const std::vector<Bin> region = binsOf(regions[i], pooling, image, POSITION_SENSITIVE);
        const T* source = elements<T>(pixels) + regions.image(i) * image.channels * plane;
        for (long c = 0; c < channels * bins; c++) {
          const Bin bin = region[static_cast<size_t>(c % bins)];
          T sum = 0;
          bin.forEachPixel(image.width, [&](long at) { sum += source[c * plane + at]; });
          means[i * channels * bins + c] = bin.isEmpty() ? T(0) : sum / static_cast<T>(bin.area());
        }
      }
    });
    return Pair(std::move(output), channelMapping(regions.count(), channels, pooling));
  });
}

Tensor psRoiPoolBackward(
    const Tensor& gradient, const Tensor& rois, const Tensor&, Pooling pooling, ImageShape input) {
  const PlainOperators plain;
  requireSameType("grad", gradient, "rois", rois);
  const Tensor given = contiguous(gradient);
  return withTypeOf(gradient, [&](auto zero) {
    using T = decltype(zero);
    const Rois<T> regions(rois, input, pooling);
    const long channels = channelsPerBin(input.channels, pooling);
    requireShape("grad", gradient, {regions.count(), channels, pooling.height, pooling.width});
    Tensor output = zeros({input.batch, input.channels, input.height, input.width}, type(gradient));
    const T* gradients = elements<T>(given);
    const long plane = input.height * input.width, bins = pooling.height * pooling.width;
    inParallel(channels * bins, 1, [&](long begin, long end) {
      for (long i = 0; i < regions.count(); i++) {
        const std::vector<Bin> region = binsOf(regions[i], pooling, input, POSITION_SENSITIVE_GRADIENT);
        T* target = elements<T>(output) + regions.image(i) * input.channels * plane;
        for (long c = begin; c < end; c++) {
          const Bin bin = region[static_cast<size_t>(c % bins)];
          const T part = gradients[i * channels * bins + c] / static_cast<T>(bin.area());
          bin.forEachPixel(input.width, [&](long at) { target[c * plane + at] += part; });
        }
      }
    });
    return output;
  });
}

}  // namespace torchbridge::vision
