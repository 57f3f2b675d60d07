// The names that TorchScript source may use besides its own: `torch` with its types, and `ops` with all operators.
#include <sstream>
#include <unordered_map>

#include "conversions.h"

// What libtorch 2.10's compiler looks names up with, in libtorch's order of virtual functions.
namespace torch::jit {

struct Graph;
struct Scope;
struct Value;

struct SourceRange {
  std::shared_ptr<void> source;
  size_t start;
  size_t end;
  void highlight(std::ostream& out) const;
};
static_assert(sizeof(std::optional<SourceRange>) == 40);

// Of a function that is being compiled, as much as lies before its graph.
struct GraphFunction {
  virtual ~GraphFunction() = default;
  std::vector<std::string> nameParts;
  std::string names[3];
  std::shared_ptr<Graph> graph;
};

Value* insertConstant(
    Graph& graph, const c10::IValue& value, std::optional<SourceRange> place,
    std::optional<c10::intrusive_ptr<Scope, c10::detail::intrusive_target_default_null_type<Scope>>> scope);

// What a name stands for while source is compiled. What is not overridden is an error that shows the place.
struct SugaredValue : std::enable_shared_from_this<SugaredValue> {
  using Pointer = std::shared_ptr<SugaredValue>;

  virtual std::string kind() const = 0;
  virtual Value* asValue(const SourceRange& place, GraphFunction&) { refuse(place); }
  virtual Pointer attr(const SourceRange& place, GraphFunction&, const std::string&) { refuse(place); }
  virtual bool hasAttr(const SourceRange& place, GraphFunction&, const std::string&) { refuse(place); }
  virtual void setAttr(const SourceRange& place, GraphFunction&, const std::string&, Value*) { refuse(place); }
  virtual std::vector<Pointer> asTuple(const SourceRange& place, GraphFunction&, const std::optional<size_t>&) {
    refuse(place);
  }
  virtual Pointer asTupleValue(const SourceRange& place, GraphFunction&) { refuse(place); }
  virtual std::vector<Pointer> asType(const SourceRange& place, GraphFunction&) { refuse(place); }
  virtual Pointer call(const SourceRange& place, GraphFunction&, c10::ArrayRef<void*>, c10::ArrayRef<void*>, size_t) {
    refuse(place);
  }
  virtual Pointer iter(const SourceRange& place, GraphFunction&) { refuse(place); }
  virtual std::optional<int64_t> staticLen() { return std::nullopt; }
  virtual Value* len(const SourceRange& place, GraphFunction&) { refuse(place); }
  virtual Pointer getitem(const SourceRange& place, GraphFunction&, Value*, c10::TypePtr) { refuse(place); }
  virtual ~SugaredValue() = default;

 private:
  [[noreturn]] void refuse(const SourceRange& place) const {
    std::ostringstream message;
    message << kind() << " cannot be used like this:\n";
    place.highlight(message);
    throw std::runtime_error(message.str());
  }
};

// The operators of one namespace; libtorch's own.
struct BuiltinModule : SugaredValue {
  std::string name;
  std::optional<size_t> version;

  explicit BuiltinModule(std::string of) : name(std::move(of)) {}
  std::string kind() const override;
  Pointer attr(const SourceRange& place, GraphFunction& function, const std::string& field) override;
};

struct Resolver {
  virtual ~Resolver() = default;
  virtual SugaredValue::Pointer resolveValue(const std::string& name, GraphFunction& function, const SourceRange& place) = 0;
  virtual c10::TypePtr resolveType(const std::string& name, const SourceRange& place) = 0;
};

}  // namespace torch::jit

using namespace torchbridge;
using namespace torch::jit;

namespace {

// `ops`: its attributes are namespaces.
struct Operators final : SugaredValue {
  std::string kind() const override { return "ops"; }
  Pointer attr(const SourceRange&, GraphFunction&, const std::string& field) override {
    return std::make_shared<BuiltinModule>(field);
  }
};

struct Constant final : SugaredValue {
  int64_t value;

  explicit Constant(int64_t of) : value(of) {}
  std::string kind() const override { return "a constant"; }
  Value* asValue(const SourceRange& place, GraphFunction& function) override {
    constexpr uint32_t INTEGER_TAG = 5;
    c10::IValue constant;
    constant.payload = reinterpret_cast<void*>(value);
    constant.tag = INTEGER_TAG;
    return insertConstant(*function.graph, constant, place, std::nullopt);
  }
};

using Constants = std::unordered_map<std::string, int64_t>;

// `torch`: operators of aten, constants such as types, and `ops`.
struct Torch final : SugaredValue {
  std::shared_ptr<const Constants> constants;
  std::shared_ptr<SugaredValue> aten = std::make_shared<BuiltinModule>("aten");

  explicit Torch(std::shared_ptr<const Constants> named) : constants(std::move(named)) {}
  std::string kind() const override { return "torch"; }
  Pointer attr(const SourceRange& place, GraphFunction& function, const std::string& field) override {
    if (field == "ops") {
      return std::make_shared<Operators>();
    }
    const auto constant = constants->find(field);
    return constant == constants->end() ? aten->attr(place, function, field)
                                        : std::make_shared<Constant>(constant->second);
  }
};

struct Names final : Resolver {
  std::shared_ptr<const Constants> constants;

  explicit Names(Constants named) : constants(std::make_shared<const Constants>(std::move(named))) {}

  SugaredValue::Pointer resolveValue(const std::string& name, GraphFunction&, const SourceRange&) override {
    if (name == "torch") {
      return std::make_shared<Torch>(constants);
    }
    return name == "ops" ? std::make_shared<Operators>() : SugaredValue::Pointer();
  }

  c10::TypePtr resolveType(const std::string&, const SourceRange&) override { return {}; }
};

}  // namespace

// A torch::jit::Resolver, which belongs to the caller.
JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeSource_names(
    JNIEnv* env, jclass, jobjectArray names, jlongArray values) {
  return guarded(env, [&] {
    Constants constants;
    const Integers numbers(env, values);
    for (size_t i = 0; i < numbers.size(); i++) {
      auto name = static_cast<jstring>(env->GetObjectArrayElement(names, static_cast<jsize>(i)));
      constants.emplace(Text(env, name).view(), numbers[i]);
      env->DeleteLocalRef(name);
    }
    return reinterpret_cast<jlong>(static_cast<Resolver*>(new Names(std::move(constants))));
  });
}
