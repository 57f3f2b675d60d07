#include "memory.h"

#include <malloc.h>

#include "conversions.h"
#include "libtorch_abi.h"

namespace torchbridge::memory {

std::atomic<int64_t> liveBytes{0};
std::atomic<int64_t> budget{INT64_MAX};

namespace {

void release(void* memory) {
  liveBytes.fetch_sub(static_cast<int64_t>(malloc_usable_size(memory)), std::memory_order_relaxed);
  c10::free_cpu(memory);
}

// libtorch's own allocation, counted by what malloc really set aside, which it can tell again when freeing.
class CountingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    void* memory = c10::alloc_cpu(bytes);
    liveBytes.fetch_add(static_cast<int64_t>(malloc_usable_size(memory)), std::memory_order_relaxed);
    return {memory, {memory, &release}, {c10::DeviceType::CPU, -1}};
  }

  void (*raw_deleter() const)(void*) override { return &release; }

  void copy_data(void* to, const void* from, size_t bytes) const override { std::memcpy(to, from, bytes); }
};

}  // namespace

void install() {
  constexpr uint8_t OVER_THE_DEFAULT = 200;
  static CountingAllocator allocator;
  c10::SetCPUAllocator(&allocator, OVER_THE_DEFAULT);
}

void collect(JNIEnv* env) {
  static const jclass type =
      static_cast<jclass>(env->NewGlobalRef(env->FindClass("org/torchbridge/internal/NativeMemory")));
  static const jmethodID method = env->GetStaticMethodID(type, "collect", "()V");
  env->CallStaticVoidMethod(type, method);
  // Collecting is a service, not part of the operator: a failure there must not lose the operator's result.
  env->ExceptionClear();
}

}  // namespace torchbridge::memory

using namespace torchbridge;

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeMemory_install(JNIEnv* env, jclass) {
  guarded(env, [&] { memory::install(); });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeMemory_liveBytes(JNIEnv*, jclass) {
  return memory::liveBytes.load(std::memory_order_relaxed);
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeMemory_setBudget(JNIEnv*, jclass, jlong bytes) {
  memory::budget.store(bytes, std::memory_order_relaxed);
}

// The settings of glibc's malloc that libtorch's block sizes want: big blocks are kept, not returned and faulted in anew.
JNI_FUNCTION jboolean JNICALL Java_org_torchbridge_internal_NativeMemory_tuneMalloc(
    JNIEnv*, jclass, jint mmapThreshold, jint trimThreshold, jint topPad) {
  return mallopt(M_MMAP_THRESHOLD, mmapThreshold) == 1 && mallopt(M_TRIM_THRESHOLD, trimThreshold) == 1 &&
         mallopt(M_TOP_PAD, topPad) == 1;
}
