package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Module;
import org.torchbridge.testing.GoldenRow;
import org.torchbridge.testing.PythonProgram;

/**
 * A golden row as something to trace: its last statement is forward, the tensors that the ones before it assign are the
 * inputs, the modules are the children of one.
 */
public final class TracedRow {
    private static final class Modules extends Module {}

    private static final List<String> FAMILIES = List.of(
            "activations",
            "pooling",
            "normalization",
            "linear",
            "convolutions",
            "dropout",
            "embeddings",
            "attention",
            "recurrent",
            "losses",
            "vision",
            "utils");
    private static final Pattern LAYER = Pattern.compile("m = (nn\\.\\w+)\\(.*; m\\(.*");

    private final String program;
    private final String forward;
    private final Map<String, Object> variables = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();
    public final Module module = new Modules();
    public final List<Tensor> inputs = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();

    /** The programs of all layers and functions. */
    public static Stream<String> rows() {
        return FAMILIES.stream()
                .flatMap(family -> GoldenRow.of("/nn/" + family + ".txt"))
                .map(GoldenRow::toString);
    }

    /** The first row of each class of layers. */
    public static Stream<String> layers() {
        Map<String, String> first = new LinkedHashMap<>();
        rows().forEach(row -> {
            Matcher layer = LAYER.matcher(row);
            if (layer.matches()) {
                first.putIfAbsent(layer.group(1), row);
            }
        });
        return first.values().stream();
    }

    public TracedRow(String program) {
        this.program = program;
        int end = program.lastIndexOf(';');
        this.forward = program.substring(end + 1);
        Torch.manualSeed(7);
        if (end >= 0) {
            new PythonProgram().run(program.substring(0, end), this::assigned);
        }
    }

    private void assigned(String name, @Nullable Object value) {
        if (value == null) {
            return;
        }
        variables.put(name, value);
        if (value instanceof Tensor tensor) {
            names.add(name);
            inputs.add(tensor.detach());
        } else if (value instanceof Module child) {
            module.add(name, child);
        }
    }

    public Object forward(List<Tensor> given) {
        PythonProgram python = new PythonProgram();
        variables.forEach(python::with);
        for (int i = 0; i < given.size(); i++) {
            python.with(names.get(i), given.get(i));
        }
        return python.run(forward);
    }

    ScriptModule trace() {
        return ScriptModule.trace(
                module, this::forward, inputs, TraceOptions.options().warnings(warnings::add));
    }

    /** Whether the trace is for other sizes too, by what it says itself. */
    boolean hasOtherSizes() {
        return warnings.stream()
                .noneMatch(warning -> warning.startsWith("forward takes no")
                        || warning.contains("for the second example")
                        || warning.contains("differs from that of the Java module")
                        || warning.contains("for the sizes of its example only"));
    }

    /** Inputs that the trace did not see, of other sizes if it is for them. */
    List<Tensor> otherInputs() {
        return hasOtherSizes()
                ? ExampleInputs.longer(inputs, 1)
                        .filter(this::isAccepted)
                        .findFirst()
                        .orElse(inputs)
                : inputs;
    }

    private boolean isAccepted(List<Tensor> given) {
        try {
            forward(ExampleInputs.copies(given));
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return program;
    }
}
