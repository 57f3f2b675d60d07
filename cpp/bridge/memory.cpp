#include "memory.h"

#include <malloc.h>

#include "conversions.h"
#include "java.h"
#include "libtorch_abi.h"

namespace torchbridge::memory {

std::atomic<int64_t> liveBytes{0};
std::atomic<int64_t> budget{INT64_MAX};

namespace {

// Small blocks are kept by the thread that frees them: aligned allocation is the one kind of malloc that has no cache of
// its own, and costs as much as a small operator's arithmetic.
class SmallBlocks {
 public:
  static constexpr size_t LARGEST = 1024;

  // The size to allocate, so that a block serves every size of its kind later.
  static constexpr size_t roundedUp(size_t bytes) { return (bytes + STEP - 1) / STEP * STEP; }

  ~SmallBlocks() {
    closed_ = true;
    for (Block*& first : first_) {
      while (first != nullptr) {
        c10::free_cpu(std::exchange(first, first->next));
      }
    }
  }

  // A kept block of at least `bytes`, or null.
  void* take(size_t bytes) {
    const size_t kind = roundedUp(bytes) / STEP;
    Block* block = first_[kind];
    if (block != nullptr) {
      first_[kind] = block->next;
      kept_[kind]--;
    }
    return block;
  }

  bool keep(void* memory, size_t usable) {
    const size_t kind = usable / STEP;
    if (closed_ || kind == 0 || usable >= LARGEST + STEP || kept_[kind] == MOST) {
      return false;
    }
    first_[kind] = new (memory) Block{first_[kind]};
    kept_[kind]++;
    return true;
  }

 private:
  struct Block {
    Block* next;
  };
  static constexpr size_t STEP = 64;
  static constexpr size_t MOST = 256;
  std::array<Block*, LARGEST / STEP + 1> first_{};
  std::array<size_t, LARGEST / STEP + 1> kept_{};
  bool closed_ = false;
};

thread_local SmallBlocks smallBlocks;

#ifdef __SANITIZE_ADDRESS__
constexpr bool KEEPS_SMALL_BLOCKS = false;  // A block that is kept looks alive to the sanitizer.
#else
constexpr bool KEEPS_SMALL_BLOCKS = true;
#endif

void* allocateBytes(size_t bytes) {
  if (!KEEPS_SMALL_BLOCKS || bytes == 0 || bytes > SmallBlocks::LARGEST) {
    return c10::alloc_cpu(bytes);
  }
  void* kept = smallBlocks.take(bytes);
  return kept != nullptr ? kept : c10::alloc_cpu(SmallBlocks::roundedUp(bytes));
}

void release(void* memory) {
  const size_t usable = malloc_usable_size(memory);
  liveBytes.fetch_sub(static_cast<int64_t>(usable), std::memory_order_relaxed);
  if (!KEEPS_SMALL_BLOCKS || !smallBlocks.keep(memory, usable)) {
    c10::free_cpu(memory);
  }
}

// libtorch's own allocation, counted by what malloc really set aside, which it can tell again when freeing.
class CountingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    void* memory = allocateBytes(bytes);
    liveBytes.fetch_add(static_cast<int64_t>(malloc_usable_size(memory)), std::memory_order_relaxed);
    return {memory, {memory, &release}, {c10::DeviceType::CPU, -1}};
  }

  void (*raw_deleter() const)(void*) override { return &release; }

  void copy_data(void* to, const void* from, size_t bytes) const override { std::memcpy(to, from, bytes); }
};

}  // namespace

void install() {
  constexpr uint8_t OVER_THE_DEFAULT = 200;
  // Never destroyed: threads allocate while the process ends.
  static auto* allocator = new CountingAllocator();
  c10::SetCPUAllocator(allocator, OVER_THE_DEFAULT);
}

void collect(JNIEnv* env) {
  env->CallStaticVoidMethod(java.memory, java.collect);
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
