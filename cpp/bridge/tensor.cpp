// Handles, shapes and memory of tensors: everything about them that is not an operator.
#include "conversions.h"
#include "java.h"

using namespace torchbridge;

namespace at::_ops {
struct empty_memory_format {
  static at::Tensor call(
      c10::ArrayRef<c10::SymInt>, std::optional<c10::ScalarType>, std::optional<c10::Layout>, std::optional<c10::Device>,
      std::optional<bool>, std::optional<c10::MemoryFormat>);
};
struct set__source_Storage_storage_offset {
  static at::Tensor& call(
      at::Tensor&, c10::Storage, c10::SymInt, c10::ArrayRef<c10::SymInt>, c10::ArrayRef<c10::SymInt>);
};
}  // namespace at::_ops

namespace at::impl {
bool has_names(const c10::TensorImpl* implementation);
c10::ArrayRef<at::Dimname> get_names(const c10::TensorImpl* implementation);
}  // namespace at::impl

namespace {

constexpr int32_t STRIDED = 0;

void* pointer(jlong handle) { return const_cast<at::Tensor*>(&tensor(handle)); }

// Asks libtorch's C interface for one property.
template <class T>
T property(jlong handle, int32_t (*getter)(void*, T*)) {
  T value{};
  if (getter(pointer(handle), &value) != 0) {
    throw std::runtime_error("this property does not exist for a tensor of this layout");
  }
  return value;
}

jlongArray copyOfDimensions(JNIEnv* env, jlong handle, int32_t (*getter)(void*, int64_t**)) {
  const int64_t length = property<int64_t>(handle, aoti_torch_get_dim);
  const int64_t* values = property<int64_t*>(handle, getter);
  return longs(env, {values, values + length});
}

jint deviceCode(jlong handle) {
  const int32_t type = property<int32_t>(handle, aoti_torch_get_device_type);
  const int32_t index = property<int32_t>(handle, aoti_torch_get_device_index);
  return type | (index & 0xff) << 8;
}

void* cpuData(jlong handle) {
  if (property<int32_t>(handle, aoti_torch_get_layout) != STRIDED || (deviceCode(handle) & 0xff) != 0) {
    throw std::invalid_argument("only a dense tensor on the CPU has memory that Java can reach");
  }
  return property<void*>(handle, aoti_torch_get_data_ptr);
}

int64_t bytesOfElements(jlong handle) {
  const auto itemSize = aoti_torch_dtype_element_size(property<int32_t>(handle, aoti_torch_get_dtype));
  return property<int64_t>(handle, aoti_torch_get_numel) * static_cast<int64_t>(itemSize);
}

// Frees what keeps memory of Java's alive, from whichever thread drops the last tensor over it.
void releaseOwner(void* owner) { delete static_cast<GlobalReference*>(owner); }

void requireBytes(jlong handle, jlong bytes) {
  if (bytes != bytesOfElements(handle)) {
    throw std::invalid_argument(
        "the tensor has " + std::to_string(bytesOfElements(handle)) + " bytes and the array " + std::to_string(bytes));
  }
}

}  // namespace

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeTensor_delete(JNIEnv*, jclass, jlong handle) {
  aoti_torch_delete_tensor_object(reinterpret_cast<void*>(handle));
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeTensor_deleteAll(JNIEnv* env, jclass, jlongArray handles, jint count) {
  // A plain copy in chunks: a critical section would hold off the garbage collector while destructors run.
  std::array<jlong, 64> chunk;
  for (jint from = 0; from < count; from += static_cast<jint>(chunk.size())) {
    const jint length = std::min(count - from, static_cast<jint>(chunk.size()));
    env->GetLongArrayRegion(handles, from, length, chunk.data());
    for (jint i = 0; i < length; i++) {
      if (chunk[static_cast<size_t>(i)] != 0) {
        aoti_torch_delete_tensor_object(reinterpret_cast<void*>(chunk[static_cast<size_t>(i)]));
      }
    }
  }
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeTensor_share(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return reinterpret_cast<jlong>(new at::Tensor(tensor(handle))); });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeTensor_identity(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return reinterpret_cast<jlong>(tensor(handle).impl()); });
}

JNI_FUNCTION jlongArray JNICALL Java_org_torchbridge_internal_NativeTensor_shape(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return copyOfDimensions(env, handle, aoti_torch_get_sizes); });
}

JNI_FUNCTION jlongArray JNICALL Java_org_torchbridge_internal_NativeTensor_strides(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return copyOfDimensions(env, handle, aoti_torch_get_strides); });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeTensor_dim(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return property<int64_t>(handle, aoti_torch_get_dim); });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeTensor_numel(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return property<int64_t>(handle, aoti_torch_get_numel); });
}

