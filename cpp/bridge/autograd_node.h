// What the nodes that the bridge adds to the graph of gradients share.
#pragma once

#include "autograd_abi.h"

namespace torchbridge {

// A node that saves tensors for its backward.
class SavingNode : public torch::autograd::Node {
 public:
  explicit SavingNode(std::string name) : name_(std::move(name)) {}

  std::string name() const override { return name_; }
  void release_variables() override;
  void save(const at::Tensor& tensor);

  // Gives the node to its owners, in the place that its inputs have in the graph.
  static std::shared_ptr<Node> started(SavingNode* node, const torch::autograd::Variables& inputs);

 protected:
  // The tensors that were saved, unless backward has run and freed them.
  torch::autograd::Variables saved();

 private:
  using Saved = std::vector<std::shared_ptr<const torch::autograd::SavedVariable>>;

  Saved savedVariables();
  void connect(const torch::autograd::Variables& inputs);

  const std::string name_;
  Saved saved_;
  bool released_ = false;
};

// What a function made of its inputs, and which of it is changed inputs or has no gradient.
struct Outputs {
  torch::autograd::Variables all;
  torch::autograd::Variables notDifferentiable;
  torch::autograd::Variables changedInputs;
};

// The outputs as those of `node`, or of none.
torch::autograd::Variables connected(
    const std::shared_ptr<torch::autograd::Node>& node, const torch::autograd::Variables& inputs, Outputs outputs,
    const torch::autograd::ForwardDerivative& derivative);

}  // namespace torchbridge
