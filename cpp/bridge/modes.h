// libtorch's engine for gradients, as Java extends it.
#pragma once

#include "java.h"

namespace torchbridge {

// Puts an engine in the place of libtorch's own that knows Java's hooks for saved tensors and Java's stack.
void installEngine();

// A Java Throwable that was made where the failing function was called forwards, if that was recorded; taken once.
std::shared_ptr<const GlobalReference> takeForwardCall() noexcept;

}  // namespace torchbridge
