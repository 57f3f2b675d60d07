// What the presets read wrongly of TorchScript's graphs.
#include <sstream>
#include <vector>

#include "errors.h"
#include "libtorch_abi.h"

namespace torch::jit {
// Seen by reference only: it has members, which nothing here needs.
struct Node {
  std::ostream& print(
      std::ostream& out, size_t level, std::vector<const Node*>* groups, bool sources, bool attributes, bool scopes,
      bool body) const;
};
}  // namespace torch::jit

extern "C" JNIEXPORT jstring JNICALL
Java_org_torchbridge_internal_NativeScriptGraph_print(JNIEnv* env, jclass, jlong node) {
  return torchbridge::guarded(env, [&] {
    std::ostringstream text;
    reinterpret_cast<const torch::jit::Node*>(node)->print(text, 0, nullptr, true, true, false, false);
    return env->NewStringUTF(text.str().c_str());
  });
}