JNI_FUNCTION jlong JNICALL
Java_org_torchbridge_internal_NativeTensor_storageOffset(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return property<int64_t>(handle, aoti_torch_get_storage_offset); });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeTensor_storageBytes(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return property<int64_t>(handle, aoti_torch_get_storage_size); });
}

JNI_FUNCTION jint JNICALL Java_org_torchbridge_internal_NativeTensor_dtype(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return property<int32_t>(handle, aoti_torch_get_dtype); });
}

JNI_FUNCTION jint JNICALL Java_org_torchbridge_internal_NativeTensor_layout(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return property<int32_t>(handle, aoti_torch_get_layout); });
}

JNI_FUNCTION jint JNICALL Java_org_torchbridge_internal_NativeTensor_device(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return deviceCode(handle); });
}

JNI_FUNCTION jobjectArray JNICALL Java_org_torchbridge_internal_NativeTensor_names(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&]() -> jobjectArray {
    const c10::TensorImpl* implementation = tensor(handle).impl();
    if (!at::impl::has_names(implementation)) {
      return nullptr;
    }
    const c10::ArrayRef<at::Dimname> names = at::impl::get_names(implementation);
    jobjectArray result = env->NewObjectArray(static_cast<jsize>(names.size_), env->FindClass("java/lang/String"), nullptr);
    for (size_t i = 0; result != nullptr && i < names.size_; i++) {
      if (names.data_[i].isNamed()) {
        jstring name = env->NewStringUTF(names.data_[i].name_.toUnqualString());
        env->SetObjectArrayElement(result, static_cast<jsize>(i), name);
        env->DeleteLocalRef(name);
      }
    }
    return result;
  });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeTensor_dataAddress(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return reinterpret_cast<jlong>(cpuData(handle)); });
}

JNI_FUNCTION jobject JNICALL Java_org_torchbridge_internal_NativeTensor_buffer(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] {
    // NewDirectByteBuffer refuses a null address, which an empty tensor has.
    static char nothing;
    const int64_t bytes = bytesOfElements(handle);
    return env->NewDirectByteBuffer(bytes == 0 ? &nothing : cpuData(handle), bytes);
  });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeTensor_copyToArray(
    JNIEnv* env, jclass, jlong handle, jarray array, jlong bytes) {
  guarded(env, [&] {
    requireBytes(handle, bytes);
    const void* data = cpuData(handle);
    void* elements = bytes == 0 ? nullptr : env->GetPrimitiveArrayCritical(array, nullptr);
    if (elements != nullptr) {
      std::memcpy(elements, data, static_cast<size_t>(bytes));
      env->ReleasePrimitiveArrayCritical(array, elements, 0);
    }
  });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeTensor_copyFromArray(
    JNIEnv* env, jclass, jlong handle, jarray array, jlong bytes) {
  guarded(env, [&] {
    requireBytes(handle, bytes);
    void* data = cpuData(handle);
    void* elements = bytes == 0 ? nullptr : env->GetPrimitiveArrayCritical(array, nullptr);
    if (elements != nullptr) {
      std::memcpy(data, elements, static_cast<size_t>(bytes));
      env->ReleasePrimitiveArrayCritical(array, elements, JNI_ABORT);
    }
  });
}

JNI_FUNCTION jlong JNICALL
Java_org_torchbridge_internal_NativeTensor_bufferAddress(JNIEnv* env, jclass, jobject buffer) {
  return reinterpret_cast<jlong>(env->GetDirectBufferAddress(buffer));
}

// A tensor over memory that `owner`, a Java object, keeps alive; libtorch checks that the shape fits into the bytes.
JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeTensor_overMemory(
    JNIEnv* env, jclass, jlong address, jlong bytes, jint dtype, jlong offset, jlongArray shape, jlongArray strides,
    jobject owner) {
  return guarded(env, [&]() -> jlong {
    const Integers sizes(env, shape);
    const Integers steps(env, strides);
    const c10::SymInt zero(0);
    auto result = std::make_unique<at::Tensor>(at::_ops::empty_memory_format::call(
        {&zero, 1}, static_cast<c10::ScalarType>(dtype), std::nullopt, std::nullopt, std::nullopt, std::nullopt));
    auto reference = std::make_unique<GlobalReference>(env, owner);
    const c10::Device cpu{c10::DeviceType::CPU, -1};
    const c10::StoragePointer made = c10::make_storage_impl(
        {}, c10::SymInt(bytes), {reinterpret_cast<void*>(address), {reference.release(), &releaseOwner}, cpu}, nullptr, false,
        cpu);
    // Whether the tensor takes it or refuses, the reference that was returned is dropped.
    const std::unique_ptr<c10::StorageImpl, void (*)(c10::intrusive_ptr_target*)> storage(made.target, &c10::release);
    at::_ops::set__source_Storage_storage_offset::call(
        *result, c10::Storage(storage.get()), symbolic(offset), sizes.symbolic(), steps.symbolic());
    return handle(env, result.release());
  });
}
