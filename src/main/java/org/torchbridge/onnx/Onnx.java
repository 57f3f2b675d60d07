package org.torchbridge.onnx;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Value;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.jit.TraceOptions;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Module;
import org.torchbridge.onnx.exporter.ModelExport;
import org.torchbridge.onnx.exporter.ModelInputs;

/**
 * Writes modules as ONNX models. A {@link ScriptModule} is written as the program that it is, with its branches and loops; any
 * other module is traced on the example first.
 *
 * <pre>{@code
 * OnnxExportOptions options = OnnxExportOptions.options().inputNames("image").dynamic("image", 0, "batch");
 * Onnx.export(net, Path.of("net.onnx"), List.of(Torch.randn(1, 3, 224, 224)), options);
 * }</pre>
 *
 * <p>Parameters and buffers are the model's initialisers, under the names that they have in the state dict; nodes are named
 * after the modules that they come from. Follows <a
 * href="https://docs.pytorch.org/docs/stable/onnx_torchscript.html">torch.onnx.export</a>.
 */
public final class Onnx {
    private Onnx() {}

    /** Writes the model of a layer for inference, whose sizes are those of the example. */
    public static OnnxExport export(Layer layer, Path file, Tensor example) {
        return export(layer, file, List.of(example), OnnxExportOptions.options());
    }

    /**
     * Writes a file. The module's mode and its buffers are what they were afterwards.
     *
     * @param module a {@link ScriptModule}, or a {@link Layer}
     * @param examples what {@code forward} takes: tensors, numbers, lists; sizes that the options do not leave open stay as
     *     they are here
     * @throws org.torchbridge.UnsupportedOperatorException if the module does what cannot be exported; all of it is listed
     * @throws TorchException if the options ask for ONNX Runtime and it is not there, or if its results differ from the
     *     module's by more than they allow: then the file is there to be looked at
     * @throws IllegalArgumentException if examples or options do not fit the module
     */
    public static OnnxExport export(Module module, Path file, List<?> examples, OnnxExportOptions options) {
        if (module instanceof ScriptModule program) {
            return inMode(program, options, () -> export(program, file, examples, options, List.of()));
        } else if (module instanceof Layer layer) {
            return export(layer, inputs -> layer.call(inputs.get(0)), file, tensors(examples), options);
        }
        throw new IllegalArgumentException(module.getClass().getSimpleName()
                + " is neither a Layer nor a ScriptModule: say what is called with export(module, forward, ...)");
    }

    private static List<Tensor> tensors(List<?> examples) {
        if (examples.size() != 1 || !(examples.get(0) instanceof Tensor tensor)) {
            throw new IllegalArgumentException("a Layer takes one tensor; given were " + examples.size() + " values");
        }
        return List.of(tensor);
    }

    /**
     * Writes the file of what {@code forward} does with the module: for modules that are no layers.
     *
     * <pre>{@code
     * Onnx.export(lstm, in -> lstm.call(in.get(0)), file, List.of(example), OnnxExportOptions.options());
     * }</pre>
     *
     * @param forward returns a tensor, or a list or record of tensors
     */
    public static OnnxExport export(
            Module module,
            Function<List<Tensor>, ?> forward,
            Path file,
            List<Tensor> examples,
            OnnxExportOptions options) {
        List<String> warnings = new ArrayList<>();
        return inMode(module, options, () -> {
            try (ScriptModule program = trace(module, forward, examples, options, warnings)) {
                return export(program, file, examples, options, warnings);
            }
        });
    }

    /** Whether ONNX Runtime is on the class path, so that {@link OnnxExportOptions#verify} can be asked for. */
    public static boolean canVerify() {
        return ExportCheck.hasRuntime();
    }

    private static OnnxExport inMode(Module module, OnnxExportOptions options, Supplier<OnnxExport> export) {
        Map<Module, Boolean> modes = new LinkedHashMap<>();
        module.modules().forEach(each -> modes.put(each, each.isTraining()));
        module.train(options.training());
        try {
            return Scope.call(export::get);
        } finally {
            modes.forEach(Module::train);
        }
    }

    private static ScriptModule trace(
            Module module,
            Function<List<Tensor>, ?> forward,
            List<Tensor> examples,
            OnnxExportOptions options,
            List<String> warnings) {
        TraceOptions tracing = TraceOptions.options().warnings(warnings::add);
        List<List<?>> all = new ModelInputs(examples, options.inputNames(), options.dynamicAxes()).examples();
        if (all.size() == 1) {
            return ScriptModule.trace(module, forward, examples, tracing);
        }
        List<Tensor> second = all.get(1).stream().map(Tensor.class::cast).toList();
        return ScriptModule.trace(module, forward, examples, second, tracing);
    }

    private static OnnxExport export(
            ScriptModule program, Path file, List<?> examples, OnnxExportOptions options, List<String> warnings) {
        if (options.verify()) {
            ExportCheck.requireRuntime();
        }
        Graph graph = program.toGraph("forward");
        try {
            return export(graph, program, file, examples, options, warnings);
        } finally {
            ExportCheck.freeWeights(graph);
        }
    }

    private static OnnxExport export(
            Graph graph,
            ScriptModule program,
            Path file,
            List<?> examples,
            OnnxExportOptions options,
            List<String> warnings) {
        ModelInputs inputs = new ModelInputs(examples, inputNames(graph, examples, options), options.dynamicAxes());
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.onnx$", "");
        ModelExport.Result result = ModelExport.convert(graph, name, inputs, options);
        OnnxModel model = OnnxFiles.write(file, result, options.externalBytes());
        ExportCheck check = new ExportCheck(program, model, inputs, options);
        List<String> all = new ArrayList<>(warnings);
        all.addAll(check.frozen());
        return new OnnxExport(model, all, options.verify() ? check.difference(file) : null);
    }

    /** The names that forward gives its inputs, if each is one tensor. */
    private static List<String> inputNames(Graph graph, List<?> examples, OnnxExportOptions options) {
        boolean plain = examples.stream().noneMatch(List.class::isInstance)
                && examples.size() <= graph.inputs().size();
        return options.inputNames().isEmpty() && plain
                ? graph.inputs().subList(0, examples.size()).stream()
                        .map(Value::name)
                        .toList()
                : options.inputNames();
    }
}
