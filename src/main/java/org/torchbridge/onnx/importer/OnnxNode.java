package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;
import org.torchbridge.onnx.proto.AttributeProto;
import org.torchbridge.onnx.proto.AttributeProto.AttributeType;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.NodeProto;
import org.torchbridge.onnx.proto.TensorProto;
import org.torchbridge.onnx.proto.TypeProto;

/**
 * A node as its rule sees it: attributes with defaults, and inputs in the form that the rule asks for. Attributes and inputs
 * that a rule never asks for count as unsupported if a model has them; {@link #ignore} is for those without meaning here.
 */
public final class OnnxNode {
    /** Operators that are the whole of a layer of PyTorch's. */
    private static final Set<String> LAYERS = Set.of(
            "Conv",
            "ConvTranspose",
            "Gemm",
            "Gather",
            "BatchNormalization",
            "InstanceNormalization",
            "LayerNormalization");

    private final NodeProto proto;
    private final long version;
    private final String place;
    private final Conversion conversion;
    private final Attributes attributes;
    private final List<@Nullable Carried> inputs;
    private final Set<Integer> seen = new HashSet<>();

    OnnxNode(
            NodeProto proto,
            long version,
            String place,
            Conversion conversion,
            List<AttributeProto> attributes,
            List<@Nullable Carried> inputs) {
        this.proto = proto;
        this.version = version;
        this.place = place;
        this.conversion = conversion;
        this.attributes = new Attributes(attributes);
        this.inputs = inputs;
    }

    // ---- what it is

    public String operator() {
        return proto.getOpType();
    }

    public String domain() {
        return proto.getDomain();
    }

    /** The version of the domain's operators that the model was made for. */
    public long version() {
        return version;
    }

    /** Its name, or that of its first output. */
    public String place() {
        return place;
    }

    /**
     * The dotted path of the module that its name, what is noted beside it, or else its weights say it is of; empty if nothing
     * does. A convolution into which a normalisation was folded is noted as that, but has the convolution's weights.
     */
    public String scope() {
        String noted = TorchMetadata.scope(proto);
        String named = noted != null ? noted : Names.scope(proto.getName());
        boolean open = named.isEmpty() && !proto.getName().startsWith("/");
        String owner = open && LAYERS.contains(operator())
                        || noted != null && operator().startsWith("Conv")
                ? owner()
                : null;
        return owner == null ? named : owner;
    }

    /** The module that has all weights of the node; null if there is none, or no person has named them. */
    private @Nullable String owner() {
        Set<String> owners = new HashSet<>();
        for (Carried input : inputs) {
            if (input instanceof Known known && known.isWeight()) {
                String name = known.name();
                owners.add(
                        Names.isMadeUp(name) || !name.contains(".")
                                ? ""
                                : Names.clean(name.replaceFirst("\\.[^.]*$", "")));
            }
        }
        return owners.size() == 1 && !owners.contains("") ? owners.iterator().next() : null;
    }

    /** For a use of the operator that the rule has no way to write. */
    public RuntimeException unsupported(String reason) {
        return new UnsupportedUse(this, reason);
    }

    /** For a node that breaks the rules of its operator. */
    public FileFormatException broken(String what) {
        return new FileFormatException(what);
    }

    // ---- attributes

    public boolean hasAttribute(String name) {
        return attributes.find(name) != null;
    }

    public long integer(String name) {
        return attributes.get(name, AttributeType.INT).getI();
    }

    public long integer(String name, long otherwise) {
        AttributeProto found = attributes.find(name, AttributeType.INT);
        return found == null ? otherwise : found.getI();
    }

    /** An integer that stands for a truth value. */
    public boolean flag(String name, boolean otherwise) {
        return integer(name, otherwise ? 1 : 0) != 0;
    }

    public double real(String name) {
        return attributes.get(name, AttributeType.FLOAT).getF();
    }

    /** A number of single precision, at its shortest decimal: {@code 0.1} is 0.1. */
    public double real(String name, double otherwise) {
        AttributeProto found = attributes.find(name, AttributeType.FLOAT);
        return found == null ? otherwise : Double.parseDouble(Float.toString(found.getF()));
    }

