// Counts the bytes of CPU tensors, so that tensors left to the garbage collector cannot exhaust the machine: the
// collector sees only their small Java objects.
#pragma once

#include <jni.h>

#include <atomic>
#include <cstdint>

namespace torchbridge::memory {

extern std::atomic<int64_t> liveBytes;
// The count above which a new tensor asks for a collection.
extern std::atomic<int64_t> budget;

inline bool isOverBudget() {
  return liveBytes.load(std::memory_order_relaxed) > budget.load(std::memory_order_relaxed);
}

// Lets Java collect and free what is unreachable; Java then sets the next budget.
void collect(JNIEnv* env);

// Puts the counting allocator in libtorch's place for CPU memory.
void install();

}  // namespace torchbridge::memory
