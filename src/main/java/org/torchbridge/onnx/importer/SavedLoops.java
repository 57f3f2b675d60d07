package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Loops in the two forms that TorchScript has a text for, and so can save: those that run a number of times, and those that
 * run while a condition holds. The latter have no turn number.
 */
final class SavedLoops {
    private static final Long ENDLESS = Long.MAX_VALUE;

    private SavedLoops() {}

    /** Makes a loop that has both, or a condition and a use of the turn's number, one that counts by itself. */
    static void write(Node loop) {
        Block body = loop.blocks().get(0);
        boolean counts = isTrue(loop.input(1)) && isTrue(body.outputs().get(0));
        boolean looks = isEndless(loop) && !body.inputs().get(0).isUsed();
        if (!counts && !looks) {
            count(loop, body);
        }
    }

    private static void count(Node loop, Block body) {
        Value times = loop.input(0);
        boolean endless = isEndless(loop);
        Value number = body.addInput(Type.INT);
        body.inputs().get(0).replaceAllUsesWith(number);
        GraphBuilder inside = GraphBuilder.at(body);
        Value next = inside.op("aten::add", number, 1L);
        List<Value> outputs = new ArrayList<>(body.outputs());
        outputs.add(next);
        GraphBuilder before = GraphBuilder.before(loop);
        if (!endless) {
            outputs.set(0, both(inside, outputs.get(0), inside.op("aten::lt", next, times)));
            loop.setInput(1, both(before, loop.input(1), before.op("aten::gt", times, 0L)));
        }
        body.setOutputs(outputs);
        loop.setInput(0, before.constant(ENDLESS));
        loop.addInput(before.constant(0L));
        loop.addOutput(Type.INT);
    }

    private static Value both(GraphBuilder builder, Value a, Value b) {
        return builder.op("aten::__and__", a, b);
    }

    private static boolean isEndless(Node loop) {
        return ENDLESS.equals(constant(loop.input(0)));
    }

    private static boolean isTrue(Value value) {
        return Boolean.TRUE.equals(constant(value));
    }

    private static @Nullable Object constant(Value value) {
        return value.producer().is("prim::Constant") ? value.producer().attribute("value") : null;
    }
}
