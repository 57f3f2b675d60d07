package org.torchbridge.io;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;

/**
 * What {@link org.torchbridge.Torch#load} found in a file, told by its content.
 *
 * <pre>{@code
 * model.loadStateDict(Torch.load(Path.of("model.pth")).stateDict());
 *
 * SavedFile checkpoint = Torch.load(Path.of("checkpoint.pth"));
 * model.loadStateDict(checkpoint.stateDict("model"));
 * optimizer.loadStateDict(checkpoint.dict("optimizer"));
 * }</pre>
 *
 * <p>Values of Python are these in Java, when they are read and when {@link org.torchbridge.Torch#save} writes them:
 *
 * <table>
 * <caption>Values</caption>
 * <tr><th>Python</th><th>Java</th></tr>
 * <tr><td>{@code None}</td><td>{@code null}</td></tr>
 * <tr><td>{@code bool}, NumPy's too</td><td>{@link Boolean}</td></tr>
 * <tr><td>{@code int}, NumPy's too</td><td>{@link Long}, or {@link java.math.BigInteger} where that is too small; any
 *     whole number of Java is written</td></tr>
 * <tr><td>{@code float}, NumPy's too</td><td>{@link Double}; {@link Float} is written too</td></tr>
 * <tr><td>{@code complex}, NumPy's too</td><td>a complex {@link org.torchbridge.Scalar}</td></tr>
 * <tr><td>{@code str}</td><td>{@link String}</td></tr>
 * <tr><td>{@code bytes}, {@code bytearray}</td><td>{@code byte[]}, written as {@code bytes}</td></tr>
 * <tr><td>{@code list}</td><td>{@link java.util.ArrayList}; any list is written</td></tr>
 * <tr><td>{@code tuple}</td><td>{@link PythonTuple}</td></tr>
 * <tr><td>{@code dict}, {@code OrderedDict}, {@code defaultdict}, {@code Counter}</td><td>{@link LinkedHashMap}; any map
 *     is written, a {@link StateDict} and what was an {@code OrderedDict} as one, with its {@code _metadata}</td></tr>
 * <tr><td>{@code set}, {@code frozenset}</td><td>{@link java.util.LinkedHashSet}; any set is written</td></tr>
 * <tr><td>{@code torch.Size}</td><td>{@link TorchSize}</td></tr>
 * <tr><td>{@code torch.dtype}, {@code device}, {@code layout}, {@code memory_format}, {@code qscheme}</td><td>{@link
 *     org.torchbridge.DType}, {@link org.torchbridge.Device}, {@link org.torchbridge.Layout}, {@link
 *     org.torchbridge.MemoryFormat}, {@link org.torchbridge.QScheme}</td></tr>
 * <tr><td>{@code torch.Tensor}, {@code Parameter}, {@code Buffer}</td><td>{@link Tensor}; a parameter is one that
 *     requires gradients</td></tr>
 * <tr><td>a NumPy array, a storage</td><td>{@link Tensor}, written as one</td></tr>
 * </table>
 *
 * <p>Keys of dictionaries and items of sets are what has a value of its own to be compared by: {@code None}, numbers,
 * texts, {@code torch}'s constants, and tuples of them. A list that holds itself, directly or not, is read as it is.
 */
public sealed interface SavedFile {
    /** The name of the file, for messages. */
    String source();

    /**
     * What Python's {@code torch.load} or its like returns.
     *
     * @throws FileFormatException if it is nothing that can be had without running the file
     */
    @Nullable
    Object value();

    /**
     * The tensors that a model can load.
     *
     * @throws FileFormatException if something else is in the file; it says what, and what to do with it
     */
    StateDict stateDict();

    /**
     * The state dict under {@code key} of a checkpoint.
     *
     * @throws FileFormatException if there is none
     */
    default StateDict stateDict(String key) {
        Map<String, @Nullable Object> dict = dict(key);
        if (!PythonDict.isStateDict(dict)) {
            throw new FileFormatException(source() + " has something else as '" + key
                    + "' than a state dict, a dictionary of tensors: " + Descriptions.items(dict));
        }
        return PythonDict.stateDict(dict);
    }

    /**
     * The dictionary under {@code key} of a checkpoint, such as the state of an optimizer.
     *
     * @throws FileFormatException if there is none
     */
    @SuppressWarnings("unchecked") // all that is read from it is an Object, and Python's keys are texts as a rule
    default Map<String, @Nullable Object> dict(String key) {
        if (!(value() instanceof Map<?, ?> root)) {
            throw new FileFormatException(source() + " holds " + Descriptions.of(value()) + ", not a checkpoint");
        }
        if (!(root.get(key) instanceof Map<?, ?> dict)) {
            throw new FileFormatException(source() + " has no dictionary '" + key + "': " + Descriptions.items(root));
        }
        return (Map<String, @Nullable Object>) dict;
    }

    /** A state dict that {@code torch.save} wrote, or that is in several files with an index. */
    record OfStateDict(String source, StateDict stateDict) implements SavedFile {
        @Override
        public Object value() {
            return stateDict;
        }
    }

    /** Anything else that {@code torch.save} wrote: a checkpoint, a tensor, a list. */
    record OfValue(String source, @Nullable Object value) implements SavedFile {
        @Override
        public StateDict stateDict() {
            if (value instanceof Map<?, ?> dict) {
                throw new FileFormatException(source + " holds a checkpoint, not a state dict: "
                        + Descriptions.items(dict) + ". Take the state dict in it by its key: stateDict(key)");
            }
            throw new FileFormatException(source + " holds " + Descriptions.of(value)
                    + ", not a state dict, a dictionary of tensors; value() gives it");
        }
    }

    /** A safetensors file. */
    record OfSafetensors(String source, StateDict stateDict, Map<String, String> metadata) implements SavedFile {
        @Override
        public Object value() {
            return stateDict;
        }
    }

    /**
     * The index of a checkpoint in several files, with the tensors of all of them.
     *
     * @param files the files that the index names, in its order
     */
    record OfShards(String source, StateDict stateDict, List<Path> files) implements SavedFile {
        @Override
        public Object value() {
            return stateDict;
        }
    }

    /** Arrays of NumPy by their names; a single one has the name "". */
    record OfArrays(String source, Map<String, Tensor> arrays) implements SavedFile {
        @Override
        public Object value() {
            return arrays.size() == 1 && arrays.containsKey("") ? arrays.get("") : arrays;
        }

        @Override
        public StateDict stateDict() {
            if (arrays.containsKey("")) {
                throw new FileFormatException(
                        source + " holds " + Descriptions.of(arrays.get("")) + ", not a state dict; value() gives it");
            }
            return PythonDict.stateDict(arrays);
        }
    }

    /** A TorchScript archive: a module with its code. */
    record OfTorchScript(String source) implements SavedFile {
        @Override
        public Object value() {
            throw FileKind.TORCHSCRIPT.refusal(source);
        }

        @Override
        public StateDict stateDict() {
            throw FileKind.TORCHSCRIPT.refusal(source);
        }
    }

    /** An ONNX model: a graph of operators with its weights. */
    record OfOnnx(String source) implements SavedFile {
        @Override
        public Object value() {
            throw FileKind.ONNX.refusal(source);
        }

        @Override
        public StateDict stateDict() {
            throw FileKind.ONNX.refusal(source);
        }
    }
}
