#include "java.h"

#include "conversions.h"
#include "modes.h"

namespace torchbridge {

static JavaVM* javaVm = nullptr;
static jmethodID callMethod = nullptr;

JNIEnv* environment() {
  JNIEnv* env = nullptr;
  if (javaVm->GetEnv(reinterpret_cast<void**>(&env), JNI_VERSION_1_8) != JNI_OK &&
      javaVm->AttachCurrentThreadAsDaemon(reinterpret_cast<void**>(&env), nullptr) != JNI_OK) {
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
  JNIEnv* env = nullptr;
  if (javaVm->GetEnv(reinterpret_cast<void**>(&env), JNI_VERSION_1_8) == JNI_OK ||
      javaVm->AttachCurrentThreadAsDaemon(reinterpret_cast<void**>(&env), nullptr) == JNI_OK) {
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
  jobject result = passed == nullptr ? nullptr : env->CallObjectMethod(object(), callMethod, passed);
  throwPending(env);
  return result == nullptr ? std::nullopt : std::optional(taken(env, static_cast<jlongArray>(result)));
}

}  // namespace torchbridge

JNI_FUNCTION jint JNICALL JNI_OnLoad(JavaVM* vm, void*) {
  torchbridge::javaVm = vm;
  JNIEnv* env = torchbridge::environment();
  jclass type = env->FindClass("org/torchbridge/internal/TensorCallback");
  if (type == nullptr) {
    return JNI_ERR;
  }
  torchbridge::callMethod = env->GetMethodID(type, "call", "([J)[J");
  torchbridge::installEngine();
  return JNI_VERSION_1_8;
}
