package org.torchbridge.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ClassType;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.FunctionVector;
import org.bytedeco.pytorch.GraphFunction;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.StringVectorOptional;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A module of TorchScript, or another object of one of its classes: what libtorch has of it.
 *
 * <p>Several threads may use it. One that closes it does not take it away from the calls that are running.
 */
public final class ScriptObject implements AutoCloseable {
    private static final int CLOSED = Integer.MIN_VALUE;
    private static final long NO_LAYER = -1;

    static {
        Presets.load();
        NativeVision.register();
    }

    private final JitModule module;
    private final long identity;
    /** How many calls are using it. */
    private final AtomicInteger users = new AtomicInteger();
    /** Its method forward, if that makes one tensor of one; 0 if nobody has looked yet. */
    private volatile long layer;

    /** What a slot of an object holds. */
    public enum SlotKind {
        PARAMETER("a parameter"),
        BUFFER("a buffer"),
        MODULE("a child"),
        ATTRIBUTE("an attribute");

        private final String description;

        SlotKind(String description) {
            this.description = description;
        }

        /** For people, after "is". */
        public String description() {
            return description;
        }
    }

    /** A place for a value in an object, with its type as Python writes it. */
    public record Slot(String name, SlotKind kind, String type) {}

    /** To be called in a scope, which does not own the module. */
    private ScriptObject(JitModule module) {
        this.module = module;
        this.identity = module._ivalue().address();
        module.retainReference();
    }

    // ---- making

    /** Reads an archive in memory, onto the device of that text or, if it is null, those that are in it. */
    public static ScriptObject load(long address, long size, @Nullable String device) {
        long stream = NativeScript.openInput(address, size);
        try (PointerScope scope = new PointerScope()) {
            DeviceOptional target = device == null ? new DeviceOptional() : new DeviceOptional(new Device(device));
            return of(torch.load(Presets.borrowed(stream), target, true));
        } catch (RuntimeException e) {
            throw translated(e);
        } finally {
            NativeScript.closeInput(stream);
        }
    }

    /** A module of the presets, which stays the caller's. */
    static ScriptObject of(JitModule module) {
        try (PointerScope scope = new PointerScope()) {
            return new ScriptObject(new JitModule(module));
        }
    }

    static ScriptObject of(IValue value) {
        try (PointerScope scope = new PointerScope()) {
            return new ScriptObject(new JitModule(value.toObject()));
        }
    }

    /** An object of the same class with the same values in its slots. */
    public ScriptObject copy() {
        return use(() -> new ScriptObject(new JitModule(module._ivalue().copy())));
    }

    // ---- what it is

    /** The same for all that stand for one object of libtorch's. */
    public long identity() {
        return identity;
    }

    /** The name of its class with the modules that Python has it in: {@code __torch__.torch.nn.modules.linear.Linear}. */
    public String qualifiedName() {
        return use(() -> ScriptText.of(module.type().name().get().qualifiedName()));
    }

    /** The name of its class: {@code Linear}. */
    public String className() {
        return use(() -> ScriptText.of(module.type().name().get().name()));
    }

    public boolean isModule() {
        return use(() -> module.type().is_module());
    }

    boolean isOf(Type type) {
        return use(() -> module.type().isSubtypeOf(type));
    }

    /** To be called in a scope, which owns the value. */
    IValue value() {
        enter();
        try {
            return new IValue(module._ivalue());
        } finally {
            leave();
        }
    }

    // ---- slots

    /** In the order in which the class has them. */
    public List<Slot> slots() {
        return use(() -> {
            List<Slot> slots = new ArrayList<>();
            ClassType type = module.type();
            for (long i = 0; i < type.numAttributes(); i++) {
                Type slotType = type.getAttribute(i).get();
                slots.add(new Slot(
                        ScriptText.of(type.getAttributeName(i)),
                        kind(type, i, slotType),
                        ScriptText.of(slotType.annotation_str())));
            }
            return slots;
        });
    }

    /** As libtorch has it, for which any tensor that is no parameter is a buffer. */
    private static SlotKind kind(ClassType type, long index, Type slotType) {
        if (type.is_parameter(index)) {
            return SlotKind.PARAMETER;
        } else if (slotType.is_module()) {
            return SlotKind.MODULE;
        }
        return slotType.kind().intern() == torch.TypeKind.TensorType ? SlotKind.BUFFER : SlotKind.ATTRIBUTE;
    }

