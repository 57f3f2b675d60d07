package org.torchbridge.onnx.importer;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Value;

/** The block that is being written, and what has been written in it and in the blocks around it. */
final class Frame {
    private final Block block;
    private final GraphBuilder builder;
    private final @Nullable Frame outer;
    private final boolean scratch;
    private final Map<Object, List<Value>> written = new IdentityHashMap<>();
    private final Map<String, Value> named = new HashMap<>();

    private Frame(Block block, @Nullable Frame outer, boolean scratch) {
        this.block = block;
        this.builder = GraphBuilder.at(block);
        this.outer = outer;
        this.scratch = scratch;
    }

    static Frame of(Block block) {
        return new Frame(block, null, false);
    }

    /** A block that is run and thrown away, in which every weight is a constant. */
    static Frame scratch(Block block) {
        return new Frame(block, null, true);
    }

    Frame inner(Block block) {
        return new Frame(block, this, scratch);
    }

    Frame outermost() {
        return outer == null ? this : outer.outermost();
    }

    Block block() {
        return block;
    }

    GraphBuilder builder() {
        return builder;
    }

    boolean isScratch() {
        return scratch;
    }

    /** What {@code key} was written as, here or in a block around; null if it was not. */
    @Nullable
    List<Value> find(Object key) {
        List<Value> found = written.get(key);
        return found != null || outer == null ? found : outer.find(key);
    }

    List<Value> remember(Object key, List<Value> values) {
        written.put(key, values);
        return values;
    }

    /** The value of a slot or the like, here or in a block around; null if it was not written. */
    @Nullable
    Value find(String name) {
        Value found = named.get(name);
        return found != null || outer == null ? found : outer.find(name);
    }

    Value remember(String name, Value value) {
        named.put(name, value);
        return value;
    }
}
