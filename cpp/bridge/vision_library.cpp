// Registers torchvision's operators in libtorch, under torchvision's name and with its schemas, and calls them.
#include <functional>
#include <mutex>

#include "conversions.h"
#include "vision_gradients.h"

extern "C" {
uint64_t aoti_torch_abi_version();
int32_t aoti_torch_library_init_fragment(const char* name, const char* file, uint32_t line, void** result);
int32_t aoti_torch_library_init_impl(const char* name, const char* key, const char* file, uint32_t line, void** result);
int32_t aoti_torch_library_def(void* library, const char* schema);
int32_t torch_library_impl(
    void* library, const char* name, void (*kernel)(uint64_t*, uint64_t, uint64_t), uint64_t version);
}

namespace c10 {
struct OperatorName {
  std::string name, overload;
};
}  // namespace c10

namespace torch::jit {
// An operator of the dispatcher: its handle, then what runs it on a stack, which is what traces see.
struct Operator {
  void* handle[2];
  std::function<void(std::vector<c10::IValue>&)> run;
};
std::shared_ptr<Operator> findOperatorFor(const c10::OperatorName& name);
}  // namespace torch::jit

namespace torchbridge::vision {

namespace {

// ---- from the words of libtorch's stable interface to a kernel's arguments, and back

template <class T>
T taken(uint64_t word) {
  T value;
  std::memcpy(&value, &word, sizeof(T));
  return value;
}

// A tensor comes as one on the heap, which belongs to the kernel.
template <>
Tensor taken<Tensor>(uint64_t word) {
  const std::unique_ptr<Tensor> owned(reinterpret_cast<Tensor*>(word));
  return std::move(*owned);
}

// Numbers of 16 bits are computed with 32.
template <class T>
void widen(T&) {}

void widen(Tensor& tensor) {
  if (isLowPrecision(type(tensor))) {
    tensor = converted(tensor, FLOAT);
  }
}

void give(uint64_t* stack, int32_t asked, Tensor result) {
  if (isLowPrecision(asked) && type(result) == FLOAT) {
    result = converted(result, asked);
  }
  *stack = reinterpret_cast<uint64_t>(new Tensor(std::move(result)));
}

template <class... T>
void give(uint64_t* stack, int32_t asked, std::tuple<T...> results) {
  std::apply([&](auto&... each) { (give(stack++, asked, std::move(each)), ...); }, results);
}

template <auto Function>
struct Kernel;

template <class Result, class... Arguments, Result (*Function)(Arguments...)>
struct Kernel<Function> {
  static void run(uint64_t* stack, uint64_t, uint64_t) {
    auto arguments = all(stack, std::index_sequence_for<Arguments...>());
    const int32_t asked = type(std::get<0>(arguments));
    std::apply([](auto&... each) { (widen(each), ...); }, arguments);
    give(stack, asked, std::apply(Function, arguments));
  }

 private:
  template <size_t... I>
  static auto all(const uint64_t* stack, std::index_sequence<I...>) {
    return std::tuple<std::decay_t<Arguments>...>(taken<std::decay_t<Arguments>>(stack[I])...);
  }
};

struct Definition {
  const char* name;
  const char* signature;
  void (*kernel)(uint64_t*, uint64_t, uint64_t);
};

// One kernel for both keys: what has nothing to derive is not recorded.
constexpr const char* KEYS[] = {"CPU", "Autograd"};

const Definition OPERATORS[] = {
    {"nms", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor", Kernel<nms>::run},
    {"roi_align",
     "(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio, "
     "bool aligned) -> Tensor",
     Kernel<differentiable::roiAlign>::run},
    {"_roi_align_backward",
     "(Tensor grad, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, SymInt batch_size, "
     "SymInt channels, SymInt height, SymInt width, int sampling_ratio, bool aligned) -> Tensor",
     Kernel<differentiable::roiAlignBackward>::run},
    {"roi_pool",
     "(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) -> (Tensor, Tensor)",
     Kernel<differentiable::roiPool>::run},
    {"_roi_pool_backward",
     "(Tensor grad, Tensor rois, Tensor argmax, float spatial_scale, SymInt pooled_height, SymInt pooled_width, SymInt "
     "batch_size, SymInt channels, SymInt height, SymInt width) -> Tensor",
     Kernel<differentiable::roiPoolBackward>::run},
    {"ps_roi_align",
     "(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio) "
     "-> (Tensor, Tensor)",
     Kernel<differentiable::psRoiAlign>::run},
    {"_ps_roi_align_backward",
     "(Tensor grad, Tensor rois, Tensor channel_mapping, float spatial_scale, SymInt pooled_height, SymInt pooled_width, "
     "int sampling_ratio, SymInt batch_size, SymInt channels, SymInt height, SymInt width) -> Tensor",
     Kernel<differentiable::psRoiAlignBackward>::run},
    {"ps_roi_pool",
     "(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) -> (Tensor, Tensor)",
     Kernel<differentiable::psRoiPool>::run},
    {"_ps_roi_pool_backward",
     "(Tensor grad, Tensor rois, Tensor channel_mapping, float spatial_scale, SymInt pooled_height, SymInt pooled_width, "
     "SymInt batch_size, SymInt channels, SymInt height, SymInt width) -> Tensor",
     Kernel<differentiable::psRoiPoolBackward>::run},
    {"deform_conv2d",
     "(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, SymInt stride_h, SymInt stride_w, SymInt "
     "pad_h, SymInt pad_w, SymInt dilation_h, SymInt dilation_w, SymInt groups, SymInt offset_groups, bool use_mask) -> "
     "Tensor",
     Kernel<differentiable::deformConv2d>::run},
    {"_deform_conv2d_backward",
     "(Tensor grad, Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, SymInt stride_h, SymInt "
     "stride_w, SymInt pad_h, SymInt pad_w, SymInt dilation_h, SymInt dilation_w, SymInt groups, SymInt offset_groups, "
     "bool use_mask) -> (Tensor, Tensor, Tensor, Tensor, Tensor)",
     Kernel<differentiable::deformConv2dBackward>::run},
};

void check(int32_t code, const char* what) {
  if (code != 0) {
    throw std::runtime_error(std::string("torchvision's operators cannot be registered: ") + what);
  }
}

// The libraries are kept for ever: without them libtorch forgets the operators.
void registerAll() {
  void* definitions = nullptr;
  check(aoti_torch_library_init_fragment("torchvision", __FILE__, __LINE__, &definitions), "the namespace");
  for (const Definition& each : OPERATORS) {
    check(aoti_torch_library_def(definitions, (std::string(each.name) + each.signature).c_str()), each.name);
  }
  for (const char* key : KEYS) {
    void* kernels = nullptr;
    check(aoti_torch_library_init_impl("torchvision", key, __FILE__, __LINE__, &kernels), key);
    for (const Definition& each : OPERATORS) {
      check(torch_library_impl(kernels, each.name, each.kernel, aoti_torch_abi_version()), each.name);
    }
  }
}

// Those of the real torchvision stay, if it was loaded before.
void registerOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (torch::jit::findOperatorFor({"torchvision::nms", ""}) == nullptr) {
      registerAll();
    }
  });
}

