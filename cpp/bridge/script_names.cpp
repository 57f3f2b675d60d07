// The names that TorchScript source may use besides its own: `torch` with its types, `math`, and `ops` with all operators.
#include <limits>
#include <sstream>
#include <unordered_map>

#include "conversions.h"
#include "ivalue.h"

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

// A call that the compiler treats in its own way; libtorch's own.
struct SpecialFormValue : SugaredValue {
  c10::Symbol form;

  explicit SpecialFormValue(c10::Symbol of) : form(of) {}
  std::string kind() const override;
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
  c10::IValue value;

  Constant(uint32_t tag, int64_t bits) {
    value.tag = tag;
    std::memcpy(&value.payload, &bits, sizeof(bits));
  }
  std::string kind() const override { return "a constant"; }
  Value* asValue(const SourceRange& place, GraphFunction& function) override {
    return insertConstant(*function.graph, value, place, std::nullopt);
  }
};

std::shared_ptr<Constant> constant(int64_t value) {
  return std::make_shared<Constant>(c10::IValue::INT, value);
}

std::shared_ptr<Constant> constant(double value) {
  int64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return std::make_shared<Constant>(c10::IValue::DOUBLE, bits);
}

using Attributes = std::unordered_map<std::string, SugaredValue::Pointer>;

// A module of Python's: some attributes of its own, and the operators of aten.
struct Module final : SugaredValue {
  const std::string name;
  const Attributes attributes;
  const Pointer aten = std::make_shared<BuiltinModule>("aten");

  Module(std::string of, Attributes own) : name(std::move(of)), attributes(std::move(own)) {}
  std::string kind() const override { return name; }
  Pointer attr(const SourceRange& place, GraphFunction& function, const std::string& field) override {
    const auto own = attributes.find(field);
    return own == attributes.end() ? aten->attr(place, function, field) : own->second;
  }
};

std::shared_ptr<SpecialFormValue> specialForm(const char* symbol) {
  return std::make_shared<SpecialFormValue>(c10::Symbol::fromQualString(symbol));
}

struct Names final : Resolver {
  Attributes names;

  explicit Names(Attributes torch) {
    names["ops"] = torch["ops"] = std::make_shared<Operators>();
    torch["jit"] = std::make_shared<Module>(
        "torch.jit",
        Attributes{{"annotate", specialForm("prim::annotate")}, {"fork", specialForm("prim::fork")}});
    names["torch"] = std::make_shared<Module>("torch", std::move(torch));
    names["math"] = std::make_shared<Module>(
        "math", Attributes{
                    {"pi", constant(3.14159265358979323846)},
                    {"e", constant(2.7182818284590452354)},
                    {"inf", constant(std::numeric_limits<double>::infinity())},
                    {"nan", constant(std::numeric_limits<double>::quiet_NaN())}});
  }

  SugaredValue::Pointer resolveValue(const std::string& name, GraphFunction&, const SourceRange&) override {
    const auto found = names.find(name);
    return found == names.end() ? nullptr : found->second;
  }

  c10::TypePtr resolveType(const std::string&, const SourceRange&) override { return {}; }
};

}  // namespace

// A torch::jit::Resolver, which belongs to the caller.
JNI_FUNCTION jlong JNICALL Java_org_torchbridge_internal_NativeSource_names(
    JNIEnv* env, jclass, jobjectArray names, jlongArray values) {
  return guarded(env, [&] {
    Attributes attributes;
    const Integers numbers(env, values);
    for (size_t i = 0; i < numbers.size(); i++) {
      auto name = static_cast<jstring>(env->GetObjectArrayElement(names, static_cast<jsize>(i)));
      attributes.emplace(Text(env, name).view(), constant(int64_t{numbers[i]}));
      env->DeleteLocalRef(name);
    }
    return reinterpret_cast<jlong>(static_cast<Resolver*>(new Names(std::move(attributes))));
  });
}
