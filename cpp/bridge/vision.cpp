#include "vision.h"

namespace at {

namespace autocast {
bool is_autocast_enabled(c10::DeviceType device);
void set_autocast_enabled(c10::DeviceType device, bool enabled);
}  // namespace autocast

namespace _ops {

struct contiguous {
  static Tensor call(const Tensor&, c10::MemoryFormat);
};
struct to_dtype {
  static Tensor call(const Tensor&, c10::ScalarType, bool, bool, std::optional<c10::MemoryFormat>);
};
struct empty_memory_format {
  static Tensor call(
      c10::ArrayRef<c10::SymInt>, std::optional<c10::ScalarType>, std::optional<c10::Layout>,
      std::optional<c10::Device>, std::optional<bool>, std::optional<c10::MemoryFormat>);
};
struct zeros {
  static Tensor call(
      c10::ArrayRef<c10::SymInt>, std::optional<c10::ScalarType>, std::optional<c10::Layout>,
      std::optional<c10::Device>, std::optional<bool>);
};

}  // namespace _ops
}  // namespace at

namespace torchbridge::vision {

static void* handle(const Tensor& tensor) { return const_cast<Tensor*>(&tensor); }

static c10::ScalarType scalarType(int32_t type) { return static_cast<c10::ScalarType>(type); }

static c10::ArrayRef<c10::SymInt> symbolic(const std::vector<long>& shape) {
  return {reinterpret_cast<const c10::SymInt*>(shape.data()), shape.size()};
}

static std::string text(const std::vector<long>& shape) {
  std::ostringstream result;
  for (size_t i = 0; i < shape.size(); i++) {
    result << (i == 0 ? "(" : ", ") << shape[i];
  }
  result << (shape.empty() ? "()" : ")");
  return result.str();
}

int32_t type(const Tensor& tensor) {
  int32_t result = 0;
  aoti_torch_get_dtype(handle(tensor), &result);
  return result;
}

bool isLowPrecision(int32_t type) { return type == HALF || type == BFLOAT16; }

std::vector<long> shape(const Tensor& tensor) {
  int64_t dimensions = 0;
  int64_t* sizes = nullptr;
  aoti_torch_get_dim(handle(tensor), &dimensions);
  aoti_torch_get_sizes(handle(tensor), &sizes);
  return {sizes, sizes + dimensions};
}

Tensor contiguous(const Tensor& tensor) { return at::_ops::contiguous::call(tensor, c10::MemoryFormat()); }

Tensor converted(const Tensor& tensor, int32_t to) {
  return at::_ops::to_dtype::call(tensor, scalarType(to), false, false, std::nullopt);
}

Tensor empty(const std::vector<long>& shape, int32_t type) {
  return at::_ops::empty_memory_format::call(
      symbolic(shape), scalarType(type), std::nullopt, std::nullopt, std::nullopt, std::nullopt);
}

Tensor zeros(const std::vector<long>& shape, int32_t type) {
  return at::_ops::zeros::call(symbolic(shape), scalarType(type), std::nullopt, std::nullopt, std::nullopt);
}

void requireDimensions(const char* name, const Tensor& tensor, size_t dimensions, const char* expected) {
  require(shape(tensor).size() == dimensions, name, " has the shape ", text(shape(tensor)), "; ", expected, " is expected");
}

void requireShape(const char* name, const Tensor& tensor, const std::vector<long>& expected) {
  require(
      shape(tensor) == expected, name, " has the shape ", text(shape(tensor)), "; ", text(expected), " is expected");
}

static void requireCpu(const char* name, const Tensor& tensor) {
  int32_t device = 0;
  aoti_torch_get_device_type(handle(tensor), &device);
  require(
      device == static_cast<int32_t>(c10::DeviceType::CPU), name,
      " is on another device than the CPU, which torchvision's operators have no kernel for here; move it to the CPU");
}

void requireSameType(const char* first, const Tensor& a, const char* second, const Tensor& b) {
  requireCpu(first, a);
  requireCpu(second, b);
  require(
      type(a) == FLOAT || type(a) == DOUBLE, first, " is a tensor of whole numbers or the like; a type of floating-point "
      "numbers is expected");
  require(type(a) == type(b), first, " and ", second, " are tensors of different types; the same type is expected");
}

PlainOperators::PlainOperators()
    : gradients_(c10::GradMode::is_enabled()), autocast_(at::autocast::is_autocast_enabled(c10::DeviceType::CPU)) {
  c10::GradMode::set_enabled(false);
  at::autocast::set_autocast_enabled(c10::DeviceType::CPU, false);
}

PlainOperators::~PlainOperators() {
  c10::GradMode::set_enabled(gradients_);
  at::autocast::set_autocast_enabled(c10::DeviceType::CPU, autocast_);
}

}  // namespace torchbridge::vision
