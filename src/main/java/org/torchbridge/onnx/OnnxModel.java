package org.torchbridge.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.torchbridge.FileFormatException;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.passes.Optimization;
import org.torchbridge.graph.passes.Packing;
import org.torchbridge.io.MappedFile;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.importer.ModelConversion;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.ModelProto;
import org.torchbridge.onnx.proto.NodeProto;
import org.torchbridge.onnx.proto.OperatorSetIdProto;
import org.torchbridge.onnx.proto.SparseTensorProto;
import org.torchbridge.onnx.proto.TensorProto;

/**
 * An ONNX model as its file has it. Nothing is computed and no weight is read before it becomes a module.
 *
 * <pre>{@code
 * OnnxModel model = OnnxModel.load(Path.of("resnet18.onnx"));
 * System.out.println(model.inputs());    // [input: float[batch, 3, 224, 224]]
 * ScriptModule module = model.toModule();
 * }</pre>
 *
 * <p>Versions 3 to 14 of the format are read. Large weights in files beside the model are mapped into memory.
 *
 * <p>Follows <a href="https://onnx.ai/onnx/repo-docs/IR.html">Open Neural Network Exchange Intermediate Representation</a>.
 */
public final class OnnxModel {
    private static final long OLDEST = 3;
    /** A file holds at most this much, so more than any message of an ONNX file needs. */
    private static final long LARGEST_FILE = Integer.MAX_VALUE;

    private final String name;
    private final ModelProto proto;
    private final ExternalData external;

    private OnnxModel(String name, ModelProto proto, ExternalData external) {
        this.name = name;
        this.proto = proto;
        this.external = external;
        check();
    }

    /**
     * Reads a file; its weights are read from it, and from the files beside it, when they are used.
     *
     * @throws FileFormatException if it is not an ONNX model, or damaged
     */
    public static OnnxModel load(Path path) {
        MappedFile file = MappedFile.openOutsideScopes(path);
        if (file.size() > LARGEST_FILE) {
            throw new FileFormatException(path + " has " + file.size() + " bytes; an ONNX file has less than 2 GB, and"
                    + " larger weights in files beside it");
        }
        ByteString bytes = file.size() == 0
                ? ByteString.EMPTY
                : UnsafeByteOperations.unsafeWrap(file.buffer(0, file.size()).asReadOnlyBuffer());
        Path folder = path.toAbsolutePath().getParent();
        return new OnnxModel(path.toString(), parse(path.toString(), bytes), new ExternalData(folder));
    }

    /** Reads a model from memory. */
    public static OnnxModel load(byte[] bytes) {
        String name = "the ONNX model";
        return new OnnxModel(name, parse(name, ByteString.copyFrom(bytes)), ExternalData.NONE);
    }

    /** Reads a model to the end of a stream, which stays open. */
    public static OnnxModel load(InputStream stream) {
        try {
            return load(stream.readAllBytes());
        } catch (IOException e) {
            throw new TorchException("the ONNX model cannot be read: " + e.getMessage(), e);
        }
    }

    private static ModelProto parse(String name, ByteString bytes) {
        try {
            CodedInputStream input = bytes.newCodedInput();
            input.enableAliasing(true);
            return ModelProto.parseFrom(input);
        } catch (IOException e) {
            throw new FileFormatException(name + " is not an ONNX model, or damaged: " + e.getMessage(), e);
        }
    }

    private void check() {
        if (!proto.hasGraph() || !proto.hasIrVersion()) {
            throw new FileFormatException(name + " is not an ONNX model: it has no "
                    + (proto.hasGraph() ? "version of the format" : "graph"));
        }
        if (proto.getIrVersion() < OLDEST) {
            throw new FileFormatException(name + " is of version " + proto.getIrVersion() + " of the ONNX format; "
                    + OLDEST + " and later are read");
        }
        try {
            inputs();
            outputs();
        } catch (FileFormatException e) {
            throw new FileFormatException(name + " " + e.getMessage(), e);
        }
    }

    // ---- what it is

    /** The version of the format. */
    public long irVersion() {
        return proto.getIrVersion();
    }

    /** The program that wrote it, with its version; empty if it does not say. */
    public String producer() {
        return (proto.getProducerName() + " " + proto.getProducerVersion()).strip();
    }

    public String documentation() {
        return proto.getDocString();
    }

    public long modelVersion() {
        return proto.getModelVersion();
    }

