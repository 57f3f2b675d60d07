// From libtorch's threads back to Java: references that outlive a call, and callbacks.
#pragma once

#include <jni.h>

#include <exception>
#include <memory>
#include <optional>
#include <vector>

#include "libtorch_abi.h"

namespace torchbridge {

// What native code calls of Java. It is looked up when the library is loaded, by the class loader that loads it, which
// libtorch's threads do not know. The classes are never let go of: the library has to stay, since libtorch points into it.
struct JavaNames {
  jclass exception, forwardCall, memory, thread, layers;
  jmethodID raise, newForwardCall, collect, attached, callLayer;
  jmethodID call, pack, addSuppressed;
};
extern JavaNames java;

// The calling thread's environment. A thread of libtorch's is attached when it first needs one, until it ends.
JNIEnv* environment();

// Keeps a Java object alive.
class GlobalReference {
 public:
  GlobalReference(JNIEnv* env, jobject object);
  GlobalReference(const GlobalReference&) = delete;
  GlobalReference& operator=(const GlobalReference&) = delete;
  ~GlobalReference();
  jobject get() const { return object_; }

 private:
  jobject object_;
};

// A Java exception on its way through libtorch: `raise` throws the same object again on the other side.
struct JavaException : std::exception {
  std::shared_ptr<const GlobalReference> throwable;
  explicit JavaException(std::shared_ptr<const GlobalReference> thrown) : throwable(std::move(thrown)) {}
  const char* what() const noexcept override { return "Java code that libtorch called threw an exception"; }
};

// An exception of a function in backward, with the Java Throwable that was made where the function was called forwards.
struct FailedBackward : std::exception {
  std::exception_ptr cause;
  std::shared_ptr<const GlobalReference> call;
  FailedBackward(std::exception_ptr failure, std::shared_ptr<const GlobalReference> forward)
      : cause(std::move(failure)), call(std::move(forward)) {}
  const char* what() const noexcept override { return "a function failed in backward"; }
};

// Turns a pending Java exception into a C++ one.
void throwPending(JNIEnv* env);

// Frees the local references that are made while it exists: libtorch may call back often within one native method.
class LocalFrame {
 public:
  explicit LocalFrame(JNIEnv* env);
  LocalFrame(const LocalFrame&) = delete;
  LocalFrame& operator=(const LocalFrame&) = delete;
  ~LocalFrame() { env_->PopLocalFrame(nullptr); }

 private:
  JNIEnv* env_;
};

// A TensorCallback of Java's.
class Callback {
 public:
  Callback(JNIEnv* env, jobject callback) : reference_(env, callback) {}

  jobject object() const { return reference_.get(); }

  // What it returns; nothing where that is null.
  std::optional<std::vector<at::Tensor>> operator()(std::vector<at::Tensor> arguments) const;

 private:
  GlobalReference reference_;
};

}  // namespace torchbridge
