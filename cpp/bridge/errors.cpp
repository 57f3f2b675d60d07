#include "errors.h"

#include <new>
#include <string>

#include "java.h"
#include "libtorch_abi.h"
#include "tracer.h"

namespace torchbridge {

static void raise(JNIEnv* env, const std::string& message, bool outOfMemory, jobject forwardCall) noexcept {
  if (env->ExceptionCheck()) {
    return;
  }
  const auto length = static_cast<jsize>(message.size());
  jbyteArray bytes = env->NewByteArray(length);
  if (bytes != nullptr) {
    env->SetByteArrayRegion(bytes, 0, length, reinterpret_cast<const jbyte*>(message.data()));
    env->CallStaticVoidMethod(java.exception, java.raise, bytes, static_cast<jboolean>(outOfMemory), forwardCall);
  }
}

static void raise(JNIEnv* env, jthrowable thrown, jobject forwardCall) noexcept {
  if (forwardCall != nullptr) {
    env->CallVoidMethod(thrown, java.addSuppressed, forwardCall);
    env->ExceptionClear();
  }
  env->Throw(thrown);
}

static void raise(JNIEnv* env, jobject forwardCall) noexcept {
  try {
    throw;
  } catch (const FailedBackward& failure) {
    try {
      std::rethrow_exception(failure.cause);
    } catch (...) {
      raise(env, failure.call->get());
    }
  } catch (const JavaException& error) {
    raise(env, static_cast<jthrowable>(error.throwable->get()), forwardCall);
  } catch (const c10::OutOfMemoryError& error) {
    raise(env, error.msg_, true, forwardCall);
  } catch (const c10::Error& error) {
    // what() would symbolise the C++ stack, which takes milliseconds.
    raise(env, error.msg_, error.msg_.find("can't allocate memory") != std::string::npos, forwardCall);
  } catch (const std::bad_alloc&) {
    raise(env, "the native heap is exhausted", true, forwardCall);
  } catch (const std::exception& error) {
    raise(env, error.what(), false, forwardCall);
  } catch (...) {
    raise(env, "a native exception of unknown type", false, forwardCall);
  }
}

void raise(JNIEnv* env) noexcept {
  resumeTracing();
  raise(env, nullptr);
}

}  // namespace torchbridge