    /** What the producer noted, by key. */
    public Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        proto.getMetadataPropsList().forEach(entry -> metadata.put(entry.getKey(), entry.getValue()));
        return metadata;
    }

    /** The version of each set of operators, by domain; ONNX's own domain is {@code ""}. */
    public Map<String, Long> opsets() {
        return opsets(proto.getOpsetImportList());
    }

    /** The same for a list as models and functions have it. */
    public static Map<String, Long> opsets(List<OperatorSetIdProto> imports) {
        Map<String, Long> opsets = new TreeMap<>();
        imports.forEach(entry -> opsets.put(domain(entry.getDomain()), entry.getVersion()));
        return opsets;
    }

    /** A domain in the one spelling that is used here, of the two that ONNX's own has. */
    public static String domain(String domain) {
        return domain.equals("ai.onnx") ? "" : domain;
    }

    /** What has to be given: the declared inputs that no weight has the name of. */
    public List<ValueInfo> inputs() {
        Set<String> weights = new HashSet<>();
        proto.getGraph().getInitializerList().forEach(tensor -> weights.add(tensor.getName()));
        proto.getGraph()
                .getSparseInitializerList()
                .forEach(tensor -> weights.add(tensor.getValues().getName()));
        return proto.getGraph().getInputList().stream()
                .filter(info -> !weights.contains(info.getName()))
                .map(ValueInfo::of)
                .toList();
    }

    public List<ValueInfo> outputs() {
        return proto.getGraph().getOutputList().stream().map(ValueInfo::of).toList();
    }

    /** The weights by name, with their types. */
    public Map<String, OnnxType> weights() {
        Map<String, OnnxType> weights = new LinkedHashMap<>();
        for (TensorProto tensor : proto.getGraph().getInitializerList()) {
            weights.put(tensor.getName(), type(tensor, tensor.getDimsList()));
        }
        for (SparseTensorProto tensor : proto.getGraph().getSparseInitializerList()) {
            weights.put(tensor.getValues().getName(), type(tensor.getValues(), tensor.getDimsList()));
        }
        return weights;
    }

    private static OnnxType type(TensorProto tensor, List<Long> shape) {
        return new OnnxType.OfTensor(ElementType.of(tensor.getDataType()), List.copyOf(shape));
    }

    /** How many nodes there are of each operator, {@code domain.Name} outside of ONNX's own domain, in all graphs. */
    public Map<String, Integer> operators() {
        Map<String, Integer> operators = new TreeMap<>();
        count(proto.getGraph().getNodeList(), operators);
        proto.getFunctionsList().forEach(function -> count(function.getNodeList(), operators));
        return operators;
    }

    private static void count(List<NodeProto> nodes, Map<String, Integer> operators) {
        for (NodeProto node : nodes) {
            String domain = domain(node.getDomain());
            operators.merge(domain.isEmpty() ? node.getOpType() : domain + "." + node.getOpType(), 1, Integer::sum);
            node.getAttributeList().forEach(attribute -> {
                if (attribute.hasG()) {
                    count(attribute.getG().getNodeList(), operators);
                }
                for (GraphProto graph : attribute.getGraphsList()) {
                    count(graph.getNodeList(), operators);
                }
            });
        }
    }

    // ---- what becomes of it

    /**
     * The model as a program, whose weights are {@link Graph#slots}.
     *
     * @throws org.torchbridge.UnsupportedOperatorException if it has what is not supported; all of it is listed
     * @throws FileFormatException if the model is broken
     */
    public Graph toGraph(OnnxOptions options) {
        return ModelConversion.convert(this, options);
    }

    /** The model as a program that trains. */
    public Graph toGraph() {
        return toGraph(OnnxOptions.options());
    }

    /**
     * The model as a TorchScript module that trains: it has the weights as parameters, runs in libtorch, and saves for Python.
     *
     * <pre>{@code
     * ScriptModule net = OnnxModel.load(Path.of("resnet.onnx")).toModule();
     * net.save(Path.of("resnet.pt"));
     * }</pre>
     *
     * @throws org.torchbridge.UnsupportedOperatorException if it has what is not supported; all of it is listed
     * @throws FileFormatException if the model is broken
     */
    public ScriptModule toModule() {
        return toModule(OnnxOptions.options());
    }

    /** {@link #toModule()} as the options say: with some weights alone trainable, cut off, or for inference. */
    public ScriptModule toModule(OnnxOptions options) {
        Graph program = toGraph(options);
        if (options.forInference()) {
            Optimization.run(program);
            Packing.run(program, options.bfloat16());
        }
        ScriptModule module = ScriptModule.of(program, "OnnxModel");
        module.requiresGrad(!options.forInference());
        module.train(!options.forInference() && startsInTraining(program));
        return module;
    }

    private static boolean startsInTraining(Graph program) {
        Slot training = program.slots().get("training");
        return training != null && Boolean.TRUE.equals(training.value());
    }

    /** The file's name, for messages. */
    public String name() {
        return name;
    }

    /** The model as the file has it. */
    public ModelProto proto() {
        return proto;
    }

    /** Reads the tensors of this model. */
    public TensorReader tensors() {
        return new TensorReader(external);
    }

    /** What a person wants to know: inputs, outputs, versions and operators. */
    @Override
    public String toString() {
        return "OnnxModel(" + inputs() + " -> " + outputs() + ")";
    }
}
