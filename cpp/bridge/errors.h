// C++ exceptions become Java exceptions at the edge: none may cross it.
#pragma once

#include <jni.h>

#include <stdexcept>

namespace torchbridge {

// To be called in a catch block: leaves a pending TorchException that says what the current C++ exception says.
void raise(JNIEnv* env) noexcept;

// Runs the body of a JNI function.
template <class Body>
auto guarded(JNIEnv* env, Body&& body) noexcept -> decltype(body()) {
  try {
    return body();
  } catch (...) {
    raise(env);
    return decltype(body())();
  }
}

}  // namespace torchbridge
