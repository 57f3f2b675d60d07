package org.torchbridge.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How a module becomes an ONNX model. Each setter returns a changed copy.
 *
 * @param opset the version of ONNX's operators, 13 to 21
 * @param training whether dropout and batch norm stay as they are in training, which cannot be verified; otherwise the model
 *     is for inference alone
 * @param inputNames what the inputs are called; empty for the names that {@code forward} gives them
 * @param outputNames what the outputs are called; empty for {@code output}, or {@code output_0}, {@code output_1} and so on
 * @param dynamicAxes the names of sizes that stay open, by the input's name or number and the dimension
 * @param verify whether ONNX Runtime runs the model, and its results are compared with the module's; it has to be on the class
 *     path ({@code com.microsoft.onnxruntime:onnxruntime})
 * @param tolerance by how much the results may differ, relative to the values and absolutely
 * @param externalBytes weights that are more than this in all go into a file beside the model, {@code model.onnx.data}; up to
 *     1 GiB, the default, since an ONNX file has less than 2
 * @param documentation what the model says about itself
 * @param metadata notes in the model, by key
 */
public record OnnxExportOptions(
        int opset,
        boolean training,
        List<String> inputNames,
        List<String> outputNames,
        Map<String, Map<Integer, String>> dynamicAxes,
        boolean verify,
        double tolerance,
        long externalBytes,
        String documentation,
        Map<String, String> metadata) {
    private static final int OLDEST = 13;
    private static final int NEWEST = 21;
    private static final long LARGEST_FILE = 1L << 30;

    public OnnxExportOptions {
        if (opset < OLDEST || opset > NEWEST) {
            throw new IllegalArgumentException(
                    "opset is " + opset + "; versions " + OLDEST + " to " + NEWEST + " are written");
        }
        if (training && verify) {
            throw new IllegalArgumentException("training and verify are both asked for; ONNX Runtime runs models for"
                    + " inference, and what dropout gives is random");
        }
        if (!(tolerance >= 0)) {
            throw new IllegalArgumentException("tolerance is " + tolerance + "; 0 or more is expected");
        }
        if (externalBytes < 0 || externalBytes > LARGEST_FILE) {
            throw new IllegalArgumentException(
                    "externalBytes is " + externalBytes + "; 0 to " + LARGEST_FILE + " are expected");
        }
        inputNames = List.copyOf(inputNames);
        outputNames = List.copyOf(outputNames);
        Map<String, Map<Integer, String>> axes = new LinkedHashMap<>();
        dynamicAxes.forEach((input, names) -> axes.put(input, Map.copyOf(names)));
        dynamicAxes = Map.copyOf(axes);
        metadata = Map.copyOf(metadata);
    }

    /** Opset 17, for inference, all sizes as in the example, not verified. */
    public static OnnxExportOptions options() {
        return new OnnxExportOptions(
                17, false, List.of(), List.of(), Map.of(), false, 1e-4, LARGEST_FILE, "", Map.of());
    }

    public OnnxExportOptions opset(int opset) {
        return with(fields -> fields.opset = opset);
    }

    public OnnxExportOptions training(boolean training) {
        return with(fields -> fields.training = training);
    }

    public OnnxExportOptions inputNames(String... names) {
        return with(fields -> fields.inputNames = List.of(names));
    }

    public OnnxExportOptions outputNames(String... names) {
        return with(fields -> fields.outputNames = List.of(names));
    }

    /**
     * Leaves the size of a dimension open. Dimensions of one name have one size.
     *
     * @param input the input's name, or its number as {@code "0"}
     */
    public OnnxExportOptions dynamic(String input, int dimension, String name) {
        Map<Integer, String> names = new LinkedHashMap<>(dynamicAxes.getOrDefault(input, Map.of()));
        names.put(dimension, name);
        return with(fields -> fields.dynamicAxes.put(input, names));
    }

    public OnnxExportOptions verify(boolean verify) {
        return with(fields -> fields.verify = verify);
    }

    public OnnxExportOptions tolerance(double tolerance) {
        return with(fields -> fields.tolerance = tolerance);
    }

    public OnnxExportOptions externalBytes(long bytes) {
        return with(fields -> fields.externalBytes = bytes);
    }

    public OnnxExportOptions documentation(String text) {
        return with(fields -> fields.documentation = text);
    }

    public OnnxExportOptions metadata(String key, String value) {
        return with(fields -> fields.metadata.put(key, value));
    }

    private OnnxExportOptions with(Consumer<Fields> change) {
        Fields fields = new Fields(this);
        change.accept(fields);
        return new OnnxExportOptions(
                fields.opset,
                fields.training,
                fields.inputNames,
                fields.outputNames,
                fields.dynamicAxes,
                fields.verify,
                fields.tolerance,
                fields.externalBytes,
                fields.documentation,
                fields.metadata);
    }

    /** The same, while one of them changes. */
    private static final class Fields {
        private int opset;
        private boolean training;
        private List<String> inputNames;
        private List<String> outputNames;
        private final Map<String, Map<Integer, String>> dynamicAxes;
        private boolean verify;
        private double tolerance;
        private long externalBytes;
        private String documentation;
        private final Map<String, String> metadata;

        Fields(OnnxExportOptions options) {
            opset = options.opset;
            training = options.training;
            inputNames = options.inputNames;
            outputNames = options.outputNames;
            dynamicAxes = new LinkedHashMap<>(options.dynamicAxes);
            verify = options.verify;
            tolerance = options.tolerance;
            externalBytes = options.externalBytes;
            documentation = options.documentation;
            metadata = new LinkedHashMap<>(options.metadata);
        }
    }
}
