package org.torchbridge.jit;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.internal.Recording;
import org.torchbridge.nn.Module;

/** Turns what a module of Java's does to an example into a program. */
final class Tracer {
    private static final String FOREIGN_TENSOR = "Cannot insert a Tensor that requires grad as a constant";

    private final Module module;
    private final Function<List<Tensor>, ?> forward;
    private final List<String> reads = new ArrayList<>();
    private final Map<String, Slot> slots;
    /** The names of the slots with tensors, each tensor once. */
    private final List<String> state = new ArrayList<>();

    Tracer(Module module, Function<List<Tensor>, ?> forward) {
        this.module = module;
        this.forward = forward;
        this.slots = ModuleState.slots(module);
        Map<Long, String> seen = new LinkedHashMap<>();
        slots.forEach((name, slot) -> {
            if (slot.value() instanceof Tensor tensor) {
                seen.putIfAbsent(NativeTensor.identity(tensor.handle()), name);
            }
        });
        state.addAll(seen.values());
    }

    /** What was read out of tensors so far, and where. */
    List<String> reads() {
        return reads;
    }

    /** The program for inputs like these, which it may change. */
    Graph graph(List<Tensor> inputs) {
        Forward run = new Forward(inputs.size());
        Recording recording = record(inputs, run);
        reads.addAll(recording.reads());
        Graph graph = ScriptReader.read(recording.graph());
        Reference.reachabilityFence(recording);
        packOutputs(graph, run.output);
        bindState(graph, inputs.size());
        return graph;
    }

    private Recording record(List<Tensor> inputs, Forward run) {
        List<Tensor> tensors = new ArrayList<>(inputs);
        List<String> names = InputNames.of(module, inputs.size());
        state.forEach(name -> tensors.add(slots.get(name).tensor()));
        names.addAll(state);
        try (ModuleScope scope = new ModuleScope(module)) {
            return Recording.of(
                    tensors.stream().mapToLong(Tensor::handle).toArray(),
                    names.toArray(String[]::new),
                    scope::path,
                    run::call);
        } catch (TorchException e) {
            throw isForeignTensor(e) ? foreignTensor(e) : e;
        } finally {
            Reference.reachabilityFence(tensors);
        }
    }

    /** The call of forward that is recorded. */
    private final class Forward {
        private final int inputs;
        private @Nullable Object output;

        Forward(int inputs) {
            this.inputs = inputs;
        }

        long[] call(long[] handles) {
            List<Tensor> tensors = new ArrayList<>();
            for (long handle : handles) {
                tensors.add(Adoption.adopt(handle));
            }
            output = forward.apply(List.copyOf(tensors.subList(0, inputs)));
            return TracedValues.tensors(output).stream()
                    .mapToLong(tensor -> NativeTensor.share(tensor.handle()))
                    .toArray();
        }
    }

    /** Makes one output of all. */
    private static void packOutputs(Graph graph, @Nullable Object output) {
        List<Value> values = List.copyOf(graph.outputs());
        graph.body().setOutputs(List.of());
        graph.addOutput(TracedValues.write(output, values.iterator(), GraphBuilder.at(graph.body())));
    }

    /** Reads as slots what was traced as inputs. */
    private void bindState(Graph graph, int inputs) {
        graph.slots().putAll(slots);
        Block body = graph.body();
        GraphBuilder start = body.nodes().isEmpty()
                ? GraphBuilder.at(body)
                : GraphBuilder.before(body.nodes().get(0));
        for (String name : state) {
            Value input = graph.inputs().get(inputs);
            if (input.isUsed()) {
                input.replaceAllUsesWith(read(name, input.type(), start));
            }
            body.removeInput(inputs);
        }
    }

    private Value read(String name, Type type, GraphBuilder g) {
        Value value = g.get(name);
        if (slots.get(name).type() != Type.TENSOR) {
            return g.cast(value, type);
        }
        value.setType(type);
        return value;
    }

    private static boolean isForeignTensor(TorchException e) {
        return e.getMessage().startsWith(FOREIGN_TENSOR);
    }

    private TorchException foreignTensor(TorchException cause) {
        return new TorchException(
                "forward uses a tensor that requires gradients and is neither an input nor a parameter of "
                        + module.getClass().getSimpleName()
                        + "; make it a Parameter in a field, so that the traced module has it too, or detach() it",
                cause);
    }
}
