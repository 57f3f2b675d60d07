// RoIAlign: each bin of a region is the mean of some points, which bilinear interpolation takes from the image.
#include "vision_rois.h"

namespace torchbridge::vision {

namespace {

// A coordinate between two pixels of a row or a column.
template <class T>
struct Between {
  int32_t low, high;
  T weightOfLow, weightOfHigh;
};

// Up to one pixel outside, a point has the value at the border.
template <class T>
bool isInside(T coordinate, long size) {
  return coordinate >= -1 && coordinate <= static_cast<T>(size);
}

template <class T>
Between<T> between(T coordinate, long size) {
  const T inside = std::max(coordinate, T(0));
  const auto last = static_cast<int32_t>(size - 1);
  const auto low = static_cast<int32_t>(inside);
  if (low >= last) {
    return {last, last, 1, 0};
  }
  const T fraction = inside - static_cast<T>(low);
  return {low, low + 1, 1 - fraction, fraction};
}

struct AlignOptions {
  Pooling pooling;
  // In each direction of a bin; 0 or less for one in each pixel.
  long samples;
  double offset;
  double smallestSize;
};

// The points of one region, bin after bin. Those outside the image, whose value is 0, are left out.
template <class T>
class RegionPoints {
 public:
  explicit RegionPoints(const AlignOptions& options) : options_(options) {}

  static bool areTooMany(const T* roi, const AlignOptions& options) {
    constexpr T MOST = 1 << 24;
    const RegionPoints points(options, roi);
    const auto bins = static_cast<T>(options.pooling.height * options.pooling.width);
    return points.gridHeight_ > 0 && points.gridWidth_ > 0 && points.gridHeight_ * points.gridWidth_ * bins > MOST;
  }

  void find(const T* roi, long height, long width) {
    locate(roi);
    points_.clear();
    begins_.assign(1, 0);
    for (long y = 0; y < options_.pooling.height; y++) {
      for (long x = 0; x < options_.pooling.width; x++) {
        addBin(y, x, height, width);
        begins_.push_back(points_.size());
      }
    }
  }

  // How many points a bin has; the mean is over all of them.
  T count() const { return gridHeight_ * gridWidth_; }

  // The sums in several planes, which the processor adds up side by side.
  template <size_t N>
  std::array<T, N> sumsIn(const T* plane, long nextPlane, size_t bin) const {
    std::array<T, N> sums{};
    for (const Mixture<T>*point = begin(bin), *end = begin(bin + 1); point != end; point++) {
      for (size_t i = 0; i < N; i++) {
        sums[i] += point->of(plane + static_cast<long>(i) * nextPlane);
      }
    }
    return sums;
  }

  void addTo(T* plane, size_t bin, T gradient) const {
    for (const Mixture<T>*point = begin(bin), *end = begin(bin + 1); point != end; point++) {
      point->addTo(plane, gradient);
    }
  }

 private:
  RegionPoints(const AlignOptions& options, const T* roi) : options_(options) { locate(roi); }

  const Mixture<T>* begin(size_t bin) const { return points_.data() + begins_[bin]; }

  void locate(const T* roi) {
    const T scale = static_cast<T>(options_.pooling.scale), offset = static_cast<T>(options_.offset);
    left_ = roi[1] * scale - offset;
    top_ = roi[2] * scale - offset;
    const T smallest = static_cast<T>(options_.smallestSize);
    binWidth_ = std::max(roi[3] * scale - offset - left_, smallest) / static_cast<T>(options_.pooling.width);
    binHeight_ = std::max(roi[4] * scale - offset - top_, smallest) / static_cast<T>(options_.pooling.height);
    gridHeight_ = options_.samples > 0 ? static_cast<T>(options_.samples) : std::ceil(binHeight_);
    gridWidth_ = options_.samples > 0 ? static_cast<T>(options_.samples) : std::ceil(binWidth_);
  }

  void addBin(long binY, long binX, long height, long width) {
    for (T i = 0; i < gridHeight_; i++) {
      const T y = top_ + static_cast<T>(binY) * binHeight_ + (i + T(0.5)) * binHeight_ / gridHeight_;
      if (!isInside(y, height)) {
        continue;
      }
      const Between<T> row = between(y, height);
      for (T j = 0; j < gridWidth_; j++) {
        const T x = left_ + static_cast<T>(binX) * binWidth_ + (j + T(0.5)) * binWidth_ / gridWidth_;
        if (isInside(x, width)) {
          add(row, between(x, width), static_cast<int32_t>(width));
        }
      }
    }
  }

