// What libtorch 2.10's gradient engine is made of, as far as the bridge extends it: classes with virtual functions, in
// libtorch's order, and the members that lie before those it reads.
#pragma once

#include <functional>
#include <mutex>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include "libtorch_abi.h"

namespace at {
// Also in that order; only what is called has its real arguments.
namespace impl {
struct VariableHooksInterface;
VariableHooksInterface* GetVariableHooks();
}  // namespace impl
namespace sequence_number {
uint64_t get_and_increment();
}
struct RecordFunction {
  static uint64_t currentThreadId();
};
}  // namespace at

namespace torch::dynamo::autograd {
struct CompiledNodeArgs;
struct SwapSavedVariables;
}  // namespace torch::dynamo::autograd

// The place of an undefined gradient; its destructor is that of a plain node.
extern "C" void* const _ZTVN5torch8autograd13UndefinedGradE[];

namespace torch::autograd {

using dynamo::autograd::CompiledNodeArgs;
using dynamo::autograd::SwapSavedVariables;
using Variables = std::vector<at::Tensor>;

struct Node;
struct ForwardGrad;
struct GraphTask;
struct InputBuffer;
struct ReadyQueue;

struct Edge {
  std::shared_ptr<Node> function;
  uint32_t input_nr = 0;
};

[[noreturn]] inline void refuseCompilation() {
  throw std::runtime_error("a graph with Java code in it cannot be compiled");
}

struct FunctionPreHook {
  virtual ~FunctionPreHook() = default;
  virtual Variables operator()(const Variables& gradients) = 0;
  virtual void compiled_args(CompiledNodeArgs&) const { refuseCompilation(); }
};

struct FunctionPostHook {
  virtual ~FunctionPostHook() = default;
  virtual Variables operator()(const Variables& outputs, const Variables& inputs) = 0;
  virtual void compiled_args(CompiledNodeArgs&) const { refuseCompilation(); }
};

struct PostAccumulateGradHook {
  virtual ~PostAccumulateGradHook() = default;
  virtual void operator()(const at::Tensor& tensor) = 0;
  virtual void compiled_args(CompiledNodeArgs&) const { refuseCompilation(); }
  virtual void apply_with_saved(at::Tensor&, SwapSavedVariables&) { refuseCompilation(); }
};

struct SavedVariableHooks {
  virtual void call_pack_hook(const at::Tensor& tensor) = 0;
  virtual at::Tensor call_unpack_hook() = 0;
  virtual ~SavedVariableHooks() = default;
};

// Saves a tensor for a node without keeping the node alive, and notices changes made in place.
class SavedVariable {
  at::Tensor data_;
  std::shared_ptr<ForwardGrad> forwardGradient_;
  std::weak_ptr<Node> weakFunction_;
  uint32_t version_;
  uint32_t outputNumber_;
  bool flags_[5];
  std::unique_ptr<SavedVariableHooks> hooks_;
  std::shared_ptr<Node> function_;
  std::shared_ptr<Node> accumulator_;
  bool requiresGrad_;

 public:
  SavedVariable(const at::Tensor& tensor, bool isOutput, bool isInplaceOnView);
  at::Tensor unpack(std::shared_ptr<Node> savedFor) const;
};
static_assert(sizeof(SavedVariable) == 104);

struct AnomalyMetadata {
  std::string text_;
  std::shared_ptr<Node> parent_;
  AnomalyMetadata() = default;
  virtual ~AnomalyMetadata();
  virtual void store_stack();
  virtual void print_stack(const std::string& name);
  virtual void assign_parent(const std::shared_ptr<Node>& parent);
};
static_assert(sizeof(AnomalyMetadata) == 56);

struct AnomalyMode {
  static bool _enabled;
  static bool _check_nan;
};

// Made and freed by libtorch alone.
struct InputMetadata {
  alignas(8) std::byte content[96];
};

struct NodeMembers {
  std::weak_ptr<Node> self;
  uint64_t sequenceNumber = 0;
  uint64_t topologicalNumber = 0;
  bool hasParent = false;
  uint64_t thread = 0;
  std::mutex mutex;
  std::vector<Edge> nextEdges;
  void* pythonObject = nullptr;
  std::unique_ptr<AnomalyMetadata> anomaly;
  std::vector<std::unique_ptr<FunctionPreHook>> preHooks;
  std::vector<std::unique_ptr<FunctionPreHook>> tensorPreHooks;
  std::unordered_map<size_t, std::unique_ptr<FunctionPreHook>> retainsGradHooks;
  std::vector<std::unique_ptr<FunctionPostHook>> postHooks;
  InputMetadata* inputs = inlineInputs;
  uint32_t inputCount = 0;
  uint32_t inputCapacity = 2;
  InputMetadata inlineInputs[2];
};

// A function of the gradients' graph.
struct Node {
  union {
    NodeMembers members;
  };

