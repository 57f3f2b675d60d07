// libtorch's own tracer around Java code: it records what the dispatcher runs in this thread, whoever calls it.
#include "tracer.h"

#include <functional>

#include "conversions.h"
#include "ivalue.h"
#include "java.h"

using namespace torchbridge;

using Stack = std::vector<c10::IValue>;

namespace at::_ops {
struct alias {
  static Tensor call(const Tensor& self);
};
}  // namespace at::_ops

namespace torch::jit {
struct Graph;
struct Module;
struct Node;

namespace tracer {
// It has more members, which nothing here needs.
struct TracingState : std::enable_shared_from_this<TracingState> {
  std::shared_ptr<Graph> graph;
  bool hasValue(const c10::IValue& value) const;
};

std::pair<std::shared_ptr<TracingState>, Stack> trace(
    Stack inputs, const std::function<Stack(Stack)>& traced, std::function<std::string(const at::Tensor&)> nameOf,
    bool strict, bool forceOutplace, Module* self, const std::vector<std::string>& names);
const std::shared_ptr<TracingState>& getTracingState();
void setTracingState(std::shared_ptr<TracingState> state);
void setRecordSourceLocation(void (*record)(Node* node));
}  // namespace tracer
}  // namespace torch::jit

namespace tracer = torch::jit::tracer;

namespace {

using State = std::shared_ptr<tracer::TracingState>;
using Graph = std::shared_ptr<torch::jit::Graph>;

Stack stackOf(std::vector<at::Tensor> tensors) {
  Stack stack;
  for (at::Tensor& each : tensors) {
    stack.emplace_back(std::move(each));
  }
  return stack;
}

std::vector<at::Tensor> tensorsOf(Stack stack) {
  std::vector<at::Tensor> tensors;
  for (c10::IValue& each : stack) {
    tensors.push_back(each.tensor());
  }
  return tensors;
}

// What is recorded in this thread, kept aside: an operator that throws leaves the tracer without it.
thread_local State recorded;

// Sets what is recorded for as long as it exists.
class Recorded {
 public:
  explicit Recorded(State state) : outer_(std::exchange(recorded, std::move(state))) {}
  Recorded(const Recorded&) = delete;
  Recorded& operator=(const Recorded&) = delete;
  ~Recorded() { recorded = std::move(outer_); }

 private:
  State outer_;
};

// What forward returned. A tensor that does not come from the inputs becomes a constant: the tracer takes no other.
Stack outputsOf(std::vector<at::Tensor> tensors) {
  if (tracer::getTracingState() == nullptr) {
    throw std::runtime_error("an operator failed on the way and its exception was caught, which ends libtorch's tracer");
  }
  Stack stack = stackOf(std::move(tensors));
  for (c10::IValue& each : stack) {
    if (!tracer::getTracingState()->hasValue(each)) {
      each.tensor() = at::_ops::alias::call(each.tensor());
    }
  }
  return stack;
}

// Tells Java of each node when its operation is about to run, for as long as this exists.
class Listener {
 public:
  Listener(JNIEnv* env, jobject object)
      : env_(env), object_(object), method_(env->GetMethodID(env->GetObjectClass(object), "accept", "(J)V")) {
    throwPending(env);
    current = this;
    tracer::setRecordSourceLocation(&record);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { current = nullptr; }

 private:
  static void record(torch::jit::Node* node) {
    if (current != nullptr) {
      current->env_->CallVoidMethod(current->object_, current->method_, reinterpret_cast<jlong>(node));
      throwPending(current->env_);
    }
  }

  static thread_local const Listener* current;
  JNIEnv* env_;
  jobject object_;
  jmethodID method_;
};
thread_local const Listener* Listener::current = nullptr;

std::vector<std::string> strings(JNIEnv* env, jobjectArray array) {
  std::vector<std::string> result;
  for (jsize i = 0; i < env->GetArrayLength(array); i++) {
    const LocalFrame frame(env);
    result.emplace_back(Text(env, static_cast<jstring>(env->GetObjectArrayElement(array, i))).view());
  }
  return result;
}

}  // namespace

void torchbridge::resumeTracing() noexcept {
  if (recorded != nullptr) {
    tracer::setTracingState(recorded);
  }
}

// A handle of the graph of what `forward`, a TensorCallback, does to the inputs; `listener` is a LongConsumer.
JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeTracer_record(
    JNIEnv* env, jclass, jlongArray inputs, jobjectArray names, jobject forward, jobject listener) {
  return guarded(env, [&] {
    const Callback callback(env, forward);
    const Listener listening(env, listener);
    const auto traced = [&](Stack stack) {
      const Recorded here(tracer::getTracingState());
      return outputsOf(callback(tensorsOf(std::move(stack))).value());
    };
    const auto unnamed = [](const at::Tensor&) { return std::string(); };
    const auto result =
        tracer::trace(stackOf(tensors(env, inputs)), traced, unnamed, true, false, nullptr, strings(env, names));
    return reinterpret_cast<jlong>(new Graph(result.first->graph));
  });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeTracer_graph(JNIEnv*, jclass, jlong handle) {
  return reinterpret_cast<jlong>(reinterpret_cast<Graph*>(handle)->get());
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeTracer_delete(JNIEnv*, jclass, jlong handle) {
  delete reinterpret_cast<Graph*>(handle);
}

JNI_FUNCTION jboolean JNICALL Java_org_torchbridge_internal_NativeTracer_isTracingHere(JNIEnv*, jclass) {
  return tracer::getTracingState() != nullptr;
}

// What is traced in this thread, 0 if nothing is; from now on nothing is.
JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeTracer_suspend(JNIEnv* env, jclass) {
  return guarded(env, [&]() -> jlong {
    auto state = std::make_unique<State>(tracer::getTracingState());
    if (*state == nullptr) {
      return 0;
    }
    recorded = nullptr;
    tracer::setTracingState(nullptr);
    return reinterpret_cast<jlong>(state.release());
  });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeTracer_restore(JNIEnv* env, jclass, jlong handle) {
  guarded(env, [&] {
    const std::unique_ptr<State> state(reinterpret_cast<State*>(handle));
    tracer::setTracingState(*state);
    recorded = std::move(*state);
  });
}