    /** Whether there is a slot of that name. */
    public boolean has(String name) {
        return use(() -> module.hasattr(name));
    }

    /** The handle of a slot's tensor, which belongs to the caller; 0 if there is none in it. */
    public long tensor(String name) {
        return use(() -> {
            IValue value = module.attr(name);
            return value.isTensor() ? Presets.share(value.toTensor()) : 0;
        });
    }

    /** The object in a slot. */
    public ScriptObject object(String name) {
        return use(() -> of(module.attr(name)));
    }

    /** Whether that object is in a slot. */
    public boolean isIn(String name, ScriptObject object) {
        return use(() -> module.attr(name).toObject().address() == object.identity);
    }

    /** What is in a slot. */
    public @Nullable Object get(String name, HostTypes host) {
        return use(() -> new ScriptValues(host)
                .toJava(module.attr(name), module.type().getAttribute(name).get()));
    }

    /**
     * Puts a value in a slot.
     *
     * @throws IllegalArgumentException if it is of another type
     */
    public void set(String name, @Nullable Object value, HostTypes host) {
        run(() -> {
            try {
                Type type = module.type().getAttribute(name).get();
                module.setattr(name, new ScriptValues(host).toScript(value, type));
            } catch (ScriptValues.Mismatch e) {
                throw new IllegalArgumentException("'" + name + "' of " + className() + " " + e.getMessage());
            }
        });
    }

    /** The type of a slot. */
    public ScriptType type(String name) {
        return use(() -> ScriptType.of(module.type().getAttribute(name)));
    }

    /** Puts a tensor in a slot. */
    public void setTensor(String name, long handle) {
        run(() -> module.setattr(name, new IValue(Presets.tensor(handle))));
    }

    /** Puts an object in a slot. */
    public void setObject(String name, ScriptObject object) {
        run(() -> module.setattr(name, object.value()));
    }

    /**
     * A module like this one with other children, of whatever classes.
     *
     * @throws IllegalArgumentException if a child lacks a method that this module calls
     */
    public ScriptObject withChildren(Map<String, ScriptObject> children) {
        return use(() -> of(ScriptClasses.withChildren(module, children)));
    }

    /** The children in the order in which forward calls them; null if it does anything else. */
    public @Nullable List<String> chain() {
        return use(() -> {
            Function forward = module.type().findMethod("forward");
            return forward == null || forward.isNull() ? null : ScriptChain.of(new GraphFunction(forward));
        });
    }

    /** A module that calls some children of this one, which is a chain, one after the other. */
    public ScriptObject slice(List<String> names) {
        return use(() -> of(ScriptChain.slice(module, names)));
    }

    /** To be called in a scope, which owns the type. */
    Type.TypePtr type() {
        enter();
        try {
            return new Type.TypePtr(module.type());
        } finally {
            leave();
        }
    }

    // ---- methods

    /** By name, as Python writes them. */
    public Map<String, String> methods() {
        return use(() -> {
            Map<String, String> methods = new LinkedHashMap<>();
            FunctionVector functions = module.type().methods();
            for (long i = 0; i < functions.size(); i++) {
                ScriptMethod method = new ScriptMethod(functions.get(i), "");
                methods.put(method.name(), method.text());
            }
            return methods;
        });
    }

    /**
     * Runs a method.
     *
     * @throws IllegalArgumentException if there is none of that name, or an argument is not what it takes
     */
    public @Nullable Object run(
            String method,
            List<? extends @Nullable Object> arguments,
            Map<String, ? extends @Nullable Object> named,
            HostTypes host,
            boolean profiling) {
        return use(() -> method(method).run(new IValue(module._ivalue()), arguments, named, host, profiling));
    }

    private ScriptMethod method(String name) {
        Function function = module.type().findMethod(name);
        if (function == null || function.isNull()) {
            throw new IllegalArgumentException(className() + " has no method '" + name + "'; it has "
                    + methods().values());
        }
        return new ScriptMethod(function, className());
    }

    /** Whether {@link #call} works: whether forward makes one tensor of one. */
    public boolean isLayer() {
        if (layer == 0) {
            layer = use(() -> {
                Function forward = module.type().findMethod("forward");
                return forward != null && !forward.isNull() && new ScriptMethod(forward, "").isLayer()
                        ? forward.address()
                        : NO_LAYER;
            });
        }
        return layer != NO_LAYER;
    }

