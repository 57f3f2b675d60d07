// TorchScript modules: read from memory, written to a stream of Java's, and their methods run.
#include <algorithm>
#include <istream>
#include <ostream>
#include <sstream>
#include <unordered_map>

#include "conversions.h"
#include "ivalue.h"
#include "java.h"

using namespace torchbridge;

using Stack = std::vector<c10::IValue>;
using ExtraFiles = std::unordered_map<std::string, std::string>;

extern "C" {
int32_t aoti_torch_library_init_fragment(const char* space, const char* file, uint32_t line, void** library);
int32_t aoti_torch_library_init_impl(
    const char* space, const char* key, const char* file, uint32_t line, void** library);
int32_t aoti_torch_library_def(void* library, const char* schema);
int32_t aoti_torch_library_impl(void* library, const char* name, void (*kernel)(uint64_t*, uint64_t, uint64_t));
}

namespace torch::jit {
bool getGraphExecutorOptimize();
void setGraphExecutorOptimize(bool enabled);

struct GraphFunction {
  void run(Stack& stack);
};

struct Node {
  std::ostream& print(
      std::ostream& out, size_t level, std::vector<const Node*>* groups, bool locations, bool attributes, bool scopes,
      bool body) const;
};

// Seen by reference only: it has members, which nothing here needs.
struct Module {
  void save(std::ostream& out, const ExtraFiles& extraFiles) const;
};
}  // namespace torch::jit

namespace {

// The begin of c10::FunctionSchema: a name and an overload's, then two vectors of arguments, of which only the bounds count.
struct SchemaLayout {
  struct Vector {
    const char *begin, *end, *capacity;
  };
  std::string name, overload;
  Vector arguments, results;
};
static_assert(sizeof(SchemaLayout::Vector) == sizeof(std::vector<char>) && offsetof(SchemaLayout, arguments) == 64);

// libtorch's choice of executor, a matter of the thread, while a call runs.
class ExecutorChoice {
 public:
  explicit ExecutorChoice(bool profiling) : before_(torch::jit::getGraphExecutorOptimize()) {
    torch::jit::setGraphExecutorOptimize(profiling);
  }
  ExecutorChoice(const ExecutorChoice&) = delete;
  ExecutorChoice& operator=(const ExecutorChoice&) = delete;
  ~ExecutorChoice() { torch::jit::setGraphExecutorOptimize(before_); }

 private:
  bool before_;
};

// What Java code threw that this thread's program called. libtorch's interpreter passes on no more than its text.
thread_local std::shared_ptr<const GlobalReference> thrownByLayer;

void run(jlong function, Stack& stack, jboolean profiling) {
  const ExecutorChoice choice(profiling != 0);
  thrownByLayer = nullptr;
  try {
    reinterpret_cast<torch::jit::GraphFunction*>(function)->run(stack);
  } catch (...) {
    if (thrownByLayer != nullptr) {
      throw JavaException(std::exchange(thrownByLayer, nullptr));
    }
    throw;
  }
}

// The kernel of torchbridge::call_module(int id, Tensor input) -> Tensor. Arguments and result belong to the receiver.
void callModule(uint64_t* stack, uint64_t, uint64_t) {
  JNIEnv* env = environment();
  const std::unique_ptr<at::Tensor> input(reinterpret_cast<at::Tensor*>(stack[1]));
  const jlong output = env->CallStaticLongMethod(
      java.layers, java.callLayer, static_cast<jlong>(stack[0]), reinterpret_cast<jlong>(input.get()));
  try {
    throwPending(env);
  } catch (const JavaException& error) {
    thrownByLayer = error.throwable;
    throw;
  }
  stack[0] = static_cast<uint64_t>(output);
}

void require(int32_t error) {
  if (error != 0) {
    throw std::runtime_error("libtorch does not take the operator torchbridge::call_module");
  }
}

class Memory : public std::streambuf {
 public:
  Memory(char* begin, jlong size) { setg(begin, begin, begin + size); }

 protected:
  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) override {
    char* base = from == std::ios_base::beg ? eback() : from == std::ios_base::cur ? gptr() : egptr();
    if (offset < eback() - base || offset > egptr() - base) {
      return pos_type(off_type(-1));
    }
    setg(eback(), base + offset, egptr());
    return gptr() - eback();
  }
  pos_type seekpos(pos_type position, std::ios_base::openmode which) override {
    return seekoff(off_type(position), std::ios_base::beg, which);
  }
};

// Memory that is read as a stream.
class MemoryInput : private Memory, public std::istream {
 public:
  MemoryInput(char* begin, jlong size) : Memory(begin, size), std::istream(static_cast<Memory*>(this)) {}
};

// A java.io.OutputStream that is written to as a stream. What it throws is thrown by `finish`: streams swallow exceptions.
class JavaOutput : public std::streambuf {
 public:
  JavaOutput(JNIEnv* env, jobject stream)
      : env_(env), stream_(stream), write_(env->GetMethodID(env->GetObjectClass(stream), "write", "([BII)V")) {}

