#include "java.h"

#include <cstdlib>

#include "conversions.h"
#include "modes.h"

namespace torchbridge {

JavaNames java;

namespace {

JavaVM* javaVm = nullptr;

// Set when the process ends. The JVM then lets nobody leave, and libtorch waits for its threads to end.
std::atomic<bool> ending{false};

// Tells the JVM when a thread ends that was attached to it: nobody else does.
struct Attachment {
  bool made = false;
  ~Attachment() {
    if (made && !ending) {
      javaVm->DetachCurrentThread();
    }
  }
};
thread_local Attachment attachment;

// Null once the JVM has ended.
JNIEnv* environmentIfAny() noexcept {
  void* env = nullptr;
  if (javaVm->GetEnv(&env, JNI_VERSION_1_8) == JNI_OK) {
    return static_cast<JNIEnv*>(env);
  }
  static char name[] = "torchbridge-backward";
  JavaVMAttachArgs arguments{JNI_VERSION_1_8, name, nullptr};
  if (javaVm->AttachCurrentThreadAsDaemon(&env, &arguments) != JNI_OK) {
    return nullptr;
  }
  attachment.made = true;
  // Once for each thread: this has to run before the end of the pool that the thread is in, so it comes later.
  std::atexit([] { ending = true; });
  auto* attached = static_cast<JNIEnv*>(env);
  attached->CallStaticVoidMethod(java.thread, java.attached);
  attached->ExceptionClear();
  return attached;
}

// Looks names up; after the first that is missing, an exception is pending and the others are null.
class Lookup {
 public:
  explicit Lookup(JNIEnv* env) : env_(env) {}

  jclass type(const char* name) {
    jclass found = env_->ExceptionCheck() ? nullptr : env_->FindClass(name);
    return found == nullptr ? nullptr : static_cast<jclass>(env_->NewGlobalRef(found));
  }

  jmethodID method(jclass type, const char* name, const char* signature) {
    return type == nullptr ? nullptr : env_->GetMethodID(type, name, signature);
  }

  jmethodID staticMethod(jclass type, const char* name, const char* signature) {
    return type == nullptr ? nullptr : env_->GetStaticMethodID(type, name, signature);
  }

 private:
  JNIEnv* env_;
};

}  // namespace

JNIEnv* environment() {
  JNIEnv* env = environmentIfAny();
  if (env == nullptr) {
    throw std::runtime_error("the JVM takes no more threads");
  }
  return env;
}

GlobalReference::GlobalReference(JNIEnv* env, jobject object) : object_(env->NewGlobalRef(object)) {
  if (object_ == nullptr) {
    throw std::bad_alloc();
  }
}

GlobalReference::~GlobalReference() {
  JNIEnv* env = environmentIfAny();
  if (env != nullptr) {
    env->DeleteGlobalRef(object_);
  }
}

void throwPending(JNIEnv* env) {
  jthrowable thrown = env->ExceptionOccurred();
  if (thrown != nullptr) {
    env->ExceptionClear();
    auto reference = std::make_shared<const GlobalReference>(env, thrown);
    env->DeleteLocalRef(thrown);
    throw JavaException(std::move(reference));
  }
}

LocalFrame::LocalFrame(JNIEnv* env) : env_(env) {
  constexpr jint REFERENCES = 8;
  if (env->PushLocalFrame(REFERENCES) != 0) {
    throwPending(env);
  }
}

// Takes the tensors out of handles that a callback has given away.
static std::vector<at::Tensor> taken(JNIEnv* env, jlongArray handles) {
  const Integers values(env, handles);
  std::vector<at::Tensor> result(values.size());
  for (size_t i = 0; i < values.size(); i++) {
    if (values[i] != 0) {
      const std::unique_ptr<at::Tensor> owned(reinterpret_cast<at::Tensor*>(values[i]));
      result[i] = std::move(*owned);
    }
  }
  return result;
}

std::optional<std::vector<at::Tensor>> Callback::operator()(std::vector<at::Tensor> arguments) const {
  JNIEnv* env = environment();
  const LocalFrame frame(env);
  jlongArray passed = handles(env, std::move(arguments));
  jobject result = passed == nullptr ? nullptr : env->CallObjectMethod(object(), java.call, passed);
  throwPending(env);
  return result == nullptr ? std::nullopt : std::optional(taken(env, static_cast<jlongArray>(result)));
}

}  // namespace torchbridge

JNI_FUNCTION jint JNICALL JNI_OnLoad(JavaVM* vm, void*) {
  using torchbridge::java;
  torchbridge::javaVm = vm;
  JNIEnv* env = torchbridge::environment();
  torchbridge::Lookup look(env);
  java.exception = look.type("org/torchbridge/TorchException");
  java.raise = look.staticMethod(java.exception, "raise", "([BZLjava/lang/Throwable;)V");
  java.addSuppressed = look.method(java.exception, "addSuppressed", "(Ljava/lang/Throwable;)V");
  java.forwardCall = look.type("org/torchbridge/internal/ForwardCall");
  java.newForwardCall = look.method(java.forwardCall, "<init>", "()V");
  java.memory = look.type("org/torchbridge/internal/NativeMemory");
  java.collect = look.staticMethod(java.memory, "collect", "()V");
  java.thread = look.type("org/torchbridge/internal/NativeThread");
  java.attached = look.staticMethod(java.thread, "attached", "()V");
  java.layers = look.type("org/torchbridge/internal/JavaLayers");
  java.callLayer = look.staticMethod(java.layers, "call", "(JJ)J");
  java.call = look.method(look.type("org/torchbridge/internal/TensorCallback"), "call", "([J)[J");
  java.pack = look.method(
      look.type("org/torchbridge/internal/TensorPacker"), "pack", "(J)Lorg/torchbridge/internal/TensorCallback;");
  if (env->ExceptionCheck()) {
    return JNI_ERR;
  }
  torchbridge::installEngine();
  return JNI_VERSION_1_8;
}
