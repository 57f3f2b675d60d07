// Operators whose kernel is Java's.
#include <functional>
#include <typeindex>

#include "conversions.h"
#include "java.h"

// The dispatcher, as far as a kernel's registration needs it.
namespace c10 {

class OperatorHandle;
using Stack = std::vector<IValue>;

struct OperatorKernel {
  virtual ~OperatorKernel() = default;
  virtual void release_resources() {}
  std::atomic<uint64_t> counts{(uint64_t{1} << 32) | 1};
};
static_assert(sizeof(OperatorKernel) == sizeof(intrusive_ptr_target));

struct DispatchKeySet {
  uint64_t keys;
};

// A kernel that takes its arguments from a stack and puts its results there. It never counts, so its functor stays.
struct KernelFunction {
  using Boxed = void(OperatorKernel*, const OperatorHandle&, DispatchKeySet, Stack*);

  OperatorKernel* functor_;
  Boxed* boxed_;
  void* unboxed_ = nullptr;
  void* symbolicUnboxed_ = nullptr;
  void* tokens_ = nullptr;

  KernelFunction(OperatorKernel* functor, Boxed* boxed) : functor_(functor), boxed_(boxed) {}
  KernelFunction(const KernelFunction&) = delete;
  KernelFunction& operator=(const KernelFunction&) = delete;
  ~KernelFunction() {}
};
static_assert(sizeof(KernelFunction) == 40);

enum class DispatchKey : uint16_t {};
DispatchKey parseDispatchKey(const std::string& name);
struct FunctionSchema {};
namespace impl {
struct CppSignature {
  std::type_index type;
};
}  // namespace impl

struct OperatorName {
  std::string name;
  std::string overload;
};

struct RegistrationHandleRAII {
  std::function<void()> undo;
};

struct Dispatcher {
  static Dispatcher& realSingleton();
  RegistrationHandleRAII registerImpl(
      OperatorName name, std::optional<DispatchKey> key, KernelFunction kernel, std::optional<impl::CppSignature> signature,
      std::unique_ptr<FunctionSchema> inferred, std::string origin);
};

}  // namespace c10

using namespace torchbridge;

namespace {

// A Java exception of a kernel. TorchScript's interpreter keeps nothing of it but the text, which says where Java has it.
struct FailedKernel final : JavaException {
  std::string text;
  FailedKernel(const JavaException& failure, std::string description) : JavaException(failure), text(std::move(description)) {}
  const char* what() const noexcept override { return text.c_str(); }
};

// A kernel that is a Java object of type OperatorKernel.
struct JavaKernel final : c10::OperatorKernel {
  JavaKernel(JNIEnv* env, jobject kernel) : kernel_(env, kernel) {
    jclass type = env->GetObjectClass(kernel);
    run_ = env->GetMethodID(type, "run", "(J)V");
    describe_ = env->ExceptionCheck()
                    ? nullptr
                    : env->GetMethodID(type, "describe", "(Ljava/lang/Throwable;)Ljava/lang/String;");
    throwPending(env);
  }

  static void call(OperatorKernel* kernel, const c10::OperatorHandle&, c10::DispatchKeySet, c10::Stack* stack) {
    static_cast<const JavaKernel*>(kernel)->run(stack);
  }

 private:
  void run(c10::Stack* stack) const {
    JNIEnv* env = environment();
    const LocalFrame frame(env);
    env->CallVoidMethod(kernel_.get(), run_, reinterpret_cast<jlong>(stack));
    try {
      throwPending(env);
    } catch (const JavaException& failure) {
      auto description = env->CallObjectMethod(kernel_.get(), describe_, failure.throwable->get());
      throwPending(env);
      throw FailedKernel(failure, std::string(Text(env, static_cast<jstring>(description)).view()));
    }
  }

  GlobalReference kernel_;
  jmethodID run_;
  jmethodID describe_;
};

}  // namespace

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeKernel_register(
    JNIEnv* env, jclass, jstring name, jstring overload, jobject kernel) {
  guarded(env, [&] {
    auto functor = std::make_unique<JavaKernel>(env, kernel);
    // Destroying the handle would take the kernel away from programs that hold on to the operator.
    new c10::RegistrationHandleRAII(c10::Dispatcher::realSingleton().registerImpl(
        {std::string(Text(env, name).view()), std::string(Text(env, overload).view())},
        c10::parseDispatchKey("CompositeImplicitAutograd"), {functor.release(), JavaKernel::call}, std::nullopt, nullptr, "Java"));
  });
}
