// The graph of gradients: its nodes, hooks, and nodes whose backward is Java's.
#include <map>

#include "autograd_node.h"
#include "conversions.h"
#include "java.h"

using namespace torchbridge;
using torch::autograd::Edge;
using torch::autograd::Node;
using torch::autograd::Variables;

namespace {

// Held while hooks are put in their places: threads may share a leaf.
std::mutex hooksMutex;

// What a hook made of `gradient`: as in Python it may be missing, or is like the one before.
const at::Tensor& checked(const at::Tensor& gradient, const at::Tensor& changed, const char* hook) {
  if (changed.defined() && !gradient.defined()) {
    throw std::runtime_error(std::string("a ") + hook + " returned a gradient where there was none");
  }
  if (changed.defined()) {
    torch::autograd::check_variable_result(gradient, changed, hook);
  }
  return changed;
}

// The gradients, or what a hook made of them.
Variables changedBy(const Callback& hook, Variables arguments, const Variables& gradients, const char* name) {
  std::optional<Variables> changed = hook(std::move(arguments));
  if (!changed) {
    return gradients;
  }
  for (size_t i = 0; i < gradients.size(); i++) {
    checked(gradients[i], changed->at(i), name);
  }
  return std::move(*changed);
}

// The hooks on the gradients of a node's outputs, or on that of a leaf. There is one object for all: libtorch goes through
// a node's hooks while they run, and one that runs may add another.
struct TensorHook final : torch::autograd::FunctionPreHook {
  std::map<size_t, std::shared_ptr<const Callback>> callbacks;

  Variables operator()(const Variables& gradients) override {
    Variables result = gradients;
    for (const auto& [output, callback] : current()) {
      at::Tensor& gradient = result.at(output);
      gradient = changedBy(*callback, {gradient}, {gradient}, "tensor hook").at(0);
    }
    return result;
  }

  std::map<size_t, std::shared_ptr<const Callback>> current() const {
    const std::lock_guard<std::mutex> lock(hooksMutex);
    return callbacks;
  }
};

// A hook on all gradients that reach a node.
struct NodePreHook final : torch::autograd::FunctionPreHook {
  Callback callback;

  NodePreHook(JNIEnv* env, jobject hooks) : callback(env, hooks) {}

  Variables operator()(const Variables& gradients) override { return changedBy(callback, gradients, gradients, "hook"); }
};

// A hook on the gradients that a node has computed: they come first in the callback's list, those it was given follow.
struct NodePostHook final : torch::autograd::FunctionPostHook {
  Callback callback;

  NodePostHook(JNIEnv* env, jobject hooks) : callback(env, hooks) {}

  Variables operator()(const Variables& outputs, const Variables& inputs) override {
    Variables all = outputs;
    all.insert(all.end(), inputs.begin(), inputs.end());
    return changedBy(callback, std::move(all), outputs, "hook");
  }
};

struct AccumulationHook final : torch::autograd::PostAccumulateGradHook {
  Callback callback;

  AccumulationHook(JNIEnv* env, jobject hooks) : callback(env, hooks) {}

  void operator()(const at::Tensor& tensor) override { callback({tensor}); }
};

// The hook of kind `Hook` among `hooks`; where there is none, it is made of `arguments`.
template <class Hook, class Base, class... Arguments>
Hook& findOrAdd(std::vector<std::unique_ptr<Base>>& hooks, Arguments... arguments) {
  for (const auto& each : hooks) {
    auto* hook = dynamic_cast<Hook*>(each.get());
    if (hook != nullptr) {
      return *hook;
    }
  }
  hooks.push_back(std::make_unique<Hook>(arguments...));
  return static_cast<Hook&>(*hooks.back());
}

// A node whose backward is Java's. Its callback gets the gradients, followed by the saved tensors.
class JavaNode final : public SavingNode {
 public:
  JavaNode(JNIEnv* env, std::string name, jobject backward) : SavingNode(std::move(name)), backward_(env, backward) {}