    public String text(String name) {
        return attributes.get(name, AttributeType.STRING).getS().toStringUtf8();
    }

    public String text(String name, String otherwise) {
        AttributeProto found = attributes.find(name, AttributeType.STRING);
        return found == null ? otherwise : found.getS().toStringUtf8();
    }

    /** A text that is one of these, of which the first is the default; others are not supported. */
    public String oneOf(String name, String... known) {
        String value = text(name, known[0]);
        if (!List.of(known).contains(value)) {
            throw unsupported(name + " " + value);
        }
        return value;
    }

    /** A list of integers; null if the node has none. */
    public long @Nullable [] integers(String name) {
        AttributeProto found = attributes.find(name, AttributeType.INTS);
        return found == null
                ? null
                : found.getIntsList().stream().mapToLong(Long::longValue).toArray();
    }

    public long[] integers(String name, long... otherwise) {
        long[] found = integers(name);
        return found == null ? otherwise : found;
    }

    /** A list of numbers; null if the node has none. */
    public @Nullable List<Double> reals(String name) {
        AttributeProto found = attributes.find(name, AttributeType.FLOATS);
        return found == null
                ? null
                : found.getFloatsList().stream()
                        .map(each -> Double.parseDouble(each.toString()))
                        .toList();
    }

    /** A list of texts; null if the node has none. */
    public @Nullable List<String> texts(String name) {
        AttributeProto found = attributes.find(name, AttributeType.STRINGS);
        return found == null ? null : Attributes.texts(found.getStringsList());
    }

    /** A tensor, as the file has it. */
    public TensorProto tensorAttribute(String name) {
        return attributes.get(name, AttributeType.TENSOR).getT();
    }

    /** The element type that an attribute has the number of. */
    public ElementType elementAttribute(String name, ElementType otherwise) {
        return ElementType.of((int) integer(name, otherwise.code()));
    }

    public GraphProto graph(String name) {
        return attributes.get(name, AttributeType.GRAPH).getG();
    }

    /** A type; null if the node has none. */
    public @Nullable TypeProto type(String name) {
        AttributeProto found = attributes.find(name, AttributeType.TYPE_PROTO);
        return found == null ? null : found.getTp();
    }

    /** The attribute itself, whatever its kind; null if the node has none. */
    public @Nullable AttributeProto attribute(String name) {
        return attributes.find(name);
    }

    /** Says that these attributes, if there are any, change nothing here. */
    public void ignore(String... names) {
        for (String name : names) {
            attributes.see(name);
        }
    }

    // ---- inputs

    /** How many inputs are written down, those left out in between included. */
    public int inputs() {
        return inputs.size();
    }

    /** Whether an optional input is given. */
    public boolean has(int input) {
        seen.add(input);
        return input < inputs.size() && inputs.get(input) != null;
    }

    /** Says that an input, if it is given, changes nothing here. */
    public void ignoreInput(int input) {
        seen.add(input);
    }

    /** An input as a tensor of the program. */
    public Value tensor(int input) {
        return conversion.tensor(carried(input));
    }

    /** An optional input as a tensor of the program; null if it is not given. */
    public @Nullable Value tensorOrNull(int input) {
        return has(input) ? tensor(input) : null;
    }