  void finish() const {
    if (failure_ != nullptr) {
      std::rethrow_exception(failure_);
    }
  }

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    constexpr std::streamsize CHUNK = 1 << 20;
    std::streamsize written = 0;
    while (written < count && failure_ == nullptr) {
      const auto length = static_cast<jsize>(std::min(count - written, CHUNK));
      try {
        write(bytes + written, length);
        written += length;
      } catch (...) {
        failure_ = std::current_exception();
      }
    }
    return written;
  }
  int_type overflow(int_type character) override {
    const char byte = traits_type::to_char_type(character);
    return xsputn(&byte, 1) == 1 ? character : traits_type::eof();
  }

 private:
  void write(const char* bytes, jsize length) {
    const LocalFrame frame(env_);
    jbyteArray array = env_->NewByteArray(length);
    throwPending(env_);
    env_->SetByteArrayRegion(array, 0, length, reinterpret_cast<const jbyte*>(bytes));
    env_->CallVoidMethod(stream_, write_, array, 0, length);
    throwPending(env_);
  }

  JNIEnv* env_;
  jobject stream_;
  jmethodID write_;
  std::exception_ptr failure_;
};

std::string bytes(JNIEnv* env, jbyteArray array) {
  std::string result(static_cast<size_t>(env->GetArrayLength(array)), '\0');
  env->GetByteArrayRegion(array, 0, static_cast<jsize>(result.size()), reinterpret_cast<jbyte*>(result.data()));
  return result;
}

std::string bytes(JNIEnv* env, jobjectArray arrays, jsize index) {
  const LocalFrame frame(env);
  return bytes(env, static_cast<jbyteArray>(env->GetObjectArrayElement(arrays, index)));
}

}  // namespace

JNI_FUNCTION jlong JNICALL
Java_org_torchbridge_internal_NativeScript_openInput(JNIEnv* env, jclass, jlong address, jlong size) {
  return guarded(env, [&] {
    return reinterpret_cast<jlong>(
        static_cast<std::istream*>(new MemoryInput(reinterpret_cast<char*>(address), size)));
  });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeScript_closeInput(JNIEnv*, jclass, jlong stream) {
  delete reinterpret_cast<std::istream*>(stream);
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeScript_save(
    JNIEnv* env, jclass, jlong module, jobject stream, jobjectArray namesAndContents) {
  guarded(env, [&] {
    ExtraFiles extraFiles;
    for (jsize i = 0; i < env->GetArrayLength(namesAndContents); i += 2) {
      extraFiles[bytes(env, namesAndContents, i)] = bytes(env, namesAndContents, i + 1);
    }
    JavaOutput output(env, stream);
    std::ostream out(&output);
    try {
      reinterpret_cast<const torch::jit::Module*>(module)->save(out, extraFiles);
    } catch (...) {
      output.finish();
      throw;
    }
    output.finish();
  });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeScript_raise(JNIEnv* env, jclass, jbyteArray message) {
  guarded(env, [&] { throw std::runtime_error(bytes(env, message)); });
}

JNI_FUNCTION void JNICALL
Java_org_torchbridge_internal_NativeScript_run(JNIEnv* env, jclass, jlong function, jlong stack, jboolean profiling) {
  guarded(env, [&] { run(function, *reinterpret_cast<Stack*>(stack), profiling); });
}

JNI_FUNCTION jbyteArray JNICALL Java_org_torchbridge_internal_NativeScript_text(JNIEnv* env, jclass, jlong node) {
  return guarded(env, [&] {
    std::ostringstream out;
    reinterpret_cast<const torch::jit::Node*>(node)->print(out, 0, nullptr, false, true, false, false);
    const std::string text = out.str();
    const auto length = static_cast<jsize>(text.size());
    jbyteArray result = env->NewByteArray(length);
    throwPending(env);
    env->SetByteArrayRegion(result, 0, length, reinterpret_cast<const jbyte*>(text.data()));
    return result;
  });
}

JNI_FUNCTION jlongArray JNICALL
Java_org_torchbridge_internal_NativeScript_schemaPart(JNIEnv* env, jclass, jlong schema, jboolean results) {
  return guarded(env, [&] {
    const auto* layout = reinterpret_cast<const SchemaLayout*>(schema);
    const SchemaLayout::Vector& part = results ? layout->results : layout->arguments;
    return longs(env, {reinterpret_cast<jlong>(part.begin), reinterpret_cast<jlong>(part.end)});
  });
}

JNI_FUNCTION void JNICALL Java_org_torchbridge_internal_NativeScript_registerLayers(JNIEnv* env, jclass) {
  guarded(env, [] {
    // Never freed: the operator stays as long as libtorch does.
    void* schemas = nullptr;
    require(aoti_torch_library_init_fragment("torchbridge", "script.cpp", 0, &schemas));
    require(aoti_torch_library_def(schemas, "call_module(int id, Tensor input) -> Tensor"));
    void* kernels = nullptr;
    require(aoti_torch_library_init_impl("torchbridge", "CompositeImplicitAutograd", "script.cpp", 0, &kernels));
    require(aoti_torch_library_impl(kernels, "call_module", &callModule));
  });
}

JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeScript_call(
    JNIEnv* env, jclass, jlong object, jlong function, jlong input, jboolean profiling) {
  return guarded(env, [&] {
    Stack stack;
    stack.reserve(2);
    stack.emplace_back(c10::IValue::OBJECT, reinterpret_cast<c10::intrusive_ptr_target*>(object));
    stack.emplace_back(tensor(input));
    run(function, stack, profiling);
    return handle(env, new at::Tensor(std::move(stack.at(0).tensor())));
  });
}
