// libtorch's tracer, which the failure of an operator ends.
#pragma once

namespace torchbridge {

// To be called when an operator has failed: goes on recording, if this thread was.
void resumeTracing() noexcept;

}  // namespace torchbridge
