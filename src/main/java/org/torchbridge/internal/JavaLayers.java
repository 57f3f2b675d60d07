package org.torchbridge.internal;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.ScriptTypeParser;
import org.bytedeco.pytorch.Symbol;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.ValueArrayRef;
import org.bytedeco.pytorch.ValueVector;

/**
 * Java code as a module of TorchScript, which calls it through an operator of ours. Such a module runs in this process
 * only.
 */
public final class JavaLayers {
    private static final Map<Long, Entry> LAYERS = new ConcurrentHashMap<>();
    private static final ReferenceQueue<Object> COLLECTED = new ReferenceQueue<>();
    private static final AtomicLong NEXT = new AtomicLong();
    /** What runs a layer, for as long as somebody else keeps the layer. */
    private static final class Entry extends WeakReference<Object> {
        private final long id;
        private final LongUnaryOperator call;

        Entry(long id, Object layer, LongUnaryOperator call) {
            super(layer, COLLECTED);
            this.id = id;
            this.call = call;
        }
    }

    /** All are of one class, so that one can take the place of another. Made when the first is: it needs the presets. */
    private static final class Template {
        static final JitModule MODULE = template();
    }

    private JavaLayers() {}

    /**
     * A module that calls Java code.
     *
     * @param layer what the module needs: as long as it is reachable, the module works
     * @param call makes the output's handle, given away, of the input's handle; it must not keep the layer reachable
     */
    public static ScriptObject module(Object layer, LongUnaryOperator call) {
        for (Reference<?> entry = COLLECTED.poll(); entry != null; entry = COLLECTED.poll()) {
            LAYERS.remove(((Entry) entry).id);
        }
        long id = NEXT.getAndIncrement();
        LAYERS.put(id, new Entry(id, layer, call));
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(Template.MODULE._ivalue().copy());
            module.setattr("id", new IValue(id));
            return ScriptObject.of(module);
        }
    }

    /** Called from native code. */
    static long call(long id, long input) {
        Entry entry = LAYERS.get(id);
        Object layer = entry == null ? null : entry.get();
        if (layer == null) {
            throw new IllegalStateException("a script module has a Java layer as a child that is gone: whoever uses the"
                    + " program of it has to keep the ScriptModule");
        }
        long output = entry.call.applyAsLong(input);
        Reference.reachabilityFence(layer);
        return output;
    }

    private static JitModule template() {
        Presets.load();
        NativeScript.registerLayers();
        try (PointerScope scope = new PointerScope()) {
            JitModule module =
                    new JitModule(new QualifiedName("__torch__.torchbridge.JavaLayer"), new CompilationUnit(), false);
            module.retainReference();
            ScriptTypeParser types = new ScriptTypeParser();
            module.register_attribute("training", types.parseType("bool"), new IValue(true), false, false);
            module.register_attribute("id", types.parseType("int"), new IValue(0L), false, false);
            Graph graph = forward(new Type.TypePtr(module.type()));
            QualifiedName name = new QualifiedName(module.type().name().get(), "forward");
            module.type().addMethod(module._ivalue().compilation_unit().create_function(name, graph));
            return module;
        }
    }

    /** {@code def forward(self, input): return torchbridge::call_module(self.id, input)}. */
    private static Graph forward(Type.TypePtr type) {
        Graph graph = new Graph();
        Value self = graph.addInput("self").setType(type);
        Value input = graph.addInput("input");
        Value id = graph.insertNode(graph.createGetAttr(self, "id")).output();
        Symbol operator = Symbol.fromQualString("torchbridge::call_module");
        JitNode call = graph.create(operator, new ValueArrayRef(new ValueVector(id, input)), 1);
        graph.registerOutput(graph.insertNode(call).output());
        return graph;
    }
}
