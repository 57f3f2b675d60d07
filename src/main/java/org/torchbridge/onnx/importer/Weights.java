package org.torchbridge.onnx.importer;

import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Slot;
import org.torchbridge.onnx.OnnxOptions;

/** Makes slots of constants, with names as a person would give them. */
final class Weights {
    private final Graph graph;
    private final OnnxOptions options;
    private final Map<Known, String> paths = new IdentityHashMap<>();

    Weights(Graph graph, OnnxOptions options) {
        this.graph = graph;
        this.options = options;
    }

    /** The path of a parameter, or of a buffer if the options say that it does not train. */
    String parameter(Known known, String scope, @Nullable String role) {
        return paths.computeIfAbsent(known, key -> {
            if (isAgain(known, scope, role)) {
                return paths.get(known.original());
            }
            Tensor tensor = known.tensor();
            boolean trains =
                    tensor.dtype().isFloatingPoint() && options.trainable().test(known.name());
            return put(known, scope, role, trains ? Slot.parameter(trainable(tensor)) : Slot.buffer(tensor));
        });
    }

    /** The same memory, which what is computed of the model alone goes on using without gradients. */
    private static Tensor trainable(Tensor tensor) {
        return Scope.escape(tensor.detach().requiresGrad(true));
    }

    String buffer(Known known, String scope, @Nullable String role) {
        return paths.computeIfAbsent(known, key -> put(known, scope, role, Slot.buffer(known.tensor())));
    }

    /** Whether it is no other weight but the same in a second call of its module, whose scope then ends with a number. */
    private boolean isAgain(Known known, String scope, @Nullable String role) {
        String first = known.original() == null ? null : paths.get(known.original());
        return first != null
                && Names.isMadeUp(known.name())
                && (scope + "." + role).matches(first.replace(".", "(_\\d+)?\\."));
    }

    private String put(Known known, String scope, @Nullable String role, Slot slot) {
        String wanted = role != null && !scope.isEmpty() && Names.isMadeUp(known.name())
                ? scope + "." + role
                : Names.clean(known.name());
        String path = besides(wanted);
        graph.slots().put(path, slot);
        return path;
    }

    /** A path that no slot has, in modules that no slot has the path of. */
    private String besides(String wanted) {
        String path = wanted;
        for (int i = 1; isTaken(path); i++) {
            String slot = slotOnTheWay(wanted);
            path = slot == null ? wanted + "_" + i : slot + "_" + i + wanted.substring(slot.length());
        }
        return path;
    }

    private boolean isTaken(String path) {
        return slotOnTheWay(path) != null
                || graph.slots().keySet().stream()
                        .anyMatch(taken -> taken.equals(path) || taken.startsWith(path + "."));
    }

    private @Nullable String slotOnTheWay(String path) {
        return graph.slots().keySet().stream()
                .filter(taken -> path.startsWith(taken + "."))
                .findFirst()
                .orElse(null);
    }
}