// ---- calls

constexpr uint32_t TENSOR = 1, REAL = 3, INTEGER = 5, BOOLEAN = 10;

// The arguments of a call, then its results. What is left of them is freed.
class Stack {
 public:
  template <class... Arguments>
  explicit Stack(const Arguments&... arguments) {
    (push(arguments), ...);
  }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  ~Stack() { results(); }

  std::vector<c10::IValue>& values() { return values_; }

  std::vector<Tensor> results() {
    std::vector<Tensor> tensors;
    for (c10::IValue& value : values_) {
      if (value.tag == TENSOR) {
        tensors.push_back(std::move(*reinterpret_cast<Tensor*>(&value.payload)));
      }
    }
    values_.clear();
    return tensors;
  }

 private:
  void push(const Tensor& tensor) { new (&add(TENSOR)) Tensor(tensor); }
  void push(double value) { std::memcpy(&add(REAL), &value, sizeof(value)); }
  void push(jlong value) { std::memcpy(&add(INTEGER), &value, sizeof(value)); }
  void push(jboolean value) {
    const bool given = value != 0;
    std::memcpy(&add(BOOLEAN), &given, sizeof(given));
  }

  void*& add(uint32_t tag) {
    values_.emplace_back();
    values_.back().tag = tag;
    return values_.back().payload;
  }

  std::vector<c10::IValue> values_;
};

// Through libtorch's table of operators, so that gradients, traces and a real torchvision's kernels work.
template <class... Arguments>
std::vector<Tensor> call(const char* name, const Arguments&... arguments) {
  registerOnce();
  const auto found = torch::jit::findOperatorFor({std::string("torchvision::") + name, ""});
  Stack stack(arguments...);
  found->run(stack.values());
  return stack.results();
}

jlong first(JNIEnv* env, std::vector<Tensor> results) { return handle(env, new Tensor(std::move(results.at(0)))); }

}  // namespace
}  // namespace torchbridge::vision

using namespace torchbridge;

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeVision_register(JNIEnv* env, jclass) {
  guarded(env, [] { vision::registerOnce(); });
}

JNI_FUNCTION jlong JNICALL
Java_org_torchbridge_internal_NativeVision_nms(JNIEnv* env, jclass, jlong boxes, jlong scores, jdouble threshold) {
  return guarded(env, [&] { return vision::first(env, vision::call("nms", tensor(boxes), tensor(scores), threshold)); });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeVision_roiAlign(
    JNIEnv* env, jclass, jlong input, jlong rois, jdouble scale, jlong height, jlong width, jlong samples,
    jboolean aligned) {
  return guarded(env, [&] {
    return vision::first(
        env, vision::call("roi_align", tensor(input), tensor(rois), scale, height, width, samples, aligned));
  });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeVision_roiPool(
    JNIEnv* env, jclass, jlong input, jlong rois, jdouble scale, jlong height, jlong width) {
  return guarded(env, [&] {
    return vision::first(env, vision::call("roi_pool", tensor(input), tensor(rois), scale, height, width));
  });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeVision_psRoiAlign(
    JNIEnv* env, jclass, jlong input, jlong rois, jdouble scale, jlong height, jlong width, jlong samples) {
  return guarded(env, [&] {
    return vision::first(env, vision::call("ps_roi_align", tensor(input), tensor(rois), scale, height, width, samples));
  });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeVision_psRoiPool(
    JNIEnv* env, jclass, jlong input, jlong rois, jdouble scale, jlong height, jlong width) {
  return guarded(env, [&] {
    return vision::first(env, vision::call("ps_roi_pool", tensor(input), tensor(rois), scale, height, width));
  });
}

// `options`: stride, padding and dilation, a height and a width each, groups of channels and groups of offsets.
JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeVision_deformConv2d(
    JNIEnv* env, jclass, jlong input, jlong weight, jlong offset, jlong mask, jlong bias, jlongArray options,
    jboolean useMask) {
  return guarded(env, [&] {
    const Integers o(env, options);
    return vision::first(
        env, vision::call(
                 "deform_conv2d", tensor(input), tensor(weight), tensor(offset), tensor(mask), tensor(bias), o[0], o[1],
                 o[2], o[3], o[4], o[5], o[6], o[7], useMask));
  });
}