    /** Runs forward, if it is a layer. */
    public long call(long input, boolean profiling) {
        enter();
        try {
            return NativeScript.call(identity, layer, input, profiling);
        } finally {
            leave();
        }
    }

    /** What a method or a hook does; null if there is none of that name. */
    public ScriptGraph.@Nullable Block code(String method, HostTypes host) {
        return use(() -> {
            Function function = module.type().findMethod(method);
            if (function == null || function.isNull()) {
                function = module.type().findHook(method);
            }
            return ScriptGraph.of(function, host);
        });
    }

    /** What arguments of a method are that are left out, by their numbers; the module itself is number 0. */
    public Map<Integer, @Nullable Object> defaults(String method, HostTypes host) {
        return use(() -> method(method).defaults(host));
    }

    // ---- files and inference

    /** Writes the archive that Python's {@code torch.jit.load} reads. */
    public void save(OutputStream out, Map<String, byte[]> extraFiles) throws IOException {
        List<byte[]> namesAndContents = new ArrayList<>();
        extraFiles.forEach((name, content) -> {
            namesAndContents.add(name.getBytes(StandardCharsets.UTF_8));
            namesAndContents.add(content);
        });
        enter();
        try {
            NativeScript.save(module.address(), out, namesAndContents.toArray(byte[][]::new));
        } finally {
            leave();
        }
    }

    /**
     * The same program in evaluation mode, with parameters and attributes that it does not change turned into constants
     * and the methods but forward gone, save for {@code preserved}.
     */
    public ScriptObject freeze(List<String> preserved) {
        return use(() -> optimizing(() -> of(frozen(preserved))));
    }

    /** {@link #freeze}, and then libtorch's own optimisations; {@code preserved} are methods. */
    public ScriptObject optimizeForInference(List<String> preserved) {
        return use(() -> {
            StringVector names = new StringVector(preserved.toArray(String[]::new));
            return optimizing(() -> of(torch.optimize_for_inference(frozen(preserved), names)));
        });
    }

    private JitModule frozen(List<String> preserved) {
        StringVector names = new StringVector(preserved.toArray(String[]::new));
        return torch.freeze(evaluating(), new StringVectorOptional(names), true);
    }

    /** A module of its own with the same tensors, in evaluation mode. */
    private JitModule evaluating() {
        JitModule clone = module.clone(true);
        clone.eval();
        return clone;
    }

    private static <T> T optimizing(Supplier<T> action) {
        boolean before = torch.getGraphExecutorOptimize();
        torch.setGraphExecutorOptimize(true);
        try {
            return action.get();
        } finally {
            torch.setGraphExecutorOptimize(before);
        }
    }

    // ---- how it is freed

    /** Frees it, as soon as no call uses it any more. */
    @Override
    public void close() {
        int before = users.getAndUpdate(count -> count < 0 ? count : count + CLOSED);
        if (before == 0) {
            module.deallocate();
        }
    }

    public boolean isClosed() {
        return users.get() < 0;
    }

    private void enter() {
        if (users.getAndUpdate(count -> count < 0 ? count : count + 1) < 0) {
            throw new IllegalStateException("this script module was closed");
        }
    }

    private void leave() {
        if (users.decrementAndGet() == CLOSED) {
            module.deallocate();
        }
    }

    private <T> T use(Supplier<T> action) {
        enter();
        try {
            return translating(action);
        } finally {
            leave();
        }
    }

    /** What {@code action} gives; it may make objects of the presets, which are freed. */
    static <T> T translating(Supplier<T> action) {
        try (PointerScope scope = new PointerScope()) {
            return action.get();
        } catch (RuntimeException e) {
            throw translated(e);
        }
    }

    /** What the presets throw is a RuntimeException, with all that libtorch says in its message. */
    static RuntimeException translated(RuntimeException e) {
        if (e.getClass() == RuntimeException.class && e.getMessage() != null) {
            NativeScript.raise(e.getMessage().getBytes(StandardCharsets.UTF_8));
        }
        return e;
    }

    private void run(Runnable action) {
        use(() -> {
            action.run();
            return null;
        });
    }
}
