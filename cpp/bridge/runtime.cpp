// libtorch as a whole: its version, threads, default type, random generators, and what it says about itself.
#include <mutex>

#include "conversions.h"

using namespace torchbridge;

extern "C" {
uint64_t aoti_torch_abi_version();
// Weak: a user can put another BLAS in OpenBLAS's place.
__attribute__((weak)) void openblas_set_num_threads(int threads);
__attribute__((weak)) int openblas_get_num_threads();
__attribute__((weak)) char* openblas_get_config();
}

namespace caffe2 {
struct TypeMeta {
  uint16_t index;
};
}  // namespace caffe2

namespace c10 {
void set_default_dtype(caffe2::TypeMeta type);
ScalarType get_default_dtype_as_scalartype();
}  // namespace c10

namespace at {

void set_num_threads(int threads);
int get_num_threads();
std::string show_config();
std::string get_parallel_info();
std::string get_cpu_capability();

struct Context {
  void setDeterministicAlgorithms(bool enabled, bool warnOnly);
};
Context& globalContext();

struct CPUGeneratorImpl : c10::intrusive_ptr_target {
  std::mutex mutex;
  void set_current_seed(uint64_t seed);
  uint64_t current_seed() const;
  c10::intrusive_ptr<c10::TensorImpl> get_state() const;
  void set_state(const c10::TensorImpl& state);
};

namespace detail {
const Generator& getDefaultCPUGenerator();
Generator createCPUGenerator(uint64_t seed);
}  // namespace detail

}  // namespace at

namespace torch::cuda {
bool is_available();
size_t device_count();
void manual_seed_all(uint64_t seed);
}  // namespace torch::cuda

namespace {

at::CPUGeneratorImpl& generator(jlong handle) {
  const auto& chosen =
      handle == 0 ? at::detail::getDefaultCPUGenerator() : *reinterpret_cast<const at::Generator*>(handle);
  return *static_cast<at::CPUGeneratorImpl*>(chosen.impl_);
}

jstring text(JNIEnv* env, const std::string& value) { return env->NewStringUTF(value.c_str()); }

}  // namespace

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeRuntime_libtorchVersion(JNIEnv*, jclass) {
  return static_cast<jlong>(aoti_torch_abi_version());
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeRuntime_setThreads(JNIEnv* env, jclass, jint threads) {
  guarded(env, [&] { at::set_num_threads(threads); });
}

JNI_FUNCTION jint JNICALL Java_org_torchbridge_internal_NativeRuntime_threads(JNIEnv* env, jclass) {
  return guarded(env, [] { return at::get_num_threads(); });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeRuntime_setBlasThreads(JNIEnv*, jclass, jint threads) {
  if (openblas_set_num_threads != nullptr) {
    openblas_set_num_threads(threads);
  }
}

JNI_FUNCTION jint JNICALL Java_org_torchbridge_internal_NativeRuntime_blasThreads(JNIEnv*, jclass) {
  return openblas_get_num_threads == nullptr ? -1 : openblas_get_num_threads();
}

JNI_FUNCTION jstring JNICALL Java_org_torchbridge_internal_NativeRuntime_blas(JNIEnv* env, jclass) {
  return guarded(env, [&] {
    return text(env, openblas_get_config == nullptr ? "not OpenBLAS" : openblas_get_config());
  });
}

JNI_FUNCTION jstring JNICALL Java_org_torchbridge_internal_NativeRuntime_buildConfiguration(JNIEnv* env, jclass) {
  return guarded(env, [&] { return text(env, at::show_config()); });
}

JNI_FUNCTION jstring JNICALL Java_org_torchbridge_internal_NativeRuntime_parallelInformation(JNIEnv* env, jclass) {
  return guarded(env, [&] { return text(env, at::get_parallel_info()); });
}

JNI_FUNCTION jstring JNICALL Java_org_torchbridge_internal_NativeRuntime_cpuCapability(JNIEnv* env, jclass) {
  return guarded(env, [&] { return text(env, at::get_cpu_capability()); });
}

JNI_FUNCTION jboolean JNICALL Java_org_torchbridge_internal_NativeRuntime_isCudaAvailable(JNIEnv* env, jclass) {
  return guarded(env, []() -> jboolean { return torch::cuda::is_available(); });
}

JNI_FUNCTION jint JNICALL Java_org_torchbridge_internal_NativeRuntime_cudaDevices(JNIEnv* env, jclass) {
  return guarded(env, [] { return static_cast<jint>(torch::cuda::device_count()); });
}

JNI_FUNCTION jint JNICALL Java_org_torchbridge_internal_NativeRuntime_defaultDType(JNIEnv* env, jclass) {
  return guarded(env, [] { return static_cast<jint>(c10::get_default_dtype_as_scalartype()); });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeRuntime_setDefaultDType(JNIEnv* env, jclass, jint dtype) {
  guarded(env, [&] { c10::set_default_dtype({static_cast<uint16_t>(dtype)}); });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeRuntime_setDeterministic(
    JNIEnv* env, jclass, jboolean enabled, jboolean warnOnly) {
  guarded(env, [&] { at::globalContext().setDeterministicAlgorithms(enabled != 0, warnOnly != 0); });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeRuntime_seedCuda(JNIEnv* env, jclass, jlong seed) {
  guarded(env, [&] {
    if (torch::cuda::is_available()) {
      torch::cuda::manual_seed_all(static_cast<uint64_t>(seed));
    }
  });
}

// Generators: handle 0 is libtorch's default one.

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeGenerator_create(JNIEnv* env, jclass, jlong seed) {
  return guarded(env, [&] {
    return reinterpret_cast<jlong>(
        new at::Generator(at::detail::createCPUGenerator(static_cast<uint64_t>(seed))));
  });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeGenerator_delete(JNIEnv*, jclass, jlong handle) {
  auto* owned = reinterpret_cast<at::Generator*>(handle);
  c10::release(static_cast<c10::intrusive_ptr_target*>(owned->impl_));
  delete owned;
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeGenerator_setSeed(JNIEnv* env, jclass, jlong handle, jlong seed) {
  guarded(env, [&] {
    at::CPUGeneratorImpl& chosen = generator(handle);
    const std::lock_guard<std::mutex> lock(chosen.mutex);
    chosen.set_current_seed(static_cast<uint64_t>(seed));
  });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeGenerator_seed(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return static_cast<jlong>(generator(handle).current_seed()); });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeGenerator_state(JNIEnv* env, jclass, jlong of) {
  return guarded(env, [&] {
    at::CPUGeneratorImpl& chosen = generator(of);
    const std::lock_guard<std::mutex> lock(chosen.mutex);
    const c10::intrusive_ptr<c10::TensorImpl> state = chosen.get_state();
    auto* result = new at::Tensor();
    std::memcpy(static_cast<void*>(result), &state.target, sizeof(state.target));
    return handle(env, result);
  });
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeGenerator_setState(JNIEnv* env, jclass, jlong handle, jlong state) {
  guarded(env, [&] {
    at::CPUGeneratorImpl& chosen = generator(handle);
    const std::lock_guard<std::mutex> lock(chosen.mutex);
    chosen.set_state(*tensor(state).impl());
  });
}