  void add(const Between<T>& row, const Between<T>& column, int32_t width) {
    points_.push_back(
        {{row.low * width + column.low, row.low * width + column.high, row.high * width + column.low,
          row.high * width + column.high},
         {row.weightOfLow * column.weightOfLow, row.weightOfLow * column.weightOfHigh,
          row.weightOfHigh * column.weightOfLow, row.weightOfHigh * column.weightOfHigh}});
  }

  const AlignOptions options_;
  T left_, top_, binWidth_, binHeight_, gridHeight_, gridWidth_;
  std::vector<Mixture<T>> points_;
  // Where the points of each bin begin, and where the last ones end.
  std::vector<size_t> begins_;
};

template <class T>
Rois<T> checkedRois(const Tensor& rois, ImageShape input, const AlignOptions& options) {
  const Rois<T> result(rois, input, options.pooling);
  for (long i = 0; i < result.count(); i++) {
    require(
        !RegionPoints<T>::areTooMany(result[i], options), "region ", i,
        " is so large that it has more than 16 million points; give a number of samples for each bin (sampling_ratio)");
  }
  return result;
}

AlignOptions roiAlignOptions(Pooling pooling, long samples, bool aligned) {
  constexpr double ANY = -std::numeric_limits<double>::infinity();
  return aligned ? AlignOptions{pooling, samples, 0.5, ANY} : AlignOptions{pooling, samples, 0, 1};
}

AlignOptions psRoiAlignOptions(Pooling pooling, long samples) { return roiAlignOptions(pooling, samples, true); }

// A region without a point has no mean: 0 / 0.
template <class T>
constexpr T ANY_COUNT = -std::numeric_limits<T>::infinity();

// Which channel of the input the bins of an output's channel are taken from: the first bin of the first channel from the
// first, then so many further for each channel and each bin.
struct Source {
  long perChannel, perBin;
};
constexpr Source SAME_CHANNEL{1, 0};
Source channelOfBin(Pooling pooling) { return {pooling.height * pooling.width, 1}; }

// The means of the next N channels, for all bins.
template <size_t N, class T>
void meansOf(const RegionPoints<T>& points, T count, const T* pixels, long plane, Source source, size_t bins, T* output) {
  for (size_t bin = 0; bin < bins; bin++) {
    const T* first = pixels + static_cast<long>(bin) * source.perBin * plane;
    const std::array<T, N> sums = points.template sumsIn<N>(first, source.perChannel * plane, bin);
    for (size_t i = 0; i < N; i++) {
      output[i * bins + bin] = sums[i] / count;
    }
  }
}

// The bins of all regions. Regions are independent of each other.
template <class T>
void align(
    const T* input, ImageShape image, const Rois<T>& rois, const AlignOptions& options, long channels, T smallestCount,
    Source source, T* output) {
  constexpr long TOGETHER = 4;
  const long plane = image.height * image.width;
  const auto bins = static_cast<size_t>(options.pooling.height * options.pooling.width);
  inParallel(rois.count(), 1, [&](long begin, long end) {
    RegionPoints<T> points(options);
    for (long i = begin; i < end; i++) {
      points.find(rois[i], image.height, image.width);
      const T count = std::max(smallestCount, points.count());
      const T* pixels = input + rois.image(i) * image.channels * plane;
      T* result = output + i * channels * static_cast<long>(bins);
      long c = 0;
      for (; c + TOGETHER <= channels; c += TOGETHER) {
        meansOf<TOGETHER>(
            points, count, pixels + c * source.perChannel * plane, plane, source, bins,
            result + c * static_cast<long>(bins));
      }
      for (; c < channels; c++) {
        meansOf<1>(
            points, count, pixels + c * source.perChannel * plane, plane, source, bins,
            result + c * static_cast<long>(bins));
      }
    }
  });
}

// The gradient of the image. Channels are independent of each other, since each has pixels of its own.
template <class T>
void alignBackward(
    const T* gradient, ImageShape image, const Rois<T>& rois, const AlignOptions& options, long channels,
    T smallestCount, Source source, T* output) {
  const long plane = image.height * image.width, bins = options.pooling.height * options.pooling.width;
  inParallel(channels, 1, [&](long begin, long end) {
    RegionPoints<T> points(options);
    for (long i = 0; i < rois.count(); i++) {
      points.find(rois[i], image.height, image.width);
      const T count = std::max(smallestCount, points.count());
      T* pixels = output + rois.image(i) * image.channels * plane;
      for (long c = begin; c < end; c++) {
        for (long bin = 0; bin < bins; bin++) {
          T* target = pixels + (c * source.perChannel + bin * source.perBin) * plane;
          points.addTo(target, static_cast<size_t>(bin), gradient[(i * channels + c) * bins + bin] / count);
        }
      }
    }
  });
}

}  // namespace

Tensor roiAlign(const Tensor& input, const Tensor& rois, Pooling pooling, long samples, bool aligned) {
  const PlainOperators plain;
  requireSameType("input", input, "rois", rois);
  const ImageShape image = imageShape(input);
  const Tensor pixels = contiguous(input);
  return withTypeOf(input, [&](auto zero) {
    using T = decltype(zero);
    const AlignOptions options = roiAlignOptions(pooling, samples, aligned);
    const auto regions = checkedRois<T>(rois, image, options);
    Tensor output = empty({regions.count(), image.channels, pooling.height, pooling.width}, type(input));
    align<T>(elements<T>(pixels), image, regions, options, image.channels, 1, SAME_CHANNEL, elements<T>(output));
    return output;
  });
}

Tensor roiAlignBackward(
    const Tensor& gradient, const Tensor& rois, Pooling pooling, ImageShape input, long samples, bool aligned) {
  const PlainOperators plain;
  requireSameType("grad", gradient, "rois", rois);
  const Tensor given = contiguous(gradient);
  return withTypeOf(gradient, [&](auto zero) {
    using T = decltype(zero);
    const AlignOptions options = roiAlignOptions(pooling, samples, aligned);
    const auto regions = checkedRois<T>(rois, input, options);
    requireShape("grad", gradient, {regions.count(), input.channels, pooling.height, pooling.width});
    Tensor output = zeros({input.batch, input.channels, input.height, input.width}, type(gradient));
    alignBackward<T>(elements<T>(given), input, regions, options, input.channels, 1, SAME_CHANNEL, elements<T>(output));
    return output;
  });
}

Pair psRoiAlign(const Tensor& input, const Tensor& rois, Pooling pooling, long samples) {
  const PlainOperators plain;
  requireSameType("input", input, "rois", rois);
  const ImageShape image = imageShape(input);
  const Tensor pixels = contiguous(input);
  return withTypeOf(input, [&](auto zero) {
    using T = decltype(zero);
    const AlignOptions options = psRoiAlignOptions(pooling, samples);
    const auto regions = checkedRois<T>(rois, image, options);
    const long channels = channelsPerBin(image.channels, pooling);
    Tensor output = empty({regions.count(), channels, pooling.height, pooling.width}, type(input));
    align<T>(elements<T>(pixels), image, regions, options, channels, ANY_COUNT<T>, channelOfBin(pooling), elements<T>(output));
    return Pair(std::move(output), channelMapping(regions.count(), channels, pooling));
  });
}

Tensor psRoiAlignBackward(
    const Tensor& gradient, const Tensor& rois, const Tensor&, Pooling pooling, long samples, ImageShape input) {
  const PlainOperators plain;
  requireSameType("grad", gradient, "rois", rois);
  const Tensor given = contiguous(gradient);
  return withTypeOf(gradient, [&](auto zero) {
    using T = decltype(zero);
    const AlignOptions options = psRoiAlignOptions(pooling, samples);
    const auto regions = checkedRois<T>(rois, input, options);
    const long channels = channelsPerBin(input.channels, pooling);
    requireShape("grad", gradient, {regions.count(), channels, pooling.height, pooling.width});
    Tensor output = zeros({input.batch, input.channels, input.height, input.width}, type(gradient));
    alignBackward<T>(elements<T>(given), input, regions, options, channels, ANY_COUNT<T>, channelOfBin(pooling), elements<T>(output));
    return output;
  });
}

}  // namespace torchbridge::vision
