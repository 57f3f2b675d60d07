package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Makes one output of {@code prim::If} or {@code prim::Loop} that is a tuple into one for each element: it is unpacked
 * before the boundary and put together behind it.
 */
final class TupleSplitting {
    static final String CONSTRUCT = "prim::TupleConstruct";
    static final String UNPACK = "prim::TupleUnpack";
    private static final String UNINITIALIZED = "prim::Uninitialized";

    private final Node node;
    private final int index;
    private final Type.OfTuple tuple;

    private TupleSplitting(Node node, int index, Type.OfTuple tuple) {
        this.node = node;
        this.index = index;
        this.tuple = tuple;
    }

    /** Splits all tuples that come out of the nodes of a block, and tuples in them. */
    static boolean run(Block block) {
        boolean changed = false;
        for (Node node : block.nodes()) {
            for (int i = 0; i < node.outputs().size() && Control.isControl(node); i++) {
                if (node.output(i).type() instanceof Type.OfTuple tuple) {
                    new TupleSplitting(node, i--, tuple).run();
                    changed = true;
                }
            }
            for (Block inner : node.blocks()) {
                changed |= run(inner);
            }
        }
        return changed;
    }

    private void run() {
        if (node.is(Control.LOOP)) {
            node.blocks().forEach(body -> splitOutput(body, index + 1));
            splitCarried();
        } else {
            node.blocks().forEach(branch -> splitOutput(branch, index));
        }
        List<Value> elements = new ArrayList<>();
        tuple.elements().forEach(type -> elements.add(node.addOutput(type)));
        node.output(index).replaceAllUsesWith(construct(Control.next(node), elements));
        node.removeOutput(index);
    }

    private void splitOutput(Block block, int output) {
        unpack(block.result(), block.outputs().get(output)).forEach(block::addOutput);
        block.result().removeInput(output);
    }

    private void splitCarried() {
        Block body = Control.body(node);
        unpack(node, Control.carried(node).get(index)).forEach(node::addInput);
        node.removeInput(index + Control.LOOP_HEADER);
        List<Value> elements = new ArrayList<>();
        tuple.elements().forEach(type -> elements.add(body.addInput(type)));
        body.inputs().get(index + 1).replaceAllUsesWith(construct(Control.first(body), elements));
        body.removeInput(index + 1);
    }

    private List<Value> unpack(Node place, Value value) {
        if (value.producer().is(UNINITIALIZED)) {
            return tuple.elements().stream()
                    .map(type -> place.owner()
                            .insertBefore(place, UNINITIALIZED, List.of())
                            .addOutput(type))
                    .toList();
        }
        Node unpack = place.owner().insertBefore(place, UNPACK, List.of(value));
        tuple.elements().forEach(unpack::addOutput);
        return unpack.outputs();
    }

    private Value construct(Node place, List<Value> elements) {
        return place.owner().insertBefore(place, CONSTRUCT, elements).addOutput(tuple);
    }
}
