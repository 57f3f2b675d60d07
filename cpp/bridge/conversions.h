// From JNI's arguments to libtorch's, and back: what the generated functions are made of.
#pragma once

#include <jni.h>

#include "errors.h"
#include "libtorch_abi.h"
#include "memory.h"

#define JNI_FUNCTION extern "C" JNIEXPORT

namespace torchbridge {

constexpr jlong NOT_GIVEN = INT64_MIN;
// Below this, a SymInt's word means a pointer to a symbolic expression.
constexpr jlong SMALLEST_INTEGER = -(jlong{1} << 62);

inline const at::Tensor& tensor(jlong handle) {
  if (handle == 0) {
    throw std::invalid_argument("a tensor is needed where none was given");
  }
  return *reinterpret_cast<const at::Tensor*>(handle);
}

inline at::Tensor& mutableTensor(jlong handle) { return const_cast<at::Tensor&>(tensor(handle)); }

// An optional argument that borrows the tensor behind a handle: the bits are copied, no reference is counted.
template <class T>
union Borrowed {
  std::optional<T> value;
  struct {
    void* pointer;
    bool given;
  } bits;

  explicit Borrowed(jlong handle) : bits{handle == 0 ? nullptr : *reinterpret_cast<void**>(handle), handle != 0} {}
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() {}
};
static_assert(sizeof(Borrowed<at::Tensor>) == 16);
using OptionalTensor = Borrowed<at::Tensor>;
using OptionalGenerator = Borrowed<at::Generator>;

// A long[]; short ones stay on the stack.
class Integers {
 public:
  Integers(JNIEnv* env, jlongArray array);
  Integers(const Integers&) = delete;
  Integers& operator=(const Integers&) = delete;

  size_t size() const { return size_; }
  jlong operator[](size_t i) const { return values_[i]; }
  jlong& operator[](size_t i) { return values_[i]; }
  // Some operators take an empty list to mean "not given" only if its pointer is null.
  const jlong* data() const { return size_ == 0 ? nullptr : values_; }

  c10::ArrayRef<long> integers() const { return {data(), size_}; }
  c10::ArrayRef<c10::SymInt> symbolic() const;
  c10::OptionalArrayRef<long> optionalIntegers() const;
  c10::OptionalArrayRef<c10::SymInt> optionalSymbolic() const;

 private:
  std::array<jlong, 8> small_;
  std::unique_ptr<jlong[]> large_;
  jlong* values_ = small_.data();
  size_t size_ = 0;
  bool given_;
};

// A list of handles as a list of tensors that borrow: each handle is replaced by the pointer it points to.
class Tensors {
 public:
  Tensors(JNIEnv* env, jlongArray handles);
  c10::ArrayRef<at::Tensor> list() const { return {reinterpret_cast<const at::Tensor*>(pointers_.data()), pointers_.size()}; }
  c10::IListRef<at::Tensor> materialized() const { return c10::IListRef<at::Tensor>(list()); }

 private:
  Integers pointers_;
};

// A list of handles as tensors that count; 0 is an undefined tensor.
std::vector<at::Tensor> tensors(JNIEnv* env, jlongArray handles);

// A list of handles, some of them 0, as libtorch's boxed list, which counts.
struct OptionalTensors {
  c10::List<std::optional<at::Tensor>> list;
  OptionalTensors(JNIEnv* env, jlongArray handles);
};

class Doubles {
 public:
  Doubles(JNIEnv* env, jdoubleArray array);
  c10::ArrayRef<double> list() const { return {values_.data(), values_.size()}; }
  std::optional<c10::ArrayRef<double>> optionalList() const;

 private:
  std::vector<double> values_;
  bool given_;
};

// Scalars as a long[] of kind, bits and imaginary bits each.
class Scalars {
 public:
  Scalars(JNIEnv* env, jlongArray parts);
  c10::ArrayRef<c10::Scalar> list() const { return {values_.data(), values_.size()}; }

 private:
  std::vector<c10::Scalar> values_;
};

class Text {
 public:
  Text(JNIEnv* env, jstring text);
  std::string_view view() const;
  std::optional<std::string_view> optionalView() const;
  at::Dimname dimensionName() const;

 private:
  std::string text_;
  bool given_;
};

class DimensionNames {
 public:
  DimensionNames(JNIEnv* env, jobjectArray names);
  c10::ArrayRef<at::Dimname> list() const { return {names_.data(), names_.size()}; }
  std::optional<c10::ArrayRef<at::Dimname>> optionalList() const;

