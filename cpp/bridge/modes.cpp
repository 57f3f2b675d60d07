// Settings that hold for a block of code: autocast, anomaly detection, saved tensors' hooks, forward derivatives, threads.
#include "modes.h"

#include "autograd_abi.h"
#include "conversions.h"

using namespace torchbridge;

namespace c10 {
// A thread's settings, as bits behind what a compiler of graphs keeps.
struct AutogradState {
  void* group[3];
  bool gradMode : 1;
  bool inferenceMode : 1;
  bool forwardGradMode : 1;
  bool multithreading : 1;
  static AutogradState& get_tls_state();
};
}  // namespace c10

namespace at {
namespace autocast {
bool is_autocast_enabled(c10::DeviceType device);
void set_autocast_enabled(c10::DeviceType device, bool enabled);
c10::ScalarType get_autocast_dtype(c10::DeviceType device);
void set_autocast_dtype(c10::DeviceType device, c10::ScalarType dtype);
bool is_autocast_cache_enabled();
void set_autocast_cache_enabled(bool enabled);
int increment_nesting();
int decrement_nesting();
void clear_cache();
}  // namespace autocast

struct SavedTensorDefaultHooks {
  static bool is_enabled();
  static void disable(const std::string& message, bool failIfNotEmpty);
  static void enable();
  static const std::optional<std::string>& get_disabled_error_message();
};
}  // namespace at

namespace torch::autograd::forward_ad {
uint64_t enter_dual_level();
void exit_dual_level(uint64_t level);
}  // namespace torch::autograd::forward_ad

namespace {

using Reference = std::shared_ptr<const GlobalReference>;

// Remembers where in Java a function was called.
struct JavaAnomalyMetadata final : torch::autograd::AnomalyMetadata {
  Reference call;

  void store_stack() override {
    JNIEnv* env = environment();
    const LocalFrame frame(env);
    jobject made = env->NewObject(java.forwardCall, java.newForwardCall);
    throwPending(env);
    call = std::make_shared<const GlobalReference>(env, made);
  }

  // The engine below sends it along with the exception.
  void print_stack(const std::string&) override {}
};

// The innermost TensorPacker last.
thread_local std::vector<Reference> packers;

// Lets Java put something else in a saved tensor's place until it is needed.
class JavaSavedVariableHooks final : public torch::autograd::SavedVariableHooks {
 public:
  explicit JavaSavedVariableHooks(Reference packer) : packer_(std::move(packer)) {}

  void call_pack_hook(const at::Tensor& tensor) override {
    JNIEnv* env = environment();
    const LocalFrame frame(env);
    jobject unpack = env->CallObjectMethod(packer_->get(), java.pack, handle(env, new at::Tensor(tensor)));
    throwPending(env);
    unpack_.emplace(env, unpack);
  }

  at::Tensor call_unpack_hook() override { return unpack_.value()({}).value().front(); }

 private:
  const Reference packer_;
  std::optional<Callback> unpack_;
};

// A backward that is running. One that starts itself again would take thread after thread, so there is an end.
class RunningBackward {
 public:
  RunningBackward() {
    if (count_.fetch_add(1) >= MOST) {
      count_.fetch_sub(1);
      throw std::runtime_error(
          std::to_string(MOST) + " backwards are running inside each other; a hook or a function's backward seems to "
          "start the one that called it, without end");
    }
  }
  RunningBackward(const RunningBackward&) = delete;
  RunningBackward& operator=(const RunningBackward&) = delete;
  ~RunningBackward() { count_.fetch_sub(1); }

 private:
  static constexpr int MOST = 5000;
  static inline std::atomic<int> count_{0};
};

// libtorch's engine with the places filled that it leaves to a language.
class JavaEngine final : public torch::autograd::Engine {
  torch::autograd::Variables execute(
      const std::vector<torch::autograd::Edge>& roots, const torch::autograd::Variables& inputs, bool keepGraph,
      bool createGraph, bool accumulateGrad, const std::vector<torch::autograd::Edge>& outputs) override {
    const RunningBackward running;
    return Engine::execute(roots, inputs, keepGraph, createGraph, accumulateGrad, outputs);
  }

  std::unique_ptr<torch::autograd::AnomalyMetadata> make_anomaly_metadata() override {
    return std::make_unique<JavaAnomalyMetadata>();
  }

  std::unique_ptr<torch::autograd::SavedVariableHooks> get_default_saved_variable_hooks() override {
    return packers.empty() ? nullptr : std::make_unique<JavaSavedVariableHooks>(packers.back());
  }

  void thread_on_exception(
      const std::shared_ptr<torch::autograd::GraphTask>& task, const std::shared_ptr<torch::autograd::Node>& node,
      std::exception& error) override {
    const Reference call = torch::autograd::AnomalyMode::_enabled && node != nullptr ? forwardCall(*node) : nullptr;
    if (call == nullptr) {
      Engine::thread_on_exception(task, node, error);
      return;
    }
    try {
      throw FailedBackward(std::current_exception(), call);
    } catch (FailedBackward& failure) {
      Engine::thread_on_exception(task, node, failure);
    }
  }

