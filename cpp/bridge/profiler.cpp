// How often and how long operators run, from the callbacks that libtorch makes around each.
#include <chrono>
#include <map>
#include <mutex>

#include "conversions.h"

using namespace torchbridge;

namespace at {

struct RecordFunction {
  const char* name() const;
};

struct ObserverContext {
  virtual ~ObserverContext() = default;
};

struct RecordFunctionCallback {
  std::unique_ptr<ObserverContext> (*start)(const RecordFunction&);
  void (*end)(const RecordFunction&, ObserverContext*);
  double samplingProbability = 1;
  // Operators and functions of the gradients' graph; then other scopes, and what is needed besides the name: nothing.
  bool scopesAndNeeds[16] = {true, true};
};
static_assert(sizeof(RecordFunctionCallback) == 40);

uint64_t addThreadLocalCallback(RecordFunctionCallback callback);
void removeCallback(uint64_t handle);

}  // namespace at

namespace {

using Clock = std::chrono::steady_clock;

struct Total {
  int64_t count = 0;
  int64_t nanoseconds = 0;
  int64_t ownNanoseconds = 0;
};

std::mutex totalsMutex;
// Never destroyed: operators may run while the process ends.
auto& totals = *new std::map<std::string, Total>();

// A function that is running, inside the one that called it.
struct Running final : at::ObserverContext {
  static thread_local Running* innermost;
  Running* const outer = innermost;
  int64_t inner = 0;
  const Clock::time_point start = Clock::now();

  Running() { innermost = this; }

  void end(const char* name) {
    const auto elapsed = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
    innermost = outer;
    if (outer != nullptr) {
      outer->inner += elapsed;
    }
    const std::lock_guard<std::mutex> lock(totalsMutex);
    Total& total = totals[name];
    total.count++;
    total.nanoseconds += elapsed;
    total.ownNanoseconds += elapsed - inner;
  }
};
thread_local Running* Running::innermost = nullptr;

std::unique_ptr<at::ObserverContext> start(const at::RecordFunction&) { return std::make_unique<Running>(); }

void end(const at::RecordFunction& function, at::ObserverContext* context) {
  static_cast<Running*>(context)->end(function.name());
}

}  // namespace

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeProfiler_start(JNIEnv* env, jclass) {
  return guarded(env, [] {
    {
      const std::lock_guard<std::mutex> lock(totalsMutex);
      totals.clear();
    }
    return static_cast<jlong>(at::addThreadLocalCallback({&start, &end}));
  });
}

// A line for each name: it, how often, nanoseconds, and those without the functions it called; tabs between them.
JNI_FUNCTION jstring JNICALL Java_org_torchbridge_internal_NativeProfiler_stop(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] {
    at::removeCallback(static_cast<uint64_t>(handle));
    const std::lock_guard<std::mutex> lock(totalsMutex);
    std::string lines;
    for (const auto& [name, total] : totals) {
      lines += name + '\t' + std::to_string(total.count) + '\t' + std::to_string(total.nanoseconds) + '\t' +
               std::to_string(total.ownNanoseconds) + '\n';
    }
    return env->NewStringUTF(lines.c_str());
  });
}