  Variables apply(Variables&& gradients) override {
    Variables arguments = std::move(gradients);
    for (at::Tensor& each : saved()) {
      arguments.push_back(std::move(each));
    }
    return backward_(std::move(arguments)).value();
  }

 private:
  const Callback backward_;
};

// A handle of a node is a counted pointer on the heap; 0 is no node.
using NodePointer = std::shared_ptr<Node>;

Node& node(jlong handle) { return **reinterpret_cast<NodePointer*>(handle); }

jlong nodeHandle(const NodePointer& node) { return node == nullptr ? 0 : reinterpret_cast<jlong>(new NodePointer(node)); }

const NodePointer& functionOf(jlong handle) { return at::impl::GetVariableHooks()->grad_fn(tensor(handle)); }

// The tensors that derive the outputs forwards: Java's, or an error that says what is missing.
torch::autograd::ForwardDerivative forwardDerivative(JNIEnv* env, jobject callback) {
  auto java = std::make_shared<const Callback>(env, callback);
  return [java](const Variables&, Variables tangents) { return (*java)(std::move(tangents)).value(); };
}

}  // namespace

JNI_FUNCTION jstring JNICALL Java_org_torchbridge_internal_NativeGraph_functionName(JNIEnv* env, jclass, jlong of) {
  return guarded(env, [&]() -> jstring {
    const NodePointer& function = functionOf(of);
    return function == nullptr ? nullptr : env->NewStringUTF(function->name().c_str());
  });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeGraph_function(JNIEnv* env, jclass, jlong of) {
  return guarded(env, [&] { return nodeHandle(functionOf(of)); });
}

JNI_FUNCTION jlongArray JNICALL Java_org_torchbridge_internal_NativeGraph_gradientEdge(JNIEnv* env, jclass, jlong of) {
  return guarded(env, [&] {
    const Edge edge = torch::autograd::impl::gradient_edge(tensor(of));
    return longs(env, {nodeHandle(edge.function), edge.input_nr});
  });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeGraph_delete(JNIEnv*, jclass, jlong handle) {
  delete reinterpret_cast<NodePointer*>(handle);
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeGraph_identity(JNIEnv*, jclass, jlong handle) {
  return reinterpret_cast<jlong>(&node(handle));
}

JNI_FUNCTION jstring JNICALL Java_org_torchbridge_internal_NativeGraph_name(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] { return env->NewStringUTF(node(handle).name().c_str()); });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeGraph_sequenceNumber(JNIEnv*, jclass, jlong handle) {
  return static_cast<jlong>(node(handle).members.sequenceNumber);
}

JNI_FUNCTION jlongArray JNICALL Java_org_torchbridge_internal_NativeGraph_nextEdges(JNIEnv* env, jclass, jlong handle) {
  return guarded(env, [&] {
    std::vector<jlong> words;
    for (const Edge& edge : node(handle).members.nextEdges) {
      words.push_back(nodeHandle(edge.function));
      words.push_back(edge.input_nr);
    }
    return longs(env, words);
  });
}

JNI_FUNCTION jobject JNICALL
Java_org_torchbridge_internal_NativeGraph_tensorHooks(JNIEnv* env, jclass, jlong of, jobject made) {
  return guarded(env, [&] {
    const at::Tensor& target = tensor(of);
    const NodePointer& function = functionOf(of);
    auto& hooks = function == nullptr ? torch::autograd::impl::hooks(target) : function->members.tensorPreHooks;
    const uint32_t output = function == nullptr ? 0 : torch::autograd::impl::gradient_edge(target).input_nr;
    const std::lock_guard<std::mutex> lock(hooksMutex);
    auto& callbacks = findOrAdd<TensorHook>(hooks).callbacks;
    auto found = callbacks.find(output);
    if (found == callbacks.end()) {
      found = callbacks.emplace(output, std::make_shared<const Callback>(env, made)).first;
    }
    return env->NewLocalRef(found->second->object());
  });
}

JNI_FUNCTION jobject JNICALL
Java_org_torchbridge_internal_NativeGraph_accumulationHooks(JNIEnv* env, jclass, jlong of, jobject made) {
  return guarded(env, [&]() -> jobject {
    const at::Tensor& target = tensor(of);
    const std::lock_guard<std::mutex> lock(hooksMutex);
    const auto* present =
        dynamic_cast<const AccumulationHook*>(torch::autograd::impl::post_acc_grad_hooks(target).get());
    if (present != nullptr) {
      return env->NewLocalRef(present->callback.object());
    }
    torch::autograd::impl::set_post_acc_grad_hooks(target, std::make_unique<AccumulationHook>(env, made));
    return made;
  });
}

JNI_FUNCTION jobject JNICALL
Java_org_torchbridge_internal_NativeGraph_preHooks(JNIEnv* env, jclass, jlong handle, jobject made) {
  return guarded(env, [&] {
    const std::lock_guard<std::mutex> lock(hooksMutex);
    return env->NewLocalRef(findOrAdd<NodePreHook>(node(handle).members.preHooks, env, made).callback.object());
  });
}

JNI_FUNCTION jobject JNICALL
Java_org_torchbridge_internal_NativeGraph_postHooks(JNIEnv* env, jclass, jlong handle, jobject made) {
  return guarded(env, [&] {
    const std::lock_guard<std::mutex> lock(hooksMutex);
    return env->NewLocalRef(findOrAdd<NodePostHook>(node(handle).members.postHooks, env, made).callback.object());
  });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeGraph_javaNode(
    JNIEnv* env, jclass, jstring name, jobject backward, jlongArray inputs) {
  return guarded(env, [&] {
    auto* made = new JavaNode(env, std::string(Text(env, name).view()), backward);
    return nodeHandle(SavingNode::started(made, tensors(env, inputs)));
  });
}

// Makes `outputs` those of a node, or of none if its handle is 0, and lets the node save tensors.
JNI_FUNCTION jlongArray JNICALL Java_org_torchbridge_internal_NativeGraph_wrapOutputs(
    JNIEnv* env, jclass, jlong handle, jlongArray inputs, jlongArray outputs, jlongArray notDifferentiable,
    jlongArray dirty, jlongArray saved, jobject derivative) {
  return guarded(env, [&] {
    const NodePointer made = handle == 0 ? nullptr : *reinterpret_cast<NodePointer*>(handle);
    Variables result = connected(
        made, tensors(env, inputs), {tensors(env, outputs), tensors(env, notDifferentiable), tensors(env, dirty)},
        forwardDerivative(env, derivative));
    if (made != nullptr) {
      for (const at::Tensor& each : tensors(env, saved)) {
        static_cast<JavaNode*>(made.get())->save(each);
      }
    }
    return handles(env, std::move(result));
  });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeGraph_currentTask(JNIEnv*, jclass) {
  return torch::autograd::get_current_graph_task_id();
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeGraph_keepUntilBackwardEnds(JNIEnv* env, jclass, jobject object) {
  guarded(env, [&] {
    auto kept = std::make_shared<const GlobalReference>(env, object);
    torch::autograd::Engine::get_default_engine().queue_callback([kept] {});
  });
}

JNI_FUNCTION jboolean JNICALL Java_org_torchbridge_internal_NativeGraph_willRun(JNIEnv*, jclass, jlong handle) {
  const auto* reached = torch::autograd::get_current_graph_task_nodes_in_graph();
  const auto* plan = torch::autograd::get_current_graph_task_exec_info();
  if (reached == nullptr || reached->count(&node(handle)) == 0) {
    return false;
  }
  const auto entry = plan->find(&node(handle));
  return plan->empty() || (entry != plan->end() && (entry->second.needed || entry->second.captures != nullptr));
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeGraph_incrementVersion(JNIEnv* env, jclass, jlong of) {
  guarded(env, [&] { torch::autograd::impl::bump_version(tensor(of)); });
}
