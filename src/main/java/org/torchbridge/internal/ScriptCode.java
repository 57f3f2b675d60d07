package org.torchbridge.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Block;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Source;
import org.bytedeco.pytorch.SourceRange;
import org.bytedeco.pytorch.SourceRangeUnpickler;
import org.bytedeco.pytorch.StringOptional;
import org.bytedeco.pytorch.Symbol;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.ValueVector;
import org.jspecify.annotations.Nullable;

/** A block of a graph of libtorch's that is being written; values are known by numbers. */
public final class ScriptCode {
    // The presets crash on null here.
    private static final SourceRangeUnpickler NONE = new SourceRangeUnpickler((Pointer) null);
    private static final int COPY = Source.CopiesString.COPIES_STRING.value;

    private final Graph graph;
    private final Block block;
    private final HostTypes host;
    private final Map<String, SourceRange> sources;
    private final Map<Integer, IValue> defaults = new HashMap<>();

    private ScriptCode(Graph graph, Block block, HostTypes host, Map<String, SourceRange> sources) {
        this.graph = graph;
        this.block = block;
        this.host = host;
        this.sources = sources;
    }

    static ScriptCode of(Graph graph, HostTypes host) {
        return new ScriptCode(graph, graph.block(), host, new HashMap<>());
    }

    /** A node that was written, with the values it makes. */
    public final class Written {
        private final JitNode node;

        private Written(JitNode node) {
            this.node = node;
        }

        public long output(int index) {
            return node.outputs().get(index).address();
        }

        /** Names a value, and says what it is. */
        public void output(int index, String name, ScriptType type) {
            named(node.outputs().get(index), name, type);
        }

        public void set(String attribute, long value) {
            node.i_(Symbol.attr(attribute), value);
        }

        public void set(String attribute, String value) {
            node.s_(Symbol.attr(attribute), ScriptText.pointer(value));
        }

        public void set(String attribute, List<ScriptType> types) {
            node.tys_(Symbol.attr(attribute), ScriptType.vector(types));
        }

        /** Adds a block, which is to be written. */
        public ScriptCode block() {
            return new ScriptCode(graph, node.addBlock(), host, sources);
        }

        /** Where it comes from: the module's path, or nothing, and {@code net.py:12}. */
        public void source(String scope, String source) {
            node.setSourceRange(sources.computeIfAbsent(ScriptGraph.fileIn(scope, source), ScriptCode::range));
        }
    }

    private static SourceRange range(String text) {
        int colon = text.lastIndexOf(':');
        boolean numbered = colon > 0 && text.substring(colon + 1).matches("\\d{1,9}");
        String file = numbered ? text.substring(0, colon) : text;
        long line = numbered ? Math.max(0, Long.parseLong(text.substring(colon + 1)) - 1) : 0;
        Source source = new Source(text, new StringOptional(file), line, NONE, COPY);
        // The range owns it from now on, which neither the presets' collector nor a scope knows.
        source.retainReference();
        source.deallocate(false);
        return new SourceRange(source, 0, text.length());
    }

    public long input(String name, ScriptType type) {
        return named(block.addInput(), name, type).address();
    }

    /**
     * Says what input number {@code index} of a method is for a caller who leaves it out.
     *
     * @throws IllegalArgumentException if that is not of the type
     */
    public void defaultInput(int index, @Nullable Object value, ScriptType type) {
        defaults.put(index, script(value, type, "the default"));
    }

    Map<Integer, IValue> defaults() {
        return defaults;
    }

    public Written node(String kind, List<Long> inputs, int outputs) {
        ValueVector values = new ValueVector();
        inputs.forEach(input -> values.push_back(value(input)));
        JitNode node = graph.create(Symbol.fromQualString(kind), values, outputs);
        block.appendNode(node);
        return new Written(node);
    }

    /** Reads what an object has under a name. */
    public Written get(long object, String name) {
        return new Written(block.appendNode(graph.createGetAttr(value(object), ScriptText.pointer(name))));
    }

    public Written set(long object, String name, long value) {
        return new Written(
                block.appendNode(graph.createSetAttr(value(object), ScriptText.pointer(name), value(value))));
    }

    /**
     * Writes a constant.
     *
     * @throws IllegalArgumentException if it is not of the type, or of one that has no constants
     */
    public Written constant(@Nullable Object value, ScriptType type) {
        IValue content = value == null ? new IValue() : script(value, type, "a constant");
        graph.setInsertPoint(block);
        return new Written(graph.insertConstant(content).node());
    }

    private IValue script(@Nullable Object value, ScriptType type, String what) {
        try {
            return new ScriptValues(host).toScript(value, type.type());
        } catch (ScriptValues.Mismatch e) {
            throw new IllegalArgumentException(what + " " + e.getMessage());
        }
    }

    public void output(long value) {
        block.registerOutput(value(value));
    }

    private static Value value(long address) {
        return new Value(Presets.borrowed(address));
    }

    /** Names of digits alone are libtorch's own. */
    private static Value named(Value value, String name, ScriptType type) {
        value.setType(type.pointer());
        return name.matches("[\\d.]*") ? value : value.setDebugName(ScriptText.pointer(name));
    }
}
