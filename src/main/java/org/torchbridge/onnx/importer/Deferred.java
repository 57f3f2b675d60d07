package org.torchbridge.onnx.importer;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;

/** A node all of whose inputs are known: it waits until somebody looks at what it makes, or computes with it. */
final class Deferred {
    private final OnnxNode node;
    private final Supplier<List<Constant>> evaluation;
    private @Nullable List<Constant> outputs;

    Deferred(OnnxNode node, Supplier<List<Constant>> evaluation) {
        this.node = node;
        this.evaluation = evaluation;
    }

    OnnxNode node() {
        return node;
    }

    Constant output(int output) {
        if (outputs == null) {
            outputs = Scope.call(evaluation);
            outputs.forEach(each -> Scope.escape(each.tensor()));
        }
        return outputs.get(output);
    }

    /** Whether any input is, or is made of, a weight. */
    boolean hasWeights() {
        return node.carried().stream().anyMatch(input -> input instanceof Known known && known.isWeight());
    }
}
