// Gradients: what libtorch's operators do not cover.
#include <optional>

#include "conversions.h"

using namespace torchbridge;

namespace torch::autograd {

std::vector<at::Tensor> grad(
    const std::vector<at::Tensor>& outputs, const std::vector<at::Tensor>& inputs,
    const std::vector<at::Tensor>& gradients, std::optional<bool> retainGraph, bool createGraph, bool allowUnused);

}  // namespace torch::autograd

namespace {

c10::TensorImpl& implementation(jlong handle) { return *tensor(handle).impl(); }

}  // namespace

JNI_FUNCTION jboolean JNICALL Java_org_torchbridge_internal_NativeAutograd_requiresGrad(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&]() -> jboolean { return implementation(handle).requires_grad(); });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeAutograd_grad(JNIEnv* env, jclass, jlong of) {
  return guarded(env, [&] { return handle(env, new at::Tensor(implementation(of).mutable_grad())); });
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeAutograd_setGrad(JNIEnv* env, jclass, jlong of, jlong gradient) {
  guarded(env, [&] { implementation(of).mutable_grad() = gradient == 0 ? at::Tensor() : tensor(gradient); });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeAutograd_clearGrads(JNIEnv* env, jclass, jlongArray of) {
  guarded(env, [&] {
    const Integers handles(env, of);
    for (size_t i = 0; i < handles.size(); i++) {
      at::Tensor& gradient = implementation(handles[i]).mutable_grad();
      if (gradient.defined()) {
        gradient = at::Tensor();
      }
    }
  });
}

JNI_FUNCTION jlongArray JNICALL Java_org_torchbridge_internal_NativeAutograd_grads(JNIEnv* env, jclass, jlongArray of) {
  return guarded(env, [&] {
    const Integers handles(env, of);
    std::vector<jlong> gradients(handles.size());
    for (size_t i = 0; i < handles.size(); i++) {
      gradients[i] = handle(env, new at::Tensor(implementation(handles[i]).mutable_grad()));
    }
    return longs(env, gradients);
  });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeAutograd_backward(
    JNIEnv* env, jclass, jlongArray of, jlongArray gradients, jint retainGraph, jboolean createGraph, jlongArray inputs) {
  guarded(env, [&] {
    torch::autograd::backward(
        tensors(env, of), tensors(env, gradients), optionalBoolean(retainGraph), createGraph != 0, tensors(env, inputs));
  });
}

JNI_FUNCTION jlongArray JNICALL Java_org_torchbridge_internal_NativeAutograd_gradients(
    JNIEnv* env, jclass, jlongArray outputs, jlongArray inputs, jlongArray gradients, jint retainGraph,
    jboolean createGraph, jboolean allowUnused) {
  return guarded(env, [&] {
    return handles(
        env, torch::autograd::grad(
                 tensors(env, outputs), tensors(env, inputs), tensors(env, gradients), optionalBoolean(retainGraph),
                 createGraph != 0, allowUnused != 0));
  });
}

JNI_FUNCTION jboolean JNICALL Java_org_torchbridge_internal_NativeAutograd_isGradEnabled(JNIEnv*, jclass) {
  return c10::GradMode::is_enabled();
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeAutograd_setGradEnabled(JNIEnv*, jclass, jboolean enabled) {
  c10::GradMode::set_enabled(enabled != 0);
}
