#include "errors.h"

#include <new>
#include <string>

#include "java.h"
#include "libtorch_abi.h"
#include "modes.h"

namespace torchbridge {

static void raise(JNIEnv* env, const std::string& message, bool outOfMemory) noexcept {
  const std::shared_ptr<const GlobalReference> forward = takeForwardCall();
  if (env->ExceptionCheck()) {
    return;
  }
  jclass type = env->FindClass("org/torchbridge/TorchException");
  jmethodID method = type == nullptr ? nullptr : env->GetStaticMethodID(type, "raise", "([BZLjava/lang/Throwable;)V");
  const auto length = static_cast<jsize>(message.size());
  jbyteArray bytes = method == nullptr ? nullptr : env->NewByteArray(length);
  if (bytes != nullptr) {
    env->SetByteArrayRegion(bytes, 0, length, reinterpret_cast<const jbyte*>(message.data()));
    env->CallStaticVoidMethod(type, method, bytes, static_cast<jboolean>(outOfMemory), forward == nullptr ? nullptr : forward->get());
  }
}

void raise(JNIEnv* env) noexcept {
  try {
    throw;
  } catch (const JavaException& error) {
    env->Throw(static_cast<jthrowable>(error.throwable->get()));
  } catch (const c10::OutOfMemoryError& error) {
    raise(env, error.msg_, true);
  } catch (const c10::Error& error) {
    // what() would symbolise the C++ stack, which takes milliseconds.
    raise(env, error.msg_, error.msg_.find("can't allocate memory") != std::string::npos);
  } catch (const std::bad_alloc&) {
    raise(env, "the native heap is exhausted", true);
  } catch (const std::exception& error) {
    raise(env, error.what(), false);
  } catch (...) {
    raise(env, "a native exception of unknown type", false);
  }
}

}  // namespace torchbridge
