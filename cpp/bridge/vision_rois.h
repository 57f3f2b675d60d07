// Regions of images that are pooled to a grid of bins.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "vision.h"

namespace torchbridge::vision {

inline ImageShape imageShape(const Tensor& input) {
  requireDimensions("input", input, 4, "(batch, channels, height, width)");
  const std::vector<long> sizes = shape(input);
  return {sizes[0], sizes[1], sizes[2], sizes[3]};
}

// What a value between four pixels is made of. A pixel outside the image has no weight.
template <class T>
struct Mixture {
  int32_t pixels[4];
  T weights[4];

  T of(const T* plane) const {
    return weights[0] * plane[pixels[0]] + weights[1] * plane[pixels[1]] + weights[2] * plane[pixels[2]] +
           weights[3] * plane[pixels[3]];
  }

  void addTo(T* plane, T gradient) const {
    for (int i = 0; i < 4; i++) {
      plane[pixels[i]] += weights[i] * gradient;
    }
  }
};

// The channels of a position-sensitive operator's output: one group of the input's channels for each bin.
inline long channelsPerBin(long channels, Pooling pooling) {
  require(
      channels % (pooling.height * pooling.width) == 0, "input has ", channels,
      " channels; a multiple of the pooled height times width, ", pooling.height, " * ", pooling.width, ", is expected");
  return channels / (pooling.height * pooling.width);
}

// The number of the input's channel for each bin of a position-sensitive operator's output.
inline Tensor channelMapping(long regions, long channels, Pooling pooling) {
  Tensor mapping = empty({regions, channels, pooling.height, pooling.width}, INT);
  const long count = channels * pooling.height * pooling.width;
  auto* numbers = elements<int32_t>(mapping);
  for (long i = 0; i < regions * count; i++) {
    numbers[i] = static_cast<int32_t>(i % count);
  }
  return mapping;
}

// The regions, each the number of an image and a box; contiguous.
template <class T>
class Rois {
 public:
  Rois(const Tensor& rois, ImageShape input, Pooling pooling) : tensor_(contiguous(rois)) {
    requireDimensions("rois", rois, 2, "(regions, 5)");
    count_ = shape(rois)[0];
    requireShape("rois", rois, {count_, 5});
    require(
        pooling.height > 0 && pooling.width > 0, "the pooled size is (", pooling.height, ", ", pooling.width,
        "); positive numbers are expected");
    require(
        count_ == 0 || (input.height > 0 && input.width > 0), "the image has no pixels that a region could be in");
    require(
        input.height * input.width <= std::numeric_limits<int32_t>::max(), "an image of ", input.height, " x ",
        input.width, " pixels is too large");
    for (long i = 0; i < count_; i++) {
      const T image = (*this)[i][0];
      require(
          image > -1 && image < static_cast<T>(input.batch), "region ", i, " is in image ", image, " of ", input.batch);
    }
  }

  long count() const { return count_; }
  const T* operator[](long i) const { return elements<T>(tensor_) + 5 * i; }
  long image(long i) const { return static_cast<long>((*this)[i][0]); }

 private:
  Tensor tensor_;
  long count_;
};

}  // namespace torchbridge::vision