 private:
  std::vector<at::Dimname> names_;
  bool given_;
};

template <size_t N>
std::array<bool, N> booleans(JNIEnv* env, jbooleanArray array) {
  if (array == nullptr || env->GetArrayLength(array) != static_cast<jsize>(N)) {
    throw std::invalid_argument("an array of " + std::to_string(N) + " booleans is needed");
  }
  std::array<jboolean, N> values{};
  env->GetBooleanArrayRegion(array, 0, N, values.data());
  std::array<bool, N> result{};
  for (size_t i = 0; i < N; i++) {
    result[i] = values[i] != 0;
  }
  return result;
}

inline c10::Scalar scalar(jint kind, jlong bits, jlong imaginary) {
  if (kind < 0) {
    throw std::invalid_argument("a number is needed where null was given");
  }
  return {kind, bits, imaginary};
}

inline std::optional<c10::Scalar> optionalScalar(jint kind, jlong bits, jlong imaginary) {
  return kind < 0 ? std::nullopt : std::optional<c10::Scalar>(std::in_place, kind, bits, imaginary);
}

inline c10::SymInt symbolic(jlong value) {
  if (value < SMALLEST_INTEGER) {
    throw std::invalid_argument("the integer " + std::to_string(value) + " is too small for libtorch");
  }
  return c10::SymInt(value);
}

inline std::optional<long> optionalInteger(jlong value) {
  return value == NOT_GIVEN ? std::nullopt : std::optional<long>(value);
}

inline std::optional<c10::SymInt> optionalSymbolic(jlong value) {
  return value == NOT_GIVEN ? std::nullopt : std::optional<c10::SymInt>(symbolic(value));
}

inline std::optional<double> optionalDouble(jboolean given, jdouble value) {
  return given ? std::optional<double>(value) : std::nullopt;
}

inline std::optional<bool> optionalBoolean(jint value) {
  return value < 0 ? std::nullopt : std::optional<bool>(value != 0);
}

template <class E>
std::optional<E> optionalEnum(jint value) {
  return value < 0 ? std::nullopt : std::optional<E>(static_cast<E>(value));
}

// The type in the low byte, the index above it.
inline c10::Device device(jint code) {
  return {static_cast<c10::DeviceType>(code & 0xff), static_cast<int8_t>(code >> 8)};
}

inline std::optional<c10::Device> optionalDevice(jint code) {
  return code == INT32_MIN ? std::nullopt : std::optional<c10::Device>(device(code));
}

inline c10::Stream stream(jint deviceCode, jlong id) { return {device(deviceCode), id}; }

// Results. A tensor on the heap becomes the caller's; an undefined one is 0.
inline jlong handle(JNIEnv* env, at::Tensor* result) {
  if (!result->defined()) {
    delete result;
    return 0;
  }
  if (memory::isOverBudget()) {
    memory::collect(env);
  }
  return reinterpret_cast<jlong>(result);
}

jlongArray handles(JNIEnv* env, std::vector<at::Tensor>&& results);
jlongArray longs(JNIEnv* env, const std::vector<jlong>& values);

// A tuple flattened into a long[]: a list is preceded by its length, a double is its bits, a scalar three words.
class Packer {
 public:
  explicit Packer(JNIEnv* env) : env_(env) {}
  void add(at::Tensor&& tensor) { values_.push_back(handle(env_, new at::Tensor(std::move(tensor)))); }
  void add(std::vector<at::Tensor>&& list);
  void add(c10::Scalar&& scalar);
  void add(double value);
  void add(c10::SymInt&& value) { values_.push_back(value.value()); }
  void add(long value) { values_.push_back(value); }
  void add(bool value) { values_.push_back(value ? 1 : 0); }
  jlongArray array() const { return longs(env_, values_); }

 private:
  JNIEnv* env_;
  std::vector<jlong> values_;
};

inline jlongArray packed(JNIEnv* env, c10::Scalar&& scalar) {
  Packer packer(env);
  packer.add(std::move(scalar));
  return packer.array();
}

template <class... T>
jlongArray packed(JNIEnv* env, std::tuple<T...>&& tuple) {
  Packer packer(env);
  std::apply([&](auto&... part) { (packer.add(std::move(part)), ...); }, tuple);
  return packer.array();
}

}  // namespace torchbridge
