// Non-maximum suppression: of boxes that overlap, only the one with the highest score stays.
#include <cmath>

#include "vision.h"

namespace at::_ops {
struct sort_stable {
  static std::tuple<Tensor, Tensor> call(const Tensor&, std::optional<bool>, long, bool);
};
}  // namespace at::_ops

namespace torchbridge::vision {

namespace {

// The largest number of type T that is not above `threshold`: a T is above both or none.
template <class T>
T roundedDown(double threshold) {
  const T rounded = static_cast<T>(threshold);
  return rounded > threshold ? std::nextafter(rounded, -std::numeric_limits<T>::infinity()) : rounded;
}

// Boxes in the order of their scores, a column for each side, so that the compiler can compare several at once.
template <class T>
class Candidates {
 public:
  Candidates(const T* boxes, const int64_t* order, long count) : count_(count), numbers_(order, order + count) {
    for (auto& column : columns_) {
      column.resize(static_cast<size_t>(count));
    }
    overlap_.resize(static_cast<size_t>(count));
    for (long i = 0; i < count; i++) {
      const T* box = boxes + 4 * order[i];
      const T values[] = {box[0], box[1], box[2], box[3], (box[2] - box[0]) * (box[3] - box[1])};
      for (size_t c = 0; c < columns_.size(); c++) {
        columns_[c][static_cast<size_t>(i)] = values[c];
      }
    }
  }

  // The numbers of the boxes that stay.
  std::vector<int64_t> best(T threshold) {
    std::vector<int64_t> kept;
    while (count_ > 0) {
      kept.push_back(numbers_[0]);
      computeOverlaps();
      removeAbove(threshold);
    }
    return kept;
  }

 private:
  // The first box's intersection over union with each of the others.
  void computeOverlaps() {
    const T *x1 = columns_[0].data(), *y1 = columns_[1].data(), *x2 = columns_[2].data(), *y2 = columns_[3].data();
    const T* areas = columns_[4].data();
    const T firstX1 = x1[0], firstY1 = y1[0], firstX2 = x2[0], firstY2 = y2[0], firstArea = areas[0];
    T* overlaps = overlap_.data();
    for (long i = 1; i < count_; i++) {
      const T width = std::max(T(0), std::min(firstX2, x2[i]) - std::max(firstX1, x1[i]));
      const T height = std::max(T(0), std::min(firstY2, y2[i]) - std::max(firstY1, y1[i]));
      const T intersection = width * height;
      overlaps[i] = intersection / (firstArea + areas[i] - intersection);
    }
  }

  // Removes the first box, and those that overlap too much.
  void removeAbove(T threshold) {
    size_t left = 0;
    for (size_t i = 1; i < static_cast<size_t>(count_); i++) {
      numbers_[left] = numbers_[i];
      for (auto& column : columns_) {
        column[left] = column[i];
      }
      left += overlap_[i] > threshold ? 0 : 1;
    }
    count_ = static_cast<long>(left);
  }

  long count_;
  std::vector<int64_t> numbers_;
  std::array<std::vector<T>, 5> columns_;
  std::vector<T> overlap_;
};

}  // namespace

Tensor nms(const Tensor& boxes, const Tensor& scores, double iouThreshold) {
  const PlainOperators plain;
  requireDimensions("boxes", boxes, 2, "(boxes, 4)");
  const long count = shape(boxes)[0];
  requireShape("boxes", boxes, {count, 4});
  requireShape("scores", scores, {count});
  requireSameType("boxes", boxes, "scores", scores);
  const Tensor order = std::get<1>(at::_ops::sort_stable::call(scores, true, 0, true));
  const Tensor data = contiguous(boxes);
  const std::vector<int64_t> kept = withTypeOf(boxes, [&](auto zero) {
    using T = decltype(zero);
    return Candidates<T>(elements<T>(data), elements<int64_t>(order), count).best(roundedDown<T>(iouThreshold));
  });
  Tensor result = empty({static_cast<long>(kept.size())}, LONG);
  std::copy(kept.begin(), kept.end(), elements<int64_t>(result));
  return result;
}

}  // namespace torchbridge::vision
