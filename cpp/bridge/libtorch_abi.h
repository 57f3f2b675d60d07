// The slice of libtorch 2.10's C++ ABI that the bridge calls, declared by hand: libtorch's own headers are not needed.
// Names and namespaces are the real ones, so the compiler's mangling has to match what libtorch exports, which the
// linker checks. Layouts and result types it cannot check: the assertions below and the value tests do.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

// libtorch's stable C interface.
extern "C" {
int32_t aoti_torch_delete_tensor_object(void* tensor);
int32_t aoti_torch_new_tensor_handle(void* tensor, void** copy);
int32_t aoti_torch_get_dim(void* tensor, int64_t* result);
int32_t aoti_torch_get_numel(void* tensor, int64_t* result);
int32_t aoti_torch_get_sizes(void* tensor, int64_t** result);
int32_t aoti_torch_get_strides(void* tensor, int64_t** result);
int32_t aoti_torch_get_storage_offset(void* tensor, int64_t* result);
int32_t aoti_torch_get_storage_size(void* tensor, int64_t* result);
int32_t aoti_torch_get_dtype(void* tensor, int32_t* result);
int32_t aoti_torch_get_layout(void* tensor, int32_t* result);
int32_t aoti_torch_get_device_type(void* tensor, int32_t* result);
int32_t aoti_torch_get_device_index(void* tensor, int32_t* result);
int32_t aoti_torch_get_data_ptr(void* tensor, void** result);
size_t aoti_torch_dtype_element_size(int32_t dtype);
}

namespace at {
class Tensor;
}

namespace c10 {

enum class ScalarType : int8_t {};
enum class Layout : int8_t {};
enum class QScheme : uint8_t {};
enum class MemoryFormat : int8_t {};
enum class DeviceType : int8_t { CPU = 0 };

struct Device {
  DeviceType type_;
  int8_t index_;
};
static_assert(sizeof(Device) == 2);

struct Stream {
  Device device_;
  int64_t id_;
};

// Virtual functions up to the reference counts: strong in the low 32 bits, weak in the high ones.
struct intrusive_ptr_target {
  virtual ~intrusive_ptr_target();
  virtual void release_resources();
  std::atomic<uint64_t> counts;
};
static_assert(sizeof(intrusive_ptr_target) == 16);

// Drops a strong reference. Nobody holds a weak one to what the bridge makes.
inline void release(intrusive_ptr_target* target) {
  if (static_cast<uint32_t>(target->counts.fetch_sub(1)) == 1) {
    delete target;
  }
}

namespace detail {
template <class T>
struct intrusive_target_default_null_type;
}

// Borrowed or owned as the place that makes one says; it never counts by itself.
template <class T, class NullType = detail::intrusive_target_default_null_type<T>>
struct intrusive_ptr {
  T* target;
  intrusive_ptr(const intrusive_ptr& other) : target(other.target) {}
  ~intrusive_ptr() {}
};

struct UndefinedTensorImpl {
  static UndefinedTensorImpl _singleton;
};

class SymInt {
  int64_t data_;

 public:
  explicit SymInt(int64_t value) : data_(value) {}
  SymInt(const SymInt& other) : data_(other.data_) {}
  ~SymInt() {}
  int64_t value() const { return data_; }
};
static_assert(sizeof(SymInt) == 8);

template <class T>
struct ArrayRef {
  const T* data_;
  size_t size_;
};

template <class T>
struct OptionalArrayRef {
  std::optional<ArrayRef<T>> value_;
};

// The payload lies at offset 16, since c10::complex<double> is aligned to 16 bytes.
class alignas(16) Scalar {
 public:
  Scalar(int32_t kind, int64_t bits, int64_t imaginary) : kind_(kind), padding_(), payload_{bits, imaginary} {}
  Scalar(const Scalar& other) : kind_(other.kind_), padding_(), payload_{other.payload_[0], other.payload_[1]} {}
  ~Scalar() {}
  int32_t kind() const { return kind_; }
  int64_t bits() const { return payload_[0]; }
  int64_t imaginary() const { return payload_[1]; }

 private:
  int32_t kind_;
  int32_t padding_[3];
  int64_t payload_[2];
};
static_assert(sizeof(Scalar) == 32 && alignof(Scalar) == 16);

class Symbol {
  uint32_t value_;

