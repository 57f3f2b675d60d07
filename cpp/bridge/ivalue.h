// c10::IValue, any value of TorchScript: copied, moved and freed as libtorch does it.
#pragma once

#include "libtorch_abi.h"

namespace c10 {

// Drops a strong reference, also where somebody holds a weak one: all strong references together are one weak one.
inline void dropReference(intrusive_ptr_target* target) {
  constexpr uint64_t WEAK = uint64_t{1} << 32;
  if (static_cast<uint32_t>(target->counts.fetch_sub(1)) != 1) {
    return;
  }
  if (target->counts.load() >> 32 != 1) {
    target->release_resources();
    if (target->counts.fetch_sub(WEAK) >> 32 != 1) {
      return;
    }
  }
  delete target;
}

inline IValue::IValue(at::Tensor tensor) : tag(TENSOR) { new (&payload) at::Tensor(std::move(tensor)); }

// Shares a counted object, such as a module's.
inline IValue::IValue(uint32_t kind, intrusive_ptr_target* target) : payload(target), tag(kind) {
  target->counts.fetch_add(1);
}

inline IValue::IValue(const IValue& other) : payload(other.payload), tag(other.tag) {
  if (tag == TENSOR) {
    new (&payload) at::Tensor(other.tensor());
  } else if (isCounted()) {
    static_cast<intrusive_ptr_target*>(payload)->counts.fetch_add(1);
  }
}

inline IValue::~IValue() {
  if (tag == TENSOR) {
    tensor().~Tensor();
  } else if (isCounted()) {
    dropReference(static_cast<intrusive_ptr_target*>(payload));
  }
}

inline IValue& IValue::operator=(IValue other) noexcept {
  std::swap(payload, other.payload);
  std::swap(tag, other.tag);
  return *this;
}

// Whether the payload points to an object that is counted; a tensor's is too, in its own way.
inline bool IValue::isCounted() const {
  constexpr uint32_t PLAIN = 1u << NONE | 1u << TENSOR | 1u << DOUBLE | 1u << INT | 1u << UINT | 1u << BOOL |
                             1u << DEVICE | 1u << UNINITIALIZED;
  return payload != nullptr && (PLAIN >> tag & 1u) == 0;
}

inline at::Tensor& IValue::tensor() { return reinterpret_cast<at::Tensor&>(payload); }
inline const at::Tensor& IValue::tensor() const { return reinterpret_cast<const at::Tensor&>(payload); }

}  // namespace c10