  static Reference forwardCall(torch::autograd::Node& node) {
    const auto* metadata = dynamic_cast<const JavaAnomalyMetadata*>(node.metadata());
    return metadata == nullptr ? nullptr : metadata->call;
  }
};

c10::DeviceType type(jint code) { return static_cast<c10::DeviceType>(code); }

}  // namespace

namespace torchbridge {

void installEngine() {
  torch::autograd::set_default_engine_stub([]() -> torch::autograd::Engine& {
    // Never destroyed: its threads may outlive the static objects.
    static auto* engine = new JavaEngine();
    return *engine;
  });
}

}  // namespace torchbridge

JNI_FUNCTION jboolean JNICALL Java_org_torchbridge_internal_NativeModes_isAutocastEnabled(JNIEnv* env, jclass, jint device) {
  return guarded(env, [&]() -> jboolean { return at::autocast::is_autocast_enabled(type(device)); });
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeModes_setAutocastEnabled(JNIEnv* env, jclass, jint device, jboolean enabled) {
  guarded(env, [&] { at::autocast::set_autocast_enabled(type(device), enabled != 0); });
}

JNI_FUNCTION jint JNICALL Java_org_torchbridge_internal_NativeModes_autocastDType(JNIEnv* env, jclass, jint device) {
  return guarded(env, [&] { return static_cast<jint>(at::autocast::get_autocast_dtype(type(device))); });
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeModes_setAutocastDType(JNIEnv* env, jclass, jint device, jint dtype) {
  guarded(env, [&] { at::autocast::set_autocast_dtype(type(device), static_cast<c10::ScalarType>(dtype)); });
}

JNI_FUNCTION jboolean JNICALL Java_org_torchbridge_internal_NativeModes_isAutocastCacheEnabled(JNIEnv*, jclass) {
  return at::autocast::is_autocast_cache_enabled();
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeModes_setAutocastCacheEnabled(JNIEnv*, jclass, jboolean enabled) {
  at::autocast::set_autocast_cache_enabled(enabled != 0);
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeModes_enterAutocast(JNIEnv*, jclass) {
  at::autocast::increment_nesting();
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeModes_leaveAutocast(JNIEnv* env, jclass) {
  guarded(env, [] {
    if (at::autocast::decrement_nesting() == 0) {
      at::autocast::clear_cache();
    }
  });
}

JNI_FUNCTION jboolean JNICALL Java_org_torchbridge_internal_NativeModes_isAnomalyEnabled(JNIEnv*, jclass) {
  return torch::autograd::AnomalyMode::_enabled;
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeModes_setAnomaly(JNIEnv*, jclass, jboolean enabled, jboolean checkNan) {
  torch::autograd::AnomalyMode::_enabled = enabled != 0;
  torch::autograd::AnomalyMode::_check_nan = checkNan != 0;
}

JNI_FUNCTION jboolean JNICALL Java_org_torchbridge_internal_NativeModes_isMultithreadingEnabled(JNIEnv*, jclass) {
  return c10::AutogradState::get_tls_state().multithreading;
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeModes_setMultithreadingEnabled(JNIEnv*, jclass, jboolean enabled) {
  c10::AutogradState::get_tls_state().multithreading = enabled != 0;
}

JNI_FUNCTION jboolean JNICALL Java_org_torchbridge_internal_NativeModes_isForwardGradEnabled(JNIEnv*, jclass) {
  return c10::AutogradState::get_tls_state().forwardGradMode;
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeModes_setForwardGradEnabled(JNIEnv*, jclass, jboolean enabled) {
  c10::AutogradState::get_tls_state().forwardGradMode = enabled != 0;
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeModes_enterDualLevel(JNIEnv* env, jclass) {
  return guarded(env, [] { return static_cast<jlong>(torch::autograd::forward_ad::enter_dual_level()); });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeModes_exitDualLevel(JNIEnv* env, jclass, jlong level) {
  guarded(env, [&] { torch::autograd::forward_ad::exit_dual_level(static_cast<uint64_t>(level)); });
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeModes_pushSavedTensorsHooks(JNIEnv* env, jclass, jobject packer) {
  guarded(env, [&] {
    const auto& refusal = at::SavedTensorDefaultHooks::get_disabled_error_message();
    if (refusal) {
      throw std::runtime_error(*refusal);
    }
    packers.push_back(std::make_shared<const GlobalReference>(env, packer));
  });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeModes_popSavedTensorsHooks(JNIEnv*, jclass) {
  if (!packers.empty()) {
    packers.pop_back();
  }
}

// The message of the block around, or null; the new one, null to allow hooks again.
JNI_FUNCTION jstring JNICALL
Java_org_torchbridge_internal_NativeModes_forbidSavedTensorsHooks(JNIEnv* env, jclass, jstring message) {
  return guarded(env, [&]() -> jstring {
    const std::optional<std::string> before = at::SavedTensorDefaultHooks::get_disabled_error_message();
    if (message == nullptr) {
      at::SavedTensorDefaultHooks::enable();
    } else if (packers.empty()) {
      at::SavedTensorDefaultHooks::disable(std::string(Text(env, message).view()), true);
    } else {
      throw std::runtime_error("saved tensors' hooks cannot be forbidden inside a block that has some");
    }
    return before ? env->NewStringUTF(before->c_str()) : nullptr;
  });
}
