// The floor of the benchmarks: loops over the same operators without Java.
#include <chrono>
#include <optional>

#include "conversions.h"

using namespace torchbridge;
using at::Tensor;

namespace at::_ops {
struct relu {
  static Tensor call(const Tensor&);
};
struct add_Tensor {
  static Tensor call(const Tensor&, const Tensor&, const c10::Scalar&);
};
struct add__Scalar {
  static Tensor& call(Tensor&, const c10::Scalar&, const c10::Scalar&);
};
struct mm {
  static Tensor call(const Tensor&, const Tensor&);
};
struct view {
  static Tensor call(const Tensor&, c10::ArrayRef<c10::SymInt>);
};
struct linear {
  static Tensor call(const Tensor&, const Tensor&, const std::optional<Tensor>&);
};
struct cross_entropy_loss {
  static Tensor call(const Tensor&, const Tensor&, const std::optional<Tensor>&, long, c10::SymInt, double);
};
struct _fused_sgd_ {
  static void call(
      c10::ArrayRef<Tensor>, c10::ArrayRef<Tensor>, c10::ArrayRef<Tensor>, double, double, double, double, bool, bool,
      bool, const std::optional<Tensor>&, const std::optional<Tensor>&);
};
struct _fused_adam_ {
  static void call(
      c10::ArrayRef<Tensor>, c10::ArrayRef<Tensor>, c10::ArrayRef<Tensor>, c10::ArrayRef<Tensor>, c10::ArrayRef<Tensor>,
      c10::ArrayRef<Tensor>, double, double, double, double, double, bool, bool, const std::optional<Tensor>&,
      const std::optional<Tensor>&);
};
}  // namespace at::_ops

namespace {

enum class Operation { RELU, ADD, MM, VIEW };

// The nanoseconds of `count` runs of one operator, each result freed at once.
jlong timeOperator(Operation operation, const Tensor& a, const Tensor& b, jlong count) {
  const c10::Scalar one(1, 1, 0);
  const std::array<c10::SymInt, 1> flat{c10::SymInt(-1)};
  const auto start = std::chrono::steady_clock::now();
  for (jlong i = 0; i < count; i++) {
    switch (operation) {
      case Operation::RELU:
        at::_ops::relu::call(a);
        break;
      case Operation::ADD:
        at::_ops::add_Tensor::call(a, b, one);
        break;
      case Operation::MM:
        at::_ops::mm::call(a, b);
        break;
      case Operation::VIEW:
        at::_ops::view::call(a, {flat.data(), flat.size()});
        break;
    }
  }
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
}

std::vector<Tensor> copies(const Integers& handles) {
  std::vector<Tensor> result;
  for (size_t i = 0; i < handles.size(); i++) {
    result.push_back(tensor(handles[i]));
  }
  return result;
}

Tensor& gradient(const Tensor& of) { return of.impl()->mutable_grad(); }

// A network of linear layers with relu between them, and its optimizer's state.
struct Training {
  std::vector<Tensor> parameters, momenta, squares, steps;
  bool adam;

  void step(const Tensor& input, const Tensor& target) {
    for (Tensor& parameter : parameters) {
      gradient(parameter) = Tensor();
    }
    Tensor x = input;
    for (size_t i = 0; i < parameters.size(); i += 2) {
      x = at::_ops::linear::call(i == 0 ? x : at::_ops::relu::call(x), parameters[i], parameters[i + 1]);
    }
    const Tensor loss = at::_ops::cross_entropy_loss::call(x, target, std::nullopt, 1, c10::SymInt(-100), 0.0);
    torch::autograd::backward({loss}, {Tensor()}, std::nullopt, false, {});
    update();
  }

  void update() {
    std::vector<Tensor> gradients;
    for (const Tensor& parameter : parameters) {
      gradients.push_back(gradient(parameter));
    }
    const auto list = [](const std::vector<Tensor>& v) { return c10::ArrayRef<Tensor>{v.data(), v.size()}; };
    const c10::ArrayRef<Tensor> none{nullptr, 0};
    c10::GradMode::set_enabled(false);
    if (adam) {
      const c10::Scalar one(1, 1, 0);
      at::_ops::add__Scalar::call(steps[0], one, one);
      at::_ops::_fused_adam_::call(
          list(parameters), list(gradients), list(momenta), list(squares), none, list(steps), 1e-3, 0.9, 0.999, 0, 1e-8,
          false, false, std::nullopt, std::nullopt);
    } else {
      at::_ops::_fused_sgd_::call(
          list(parameters), list(gradients), none, 0, 0, 1e-3, 0, false, false, false, std::nullopt, std::nullopt);
    }
    c10::GradMode::set_enabled(true);
  }
};

}  // namespace

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeFloor_operator(
    JNIEnv* env, jclass, jint operation, jlong a, jlong b, jlong count) {
  return guarded(env, [&] { return timeOperator(static_cast<Operation>(operation), tensor(a), tensor(b), count); });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeFloor_trainingSteps(
    JNIEnv* env, jclass, jlongArray parameters, jlongArray momenta, jlongArray squares, jlong step, jlong input,
    jlong target, jlong count) {
  return guarded(env, [&] {
    const Integers handles(env, parameters);
    Training training{
        copies(handles), copies(Integers(env, momenta)), copies(Integers(env, squares)), {},
        step != 0};
    if (training.adam) {
      training.steps.assign(handles.size(), tensor(step));
    }
    const auto start = std::chrono::steady_clock::now();
    for (jlong i = 0; i < count; i++) {
      training.step(tensor(input), tensor(target));
    }
    return static_cast<jlong>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count());
  });
}
