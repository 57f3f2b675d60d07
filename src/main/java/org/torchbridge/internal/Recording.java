package org.torchbridge.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Source;
import org.bytedeco.pytorch.SourceRange;
import org.bytedeco.pytorch.SourceRangeUnpickler;
import org.bytedeco.pytorch.StringOptional;
import org.jspecify.annotations.Nullable;

/** One run of libtorch's tracer: the graph, with the Java line of each node, and what was read out of it on the way. */
public final class Recording implements LongConsumer {
    // The presets crash on null here.
    private static final SourceRangeUnpickler NONE = new SourceRangeUnpickler((Pointer) null);
    private static final int COPY = Source.CopiesString.COPIES_STRING.value;

    private final Map<String, SourceRange> ranges = new HashMap<>();
    private final Set<String> reads = new LinkedHashSet<>();
    private final List<JitNode> nodes = new ArrayList<>();
    private @Nullable Graph graph;

    private final Supplier<String> scope;

    private Recording(Supplier<String> scope) {
        this.scope = scope;
    }

    /**
     * Records what {@code forward} does to tensors, none of which is there twice.
     *
     * @param names what the graph calls them
     * @param scope tells the path of the module that is running
     * @throws IllegalStateException in the middle of another recording of this thread's
     */
    public static Recording of(long[] inputs, String[] names, Supplier<String> scope, TensorCallback forward) {
        if (NativeTracer.isTracing()) {
            throw new IllegalStateException(
                    "a trace is running in this thread already; trace one module after the other");
        }
        Recording recording = new Recording(scope);
        recording.run(inputs, names, forward);
        return recording;
    }

    private void run(long[] inputs, String[] names, TensorCallback forward) {
        TensorCallback recorded = handles -> {
            long[] outputs = forward.call(handles);
            removeFailed();
            return outputs;
        };
        long handle = NativeTracer.trace(inputs, names, recorded, this, reads::add);
        try {
            graph = new Borrowed(NativeTracer.graph(handle)).copy();
        } finally {
            nodes.clear();
            NativeTracer.delete(handle);
        }
    }

    /** Takes out what operators have left that failed, which forward has caught: nodes without a result. */
    private void removeFailed() {
        nodes.stream().filter(node -> node.outputs().size() == 0).forEach(JitNode::destroy);
    }

    /** Which methods have read values, and where, each place once. */
    public List<String> reads() {
        return List.copyOf(reads);
    }

    public Object graph() {
        return graph;
    }

    /** Notes the Java line of a node. */
    @Override
    public void accept(long address) {
        StackWalker.StackFrame frame = CallSite.find();
        JitNode node = new JitNode(Presets.borrowed(address));
        String module = scope.get();
        node.setSourceRange(ranges.computeIfAbsent(module + " " + frame, place -> range(module, frame)));
        nodes.add(node);
    }

    private static SourceRange range(String module, StackWalker.StackFrame frame) {
        String text = frame.toString();
        String file = frame.getFileName() == null ? frame.getClassName() : frame.getFileName();
        StringOptional name = new StringOptional(ScriptGraph.fileIn(module, file));
        Source source = new Source(text, name, Math.max(0, frame.getLineNumber()), NONE, COPY);
        // The range owns it from now on: the presets do not know that.
        source.deallocate(false);
        return new SourceRange(source, 0, text.length());
    }

    /** A graph that belongs to somebody else: only for its methods. */
    private static final class Borrowed extends Graph {
        Borrowed(long address) {
            this.address = address;
        }
    }
}
