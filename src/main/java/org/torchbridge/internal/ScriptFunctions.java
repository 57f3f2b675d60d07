package org.torchbridge.internal;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Function;
import org.jspecify.annotations.Nullable;

/** Functions of TorchScript that were compiled together. They are freed with this object, by the garbage collector. */
public final class ScriptFunctions {
    static {
        Presets.load();
        NativeVision.register();
    }

    private final CompilationUnit unit;
    private final Map<String, Function> functions = new LinkedHashMap<>();

    /**
     * Compiles source.
     *
     * @param constants whole numbers that are attributes of {@code torch}
     * @throws IllegalArgumentException with the compiler's message
     */
    public ScriptFunctions(String source, Map<String, Long> constants) {
        try (PointerScope scope = new PointerScope()) {
            unit = new CompilationUnit();
            for (long address : new ScriptSource(source, constants).define(unit)) {
                Function function = new Function(Presets.borrowed(address));
                functions.put(ScriptText.of(function.name()), function);
            }
            unit.retainReference();
        } catch (RuntimeException e) {
            throw ScriptObject.translated(e);
        }
    }

    /** In the order of the source. */
    public List<String> names() {
        return new ArrayList<>(functions.keySet());
    }

    /** As Python writes it: {@code f(Tensor x, int n=3) -> Tensor}. */
    public String text(String name) {
        try (PointerScope scope = new PointerScope()) {
            return new ScriptMethod(functions.get(name)).text();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** What a function does. */
    public ScriptGraph.Block code(String name, HostTypes host) {
        try (PointerScope scope = new PointerScope()) {
            return Objects.requireNonNull(ScriptGraph.of(functions.get(name), host));
        } catch (RuntimeException e) {
            throw ScriptObject.translated(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** What arguments of a function are that are left out, by their numbers. */
    public Map<Integer, @Nullable Object> defaults(String name, HostTypes host) {
        try (PointerScope scope = new PointerScope()) {
            return new ScriptMethod(functions.get(name)).defaults(host);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Runs a function. */
    public @Nullable Object run(
            String name,
            List<? extends @Nullable Object> arguments,
            Map<String, ? extends @Nullable Object> named,
            HostTypes host) {
        try (PointerScope scope = new PointerScope()) {
            return new ScriptMethod(functions.get(name)).run(null, arguments, named, host, false);
        } catch (RuntimeException e) {
            throw ScriptObject.translated(e);
        } finally {
            Reference.reachabilityFence(arguments);
            Reference.reachabilityFence(named);
            Reference.reachabilityFence(this);
        }
    }
}