  Node() { new (&members) NodeMembers(); }
  // The metadata of the inputs can be freed by libtorch only, so it frees all members.
  virtual ~Node() {
    constexpr size_t COMPLETE_DESTRUCTOR = 2;
    reinterpret_cast<void (*)(Node*)>(_ZTVN5torch8autograd13UndefinedGradE[COMPLETE_DESTRUCTOR])(this);
  }
  virtual std::string name() const;
  virtual std::vector<std::unique_ptr<FunctionPreHook>>& tensor_pre_hooks() { return members.tensorPreHooks; }
  virtual std::unique_ptr<PostAccumulateGradHook>& tensor_post_acc_grad_hooks() const {
    static std::unique_ptr<PostAccumulateGradHook> none;
    return none;
  }
  virtual void release_variables() {}
  virtual void will_release_variables() {}
  virtual bool is_traceable() { return false; }
  virtual bool passes_state_transparently() { return false; }
  virtual void compiled_args(CompiledNodeArgs&) const { refuseCompilation(); }
  virtual Variables apply_with_saved(const Variables&, SwapSavedVariables&) { refuseCompilation(); }
  virtual bool is_aot_backward() const { return false; }
  virtual Variables apply(Variables&& gradients) = 0;

  AnomalyMetadata* metadata();
  void assign_parent();
};
#ifdef __GLIBCXX__
static_assert(sizeof(NodeMembers) == 464 && sizeof(Node) == 472 && sizeof(Edge) == 24);
#endif

void deleteNode(Node* node);

// The engine runs graphs. Its first functions are those that a language's binding replaces.
class Engine {
 public:
  static Engine& get_default_engine();
  // Calls back at the end of the backward that this thread is running, if that succeeds.
  void queue_callback(std::function<void()> callback);
  virtual ~Engine();
  virtual Variables execute(
      const std::vector<Edge>& roots, const Variables& inputs, bool keepGraph, bool createGraph, bool accumulateGrad,
      const std::vector<Edge>& outputs);
  virtual void* execute_with_graph_task(
      const std::shared_ptr<GraphTask>& task, std::shared_ptr<Node> root, InputBuffer&& buffer);
  virtual std::unique_ptr<AnomalyMetadata> make_anomaly_metadata() = 0;
  virtual std::unique_ptr<SavedVariableHooks> get_default_saved_variable_hooks() = 0;
  virtual void thread_on_exception(
      const std::shared_ptr<GraphTask>& task, const std::shared_ptr<Node>& node, std::exception& error);
  virtual void thread_init(int device, const std::shared_ptr<ReadyQueue>& queue, bool increment);
  virtual void thread_main(const std::shared_ptr<GraphTask>& task);

 protected:
  Engine();

 private:
  // More than it needs.
  alignas(16) std::byte state_[1024];
};

void set_default_engine_stub(Engine& (*stub)());

using ForwardDerivative = std::function<Variables(Variables, Variables)>;
std::vector<std::optional<at::Tensor>> _wrap_outputs(
    const Variables& inputs, const std::unordered_set<c10::TensorImpl*>& notDifferentiable,
    const std::unordered_set<c10::TensorImpl*>& dirty, c10::ArrayRef<std::optional<at::Tensor>> outputs,
    const std::shared_ptr<Node>& node, const ForwardDerivative& derivative,
    const std::unordered_set<c10::TensorImpl*>& saved, const std::function<at::Tensor(at::Tensor)>& viewOfItself,
    bool pureView);
void check_variable_result(const at::TensorBase& original, const at::TensorBase& result, const std::string& hook);
extern const char* ERR_BACKWARD_TWICE;

// What a running backward plans for a node; without a plan, it runs every node it reaches.
struct GraphTaskExecInfo {
  bool needed;
  void* captures;
};
int get_current_graph_task_id();
const std::unordered_set<Node*>* get_current_graph_task_nodes_in_graph();
const std::unordered_map<Node*, GraphTaskExecInfo>* get_current_graph_task_exec_info();

namespace impl {
Edge gradient_edge(const at::Tensor& tensor);
std::vector<std::unique_ptr<FunctionPreHook>>& hooks(const at::Tensor& tensor);
std::unique_ptr<PostAccumulateGradHook>& post_acc_grad_hooks(const at::Tensor& tensor);
void set_post_acc_grad_hooks(const at::TensorBase& tensor, std::unique_ptr<PostAccumulateGradHook> hook);
void bump_version(const at::Tensor& tensor);
}  // namespace impl

}  // namespace torch::autograd

namespace at::impl {
struct VariableHooksInterface {
  virtual ~VariableHooksInterface();
  virtual TensorBase tensor_data(const TensorBase&) const = 0;
  virtual TensorBase variable_data(const TensorBase&) const = 0;
  virtual const std::shared_ptr<torch::autograd::Node>& grad_fn(const TensorBase& tensor) const = 0;
};
}  // namespace at::impl
