package org.torchbridge.jit;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Graph;
import org.torchbridge.nn.Module;

/** What {@link ScriptModule#trace} does: records a module twice, with examples of different sizes, and checks the result. */
final class Trace {
    private static final long MORE = 2;

    private final Module module;
    private final Function<List<Tensor>, ?> forward;
    private final TraceOptions options;
    private final ModuleState.Snapshot before;
    private final Set<String> warnings = new LinkedHashSet<>();

    private Trace(Module module, Function<List<Tensor>, ?> forward, TraceOptions options, ModuleState.Snapshot before) {
        this.module = module;
        this.forward = forward;
        this.options = options;
        this.before = before;
    }

    /** @param second null to make one of {@code example} */
    static ScriptModule of(
            Module module,
            Function<List<Tensor>, ?> forward,
            List<Tensor> example,
            @Nullable List<Tensor> second,
            TraceOptions options) {
        requireExamples(example, second);
        initialize(module, forward, example);
        try (ModuleState.Snapshot before = new ModuleState.Snapshot(module)) {
            Trace trace = new Trace(module, forward, options, before);
            try {
                return trace.run(example, second);
            } finally {
                trace.warnings.forEach(options.warnings());
            }
        }
    }

    private static void requireExamples(List<Tensor> example, @Nullable List<Tensor> second) {
        if (example.isEmpty()) {
            throw new IllegalArgumentException("there is no example input; one tensor or more is expected");
        }
        if (second != null && second.size() != example.size()) {
            throw new IllegalArgumentException("the second example has " + second.size() + " inputs; " + example.size()
                    + " are expected, as in the first");
        }
    }

    /** Lets lazy modules find out their shapes. */
    private static void initialize(Module module, Function<List<Tensor>, ?> forward, List<Tensor> example) {
        if (module.stateDict().containsValue(null)) {
            forward.apply(ExampleInputs.copies(example));
        }
    }

    private ScriptModule run(List<Tensor> example, @Nullable List<Tensor> given) {
        again(() -> forward.apply(ExampleInputs.copies(example)));
        List<Tensor> second = given == null ? withOtherSizes(example) : given;
        Graph graph = graph(example, second);
        if (options.portable()) {
            PortableOperators.expand(graph);
        }
        ScriptModule made = ScriptModule.of(
                ScriptWriter.write(graph, ModuleState.className(module), ModuleState.classNames(module)));
        if (options.check()) {
            check(made, example, true);
            if (second != null) {
                check(made, second, given != null);
            }
            if (second != null && given == null) {
                check(made, ExampleInputs.between(example, second), false);
            }
        }
        return made;
    }

    private <T> T again(Supplier<T> action) {
        before.restore();
        return action.get();
    }

    /** An example with other sizes that forward takes; null if none was found. */
    private @Nullable List<Tensor> withOtherSizes(List<Tensor> example) {
        List<List<Tensor>> longer = ExampleInputs.longer(example, MORE).toList();
        List<Tensor> second =
                longer.stream().filter(this::isAccepted).findFirst().orElse(null);
        if (second == null && !longer.isEmpty()) {
            warnings.add("forward takes no example that is longer in dimension 0 or 1, so that sizes which it reads are"
                    + " the example's for all inputs; give a second example");
        }
        return second;
    }

    private boolean isAccepted(List<Tensor> inputs) {
        try {
            again(() -> forward.apply(ExampleInputs.copies(inputs)));
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private Graph graph(List<Tensor> example, @Nullable List<Tensor> second) {
        Tracer tracer = new Tracer(module, forward);
        Graph graph = again(() -> tracer.graph(ExampleInputs.copies(example)));
        if (second != null) {
            Graph other = again(() -> tracer.graph(ExampleInputs.copies(second)));
            warnings.addAll(DynamicSizes.restore(graph, other));
        }
        tracer.reads()
                .forEach(read -> warnings.add(
                        read + " while the module was traced: what follows from the value is the same for all inputs"));
        return graph;
    }

    /** Compares; {@code sure} says whether forward is known to be right for these inputs. */
    private void check(ScriptModule made, List<Tensor> inputs, boolean sure) {
        try {
            String difference = new TraceCheck(module, before, options.tolerance())
                    .difference(inputs, forward, copies -> made.run("forward", copies.toArray()));
            if (difference != null) {
                warnings.add(difference);
            }
        } catch (TorchException e) {
            if (sure) {
                throw e;
            }
            warnings.add("the traced module is for the sizes of its example only: " + e.getMessage());
        }
    }
}
