#include "autograd_node.h"

#include <algorithm>

using torch::autograd::Edge;
using torch::autograd::Node;
using torch::autograd::Variables;

namespace at::_ops {
struct view_as {
  static at::Tensor call(const at::Tensor&, const at::Tensor&);
};
}  // namespace at::_ops

namespace torchbridge {

void SavingNode::release_variables() {
  const std::lock_guard<std::mutex> lock(members.mutex);
  released_ = released_ || !saved_.empty();
  saved_.clear();
}

void SavingNode::save(const at::Tensor& tensor) {
  const bool isOutput = tensor.defined() && at::impl::GetVariableHooks()->grad_fn(tensor).get() == this;
  saved_.push_back(std::make_shared<const torch::autograd::SavedVariable>(tensor, isOutput, false));
}

// A copy, since unpacking may call Java, which may come back to this node.
SavingNode::Saved SavingNode::savedVariables() {
  const std::lock_guard<std::mutex> lock(members.mutex);
  if (released_) {
    throw std::runtime_error(torch::autograd::ERR_BACKWARD_TWICE);
  }
  return saved_;
}

Variables SavingNode::saved() {
  Variables tensors;
  for (const auto& each : savedVariables()) {
    tensors.push_back(each->unpack(members.self.lock()));
  }
  return tensors;
}

void SavingNode::connect(const Variables& inputs) {
  for (const at::Tensor& input : inputs) {
    Edge edge = torch::autograd::impl::gradient_edge(input);
    if (edge.function != nullptr) {
      auto& next = edge.function->members;
      next.hasParent = true;
      members.topologicalNumber = std::max(members.topologicalNumber, next.topologicalNumber + 1);
    }
    members.nextEdges.push_back(std::move(edge));
  }
}

std::shared_ptr<Node> SavingNode::started(SavingNode* node, const Variables& inputs) {
  std::shared_ptr<Node> shared(node, torch::autograd::deleteNode);
  node->members.self = shared;
  node->members.sequenceNumber = at::sequence_number::get_and_increment();
  node->members.thread = at::RecordFunction::currentThreadId();
  if (torch::autograd::AnomalyMode::_enabled) {
    node->metadata()->store_stack();
    node->assign_parent();
  }
  node->connect(inputs);
  return shared;
}

static std::unordered_set<c10::TensorImpl*> implementations(const Variables& tensors) {
  std::unordered_set<c10::TensorImpl*> result;
  for (const at::Tensor& each : tensors) {
    result.insert(each.impl());
  }
  return result;
}

Variables connected(
    const std::shared_ptr<Node>& node, const Variables& inputs, Outputs outputs,
    const torch::autograd::ForwardDerivative& derivative) {
  std::vector<std::optional<at::Tensor>> raw;
  for (at::Tensor& output : outputs.all) {
    raw.emplace_back(std::move(output));
  }
  for (const at::Tensor& changed : outputs.changedInputs) {
    torch::autograd::impl::bump_version(changed);
  }
  auto wrapped = torch::autograd::_wrap_outputs(
      inputs, implementations(outputs.notDifferentiable), implementations(outputs.changedInputs),
      {raw.data(), raw.size()}, node, derivative, {},
      [](const at::Tensor& self) { return at::_ops::view_as::call(self, self); }, false);
  Variables result;
  for (auto& output : wrapped) {
    result.push_back(std::move(output).value());
  }
  return result;
}

}  // namespace torchbridge