 public:
  static Symbol fromQualString(const std::string& name);
  const char* toUnqualString() const;
};

struct DataPtr {
  void* data;
  std::unique_ptr<void, void (*)(void*)> context;
  Device device;
};
static_assert(sizeof(DataPtr) == 32);

struct Allocator {
  virtual ~Allocator() = default;
  virtual DataPtr allocate(size_t bytes) = 0;
  virtual bool is_simple_data_ptr(const DataPtr& pointer) const { return pointer.data == pointer.context.get(); }
  virtual void (*raw_deleter() const)(void*) { return nullptr; }
  virtual void copy_data(void* to, const void* from, size_t bytes) const = 0;
};

void SetCPUAllocator(Allocator* allocator, uint8_t priority);
void* alloc_cpu(size_t bytes);
void free_cpu(void* memory);

struct StorageImpl : intrusive_ptr_target {
  struct use_byte_size_t {};
};
using StoragePointer = intrusive_ptr<StorageImpl, detail::intrusive_target_default_null_type<StorageImpl>>;
StoragePointer make_storage_impl(
    StorageImpl::use_byte_size_t, SymInt bytes, DataPtr data, Allocator* allocator, bool resizable,
    std::optional<Device> device);

// Borrowed: it never counts.
struct Storage {
  StorageImpl* impl_;
  explicit Storage(StorageImpl* impl) : impl_(impl) {}
  Storage(const Storage& other) : impl_(other.impl_) {}
  ~Storage() {}
};

struct Type {
  template <class T>
  struct SingletonOrSharedTypePtr {
    void* shared;
    void* control;
    SingletonOrSharedTypePtr() : shared(nullptr), control(nullptr) {}
    SingletonOrSharedTypePtr(SingletonOrSharedTypePtr&& other) noexcept
        : shared(std::exchange(other.shared, nullptr)), control(std::exchange(other.control, nullptr)) {}
    ~SingletonOrSharedTypePtr() {}
  };
};
using TypePtr = Type::SingletonOrSharedTypePtr<Type>;

struct OptionalType {
  static TypePtr ofTensor();
};

// Any value of TorchScript. Its functions are in ivalue.h.
struct IValue {
  enum : uint32_t { NONE, TENSOR, DOUBLE = 3, COMPLEX, INT, UINT, BOOL = 10, TUPLE, STRING, LIST = 14, DICT, DEVICE = 18, OBJECT = 20, UNINITIALIZED = 22, ENUM = 27 };
  void* payload = nullptr;
  uint32_t tag = NONE;
  IValue() = default;
  explicit IValue(at::Tensor tensor);
  IValue(uint32_t kind, intrusive_ptr_target* target);
  IValue(const IValue& other);
  IValue(IValue&& other) noexcept : payload(other.payload), tag(std::exchange(other.tag, NONE)) {}
  IValue& operator=(IValue other) noexcept;
  ~IValue();
  bool isCounted() const;
  at::Tensor& tensor();
  const at::Tensor& tensor() const;
};
static_assert(sizeof(IValue) == 16);

namespace detail {
struct ListImpl : intrusive_ptr_target {
  std::vector<IValue> list;
  TypePtr elementType;
  ListImpl(std::vector<IValue> elements, TypePtr type);
};
}  // namespace detail

template <class T>
struct List {
  detail::ListImpl* impl_;
  explicit List(detail::ListImpl* impl) : impl_(impl) {}
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  ~List() { release(impl_); }
};

template <class T>
class IListRef {
  ArrayRef<T> unboxed_;
  int32_t tag_ = 0;

 public:
  explicit IListRef(ArrayRef<T> list) : unboxed_(list) {}
};

// what() is libtorch's, so the type's identity comes from libc10 and catching it works across the libraries.
struct Error : std::exception {
  std::string msg_;
  std::vector<std::string> context_;
  const char* what() const noexcept override;
};
struct OutOfMemoryError : Error {};

struct TensorImpl {
  bool requires_grad() const;
  at::Tensor& mutable_grad();
};

struct GradMode {
  static bool is_enabled();
  static void set_enabled(bool enabled);
};

}  // namespace c10

namespace at {

// The part of a tensor that some of libtorch's functions take; ours has nothing of its own.
struct TensorBase {};

// A counted pointer to the implementation: one word, returned through memory.
class Tensor : public TensorBase {
  void* impl_;

 public:
  Tensor() : impl_(&c10::UndefinedTensorImpl::_singleton) {}
  Tensor(const Tensor& other) : TensorBase(), impl_(nullptr) {
    void* copy = nullptr;
    aoti_torch_new_tensor_handle(const_cast<Tensor*>(&other), &copy);
    impl_ = static_cast<Tensor*>(copy)->impl_;
    operator delete(copy);
  }
  Tensor(Tensor&& other) noexcept : impl_(std::exchange(other.impl_, &c10::UndefinedTensorImpl::_singleton)) {}
  Tensor& operator=(Tensor other) noexcept {
    std::swap(impl_, other.impl_);
    return *this;
  }
  ~Tensor() {
    if (defined()) {
      // The C interface deletes a heap object: give it one that holds this reference.
      void* last = operator new(sizeof(Tensor));
      std::memcpy(last, &impl_, sizeof(impl_));
      aoti_torch_delete_tensor_object(last);
    }
  }
  bool defined() const { return impl_ != &c10::UndefinedTensorImpl::_singleton; }
  c10::TensorImpl* impl() const { return static_cast<c10::TensorImpl*>(impl_); }
};
static_assert(sizeof(Tensor) == 8 && sizeof(std::optional<Tensor>) == 16);

// Borrowed, or owned by the Java object that made it; it never counts.
struct Generator {
  void* impl_;
  Generator(const Generator& other) : impl_(other.impl_) {}
  ~Generator() {}
};

struct Dimname {
  c10::Symbol name_;
  uint8_t type_;
  bool isNamed() const { return type_ == 0; }
  static Dimname fromSymbol(c10::Symbol name);
  static Dimname wildcard();
};

}  // namespace at

namespace torch::autograd {
void backward(
    const std::vector<at::Tensor>& tensors, const std::vector<at::Tensor>& gradients, std::optional<bool> retainGraph,
    bool createGraph, const std::vector<at::Tensor>& inputs);
}
