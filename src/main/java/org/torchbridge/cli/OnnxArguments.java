package org.torchbridge.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.onnx.Onnx;
import org.torchbridge.onnx.OnnxExport;
import org.torchbridge.onnx.OnnxExportOptions;
import org.torchbridge.onnx.OnnxModel;
import org.torchbridge.onnx.OnnxType;
import org.torchbridge.onnx.ValueInfo;
import picocli.CommandLine.Option;

/** What {@code convert} is told about an ONNX model that it writes. */
final class OnnxArguments {
    /** A size of which a model says nothing. */
    private static final String NAMELESS = "?";

    @Option(
            names = "--input",
            paramLabel = "SHAPE",
            converter = InputShape.Converter.class,
            description =
                    "For an ONNX model: an input of the program, such as 1x3x224x224 or 1x128:int64; once for each,"
                            + " in their order. An ONNX model declares its own.")
    private List<InputShape> inputs = new ArrayList<>();

    @Option(
            names = "--dynamic",
            paramLabel = "[INPUT:]DIM:NAME",
            converter = OpenSize.Converter.class,
            description =
                    "A size that stays open, such as 0:batch for the first input, or mask:1:length. Sizes of the same"
                            + " name are equal. Those that an ONNX model names stay open.")
    private List<OpenSize> dynamic = new ArrayList<>();

    @Option(
            names = "--opset",
            paramLabel = "N",
            description = "The version of ONNX's operators, 13 to 21 (default: 17).")
    private @Nullable Integer opset;

    @Option(names = "--verify", description = "Run the ONNX model in ONNX Runtime and compare the results.")
    private boolean verify;

    /** Whether any of it was said. */
    boolean areGiven() {
        return !inputs.isEmpty() || !dynamic.isEmpty() || opset != null || verify;
    }

    /**
     * Writes the model of a program, and says what came of it.
     *
     * @throws IllegalArgumentException if the arguments do not fit the program
     */
    void write(Path in, Path out, PrintWriter console) {
        RunnableModel model = RunnableModel.load(in);
        List<InputShape> shapes = inputs.isEmpty() ? model.declaredInputs(in) : inputs;
        List<Tensor> examples = shapes.stream().map(InputShape::random).toList();
        OnnxExport export = Onnx.export(model.module(), out, model.arguments(examples), options(model));
        console.println("wrote " + out);
        console.println("inputs: " + export.model().inputs());
        console.println("outputs: " + export.model().outputs());
        export.warnings().forEach(warning -> console.println("warning: " + warning));
        if (export.difference() != null) {
            console.printf(Locale.ROOT, "ONNX Runtime's results differ by %.1e at most%n", export.difference());
        }
    }

    private OnnxExportOptions options(RunnableModel model) {
        OnnxExportOptions options = OnnxExportOptions.options().verify(verify);
        if (opset != null) {
            options = options.opset(opset);
        }
        if (model.onnx() != null) {
            options = declared(model.onnx(), options);
        }
        for (OpenSize size : dynamic) {
            options = options.dynamic(size.input(), size.dimension(), size.name());
        }
        return options;
    }

    /** A model keeps its names, and what it is told of with them. */
    private static OnnxExportOptions declared(OnnxModel model, OnnxExportOptions options) {
        OnnxExportOptions same = options.inputNames(names(model.inputs()))
                .outputNames(names(model.outputs()))
                .documentation(model.documentation());
        for (var note : model.metadata().entrySet()) {
            same = same.metadata(note.getKey(), note.getValue());
        }
        for (ValueInfo input : model.inputs()) {
            int rank = input.type() instanceof OnnxType.OfTensor type ? type.rank() : 0;
            for (int i = 0; i < rank; i++) {
                if (((OnnxType.OfTensor) input.type()).shape().get(i) instanceof String name) {
                    String symbol = name.equals(NAMELESS) ? input.name() + "_" + i : name;
                    same = same.dynamic(input.name(), i, symbol);
                }
            }
        }
        return same;
    }

    private static String[] names(List<ValueInfo> values) {
        return values.stream().map(ValueInfo::name).toArray(String[]::new);
    }
}