    /** Every input as a tensor: for operators that take any number. */
    public List<Value> tensors() {
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            values.add(tensor(i));
        }
        return values;
    }

    /**
     * An input that is a weight by its place, as a convolution's kernel is: a constant becomes a parameter even where other
     * constants would not.
     *
     * @param role the last part of its name if it has none of its own in the model: {@code weight}, {@code bias}
     */
    public Value weight(int input, String role) {
        return conversion.weight(carried(input), scope(), role);
    }

    /** An optional input that is a weight by its place; null if it is not given. */
    public @Nullable Value weightOrNull(int input, String role) {
        return has(input) ? weight(input, role) : null;
    }

    /** An input that is a statistic by its place: a constant becomes a buffer. */
    public Value buffer(int input, String role) {
        return conversion.buffer(carried(input), scope(), role);
    }

    /** An input as numbers of shape arithmetic: sizes, axes, counts; a tensor that is computed is read when it is there. */
    public Numbers numbers(int input) {
        return conversion.numbers(carried(input));
    }

    /** An input that is one number, a value of type {@code int} or a {@link Long}. */
    public Object number(int input) {
        return conversion.number(carried(input));
    }

    /** An input that is one truth value, a value of type {@code bool} or a {@link Boolean}. */
    public Object condition(int input) {
        Object number = number(input);
        return number instanceof Value value ? conversion.truth(value) : number;
    }

    /** Numbers of an input, or of the attribute that older versions have; null if there is neither. */
    public @Nullable Numbers numbers(int input, String attribute) {
        long[] old = integers(attribute);
        return old != null ? Numbers.row(old) : has(input) ? numbers(input) : null;
    }

    /** Known integers of an input, or of the attribute that older versions have; null if there is neither. */
    public long @Nullable [] integers(int input, String attribute) {
        long[] old = integers(attribute);
        return old != null ? old : has(input) ? longs(input) : null;
    }

    /** An input that the model itself determines: its elements. */
    public Tensor constant(int input) {
        Tensor known = constantOrNull(input);
        if (known == null) {
            throw unsupported("input " + input + " that is not constant");
        }
        return known;
    }

    /** An input that the model itself determines; null if it does not, or if the input is not given. */
    public @Nullable Tensor constantOrNull(int input) {
        return has(input) ? Conversion.constantOrNull(carried(input)) : null;
    }

    /** Whether an input is a constant, and no weight, whose elements are all {@code value}. */
    public boolean isFilled(int input, double value) {
        return carried(input) instanceof Known known
                && !known.isWeight()
                && known.tensor().eq(value).all().toBoolean();
    }

    /** An input that the model itself determines, as integers. */
    public long[] longs(int input) {
        return constant(input).toLongArray();
    }

    /** An input as it is: a tensor, a list, or an optional value. */
    public Value value(int input) {
        Carried carried = carried(input);
        return carried instanceof Written written ? written.value() : conversion.tensor(carried);
    }

    /** Whether an input is a tensor that the program computes or is given, neither a constant nor shape arithmetic. */
    public boolean isComputed(int input) {
        return carried(input) instanceof Written;
    }

    /** Whether an input is a weight wherever it is used, as an initialiser is. */
    public boolean isWeight(int input) {
        return carried(input) instanceof Known known && known.isWeight();
    }

    /** The element type of an input, as far as it is known. */
    public ElementType element(int input) {
        return has(input) ? carried(input).element() : ElementType.UNDEFINED;
    }

    /** The type that an input is computed in; null if unknown. */
    public @Nullable DType dtype(int input) {
        return Conversion.type(carried(input)).dtype();
    }

    /** Whether an input has whole numbers; one of an unknown type counts as floating point. */
    public boolean isInteger(int input) {
        DType dtype = dtype(input);
        return dtype != null && dtype.isInteger();
    }

    /** The number of an input's dimensions; -1 if unknown. */
    public int rank(int input) {
        return shapeType(input).rank();
    }

    /** The number of an input's dimensions, without which the rule cannot do. */
    public int knownRank(int input) {
        int rank = rank(input);
        if (rank < 0) {
            throw unsupported("input " + input + " whose number of dimensions is unknown");
        }
        return rank;
    }

    /** The sizes of an input, null where unknown; null if not even their number is known. */
    public @Nullable List<@Nullable Long> shape(int input) {
        return shapeType(input).shape();
    }

    private Type.OfTensor shapeType(int input) {
        return Conversion.type(carried(input));
    }

    Carried carried(int input) {
        if (!has(input)) {
            throw new FileFormatException("lacks input " + input);
        }
        return inputs.get(input);
    }

    List<@Nullable Carried> carried() {
        return inputs;
    }

    // ---- outputs

    /** How many outputs are written down. */
    public int outputs() {
        return proto.getOutputCount();
    }

    /** Whether somebody uses an output. */
    public boolean wants(int output) {
        return output < outputs() && !proto.getOutput(output).isEmpty();
    }

    NodeProto proto() {
        return proto;
    }

    Attributes attributes() {
        return attributes;
    }

    /** The first input that is given and that nobody has looked at; -1 if there is none. */
    int unseenInput() {
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i) != null && !seen.contains(i)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public String toString() {
        return operator() + " " + place;
    }
}
