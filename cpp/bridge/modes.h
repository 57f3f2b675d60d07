// libtorch's engine for gradients, as Java extends it.
#pragma once

#include "java.h"

namespace torchbridge {

// Puts an engine in the place of libtorch's own that knows Java's hooks for saved tensors and Java's stack.
void installEngine();

}  // namespace torchbridge
