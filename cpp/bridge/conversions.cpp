#include "conversions.h"

#include "ivalue.h"

namespace torchbridge {

Integers::Integers(JNIEnv* env, jlongArray array) : given_(array != nullptr) {
  if (!given_) {
    return;
  }
  const jsize length = env->GetArrayLength(array);
  size_ = static_cast<size_t>(length);
  if (size_ > small_.size()) {
    large_ = std::make_unique<jlong[]>(size_);
    values_ = large_.get();
  }
  env->GetLongArrayRegion(array, 0, length, values_);
}

c10::ArrayRef<c10::SymInt> Integers::symbolic() const {
  for (size_t i = 0; i < size_; i++) {
    torchbridge::symbolic(values_[i]);
  }
  return {reinterpret_cast<const c10::SymInt*>(data()), size_};
}

c10::OptionalArrayRef<long> Integers::optionalIntegers() const {
  return given_ ? c10::OptionalArrayRef<long>{integers()} : c10::OptionalArrayRef<long>{};
}

c10::OptionalArrayRef<c10::SymInt> Integers::optionalSymbolic() const {
  return given_ ? c10::OptionalArrayRef<c10::SymInt>{symbolic()} : c10::OptionalArrayRef<c10::SymInt>{};
}

Tensors::Tensors(JNIEnv* env, jlongArray handles) : pointers_(env, handles) {
  for (size_t i = 0; i < pointers_.size(); i++) {
    pointers_[i] = reinterpret_cast<jlong>(tensor(pointers_[i]).impl());
  }
}

static c10::detail::ListImpl* boxedList(const Integers& handles) {
  std::vector<c10::IValue> values(handles.size());
  for (size_t i = 0; i < handles.size(); i++) {
    if (handles[i] != 0) {
      values[i] = c10::IValue(tensor(handles[i]));
    }
  }
  auto* list = new c10::detail::ListImpl(std::move(values), c10::OptionalType::ofTensor());
  list->counts = (uint64_t{1} << 32) | 1;
  return list;
}

OptionalTensors::OptionalTensors(JNIEnv* env, jlongArray handles) : list(boxedList(Integers(env, handles))) {}

Doubles::Doubles(JNIEnv* env, jdoubleArray array) : given_(array != nullptr) {
  if (given_) {
    const jsize length = env->GetArrayLength(array);
    values_.resize(static_cast<size_t>(length));
    env->GetDoubleArrayRegion(array, 0, length, values_.data());
  }
}

std::optional<c10::ArrayRef<double>> Doubles::optionalList() const {
  return given_ ? std::optional<c10::ArrayRef<double>>(list()) : std::nullopt;
}

Scalars::Scalars(JNIEnv* env, jlongArray parts) {
  const Integers words(env, parts);
  for (size_t i = 0; i + 2 < words.size(); i += 3) {
    values_.push_back(scalar(static_cast<jint>(words[i]), words[i + 1], words[i + 2]));
  }
}

Text::Text(JNIEnv* env, jstring text) : given_(text != nullptr) {
  if (given_) {
    const char* characters = env->GetStringUTFChars(text, nullptr);
    if (characters == nullptr) {
      throw std::bad_alloc();
    }
    text_ = characters;
    env->ReleaseStringUTFChars(text, characters);
  }
}

std::string_view Text::view() const {
  if (!given_) {
    throw std::invalid_argument("a text is needed where null was given");
  }
  return text_;
}

std::optional<std::string_view> Text::optionalView() const {
  return given_ ? std::optional<std::string_view>(text_) : std::nullopt;
}

at::Dimname Text::dimensionName() const {
  const std::string_view name = view();
  return name == "*" ? at::Dimname::wildcard()
                     : at::Dimname::fromSymbol(c10::Symbol::fromQualString("dimname::" + std::string(name)));
}

DimensionNames::DimensionNames(JNIEnv* env, jobjectArray names) : given_(names != nullptr) {
  const jsize length = given_ ? env->GetArrayLength(names) : 0;
  for (jsize i = 0; i < length; i++) {
    auto name = static_cast<jstring>(env->GetObjectArrayElement(names, i));
    names_.push_back(Text(env, name).dimensionName());
    env->DeleteLocalRef(name);
  }
}

std::optional<c10::ArrayRef<at::Dimname>> DimensionNames::optionalList() const {
  return given_ ? std::optional<c10::ArrayRef<at::Dimname>>(list()) : std::nullopt;
}

void Packer::add(std::vector<at::Tensor>&& list) {
  values_.push_back(static_cast<jlong>(list.size()));
  for (at::Tensor& element : list) {
    add(std::move(element));
  }
}

void Packer::add(c10::Scalar&& scalar) {
  values_.insert(values_.end(), {scalar.kind(), scalar.bits(), scalar.imaginary()});
}

void Packer::add(double value) {
  jlong bits;
  static_assert(sizeof(bits) == sizeof(value));
  std::memcpy(&bits, &value, sizeof(bits));
  values_.push_back(bits);
}

std::vector<at::Tensor> tensors(JNIEnv* env, jlongArray handles) {
  const Integers values(env, handles);
  std::vector<at::Tensor> result(values.size());
  for (size_t i = 0; i < values.size(); i++) {
    if (values[i] != 0) {
      result[i] = tensor(values[i]);
    }
  }
  return result;
}

jlongArray handles(JNIEnv* env, std::vector<at::Tensor>&& results) {
  // The array first: if there is no memory for it, the tensors are still those of the list.
  const auto length = static_cast<jsize>(results.size());
  jlongArray array = env->NewLongArray(length);
  if (array == nullptr) {
    return nullptr;
  }
  std::vector<jlong> values;
  values.reserve(results.size());
  for (at::Tensor& result : results) {
    values.push_back(handle(env, new at::Tensor(std::move(result))));
  }
  env->SetLongArrayRegion(array, 0, length, values.data());
  return array;
}

jlongArray longs(JNIEnv* env, const std::vector<jlong>& values) {
  const auto length = static_cast<jsize>(values.size());
  jlongArray array = env->NewLongArray(length);
  if (array != nullptr) {
    env->SetLongArrayRegion(array, 0, length, values.data());
  }
  return array;
}

}  // namespace torchbridge
