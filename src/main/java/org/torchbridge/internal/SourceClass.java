package org.torchbridge.internal;

import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.ScriptTypeParser;
import org.bytedeco.pytorch.Type;
import org.jspecify.annotations.Nullable;

/** A module whose code is TorchScript source text, the only one of its class. */
public final class SourceClass {
    static {
        Presets.load();
    }

    private final JitModule module;
    private final ScriptValues values;

    /** A class without members, in training mode. */
    public SourceClass(String name, HostTypes host) {
        this.values = new ScriptValues(host);
        try (PointerScope scope = new PointerScope()) {
            module = new JitModule(new QualifiedName("__torch__." + name), new CompilationUnit(), true);
            module.retainReference();
        }
        attribute("training", "bool", true);
    }

    public void parameter(String name, long tensor) {
        run(() -> module.register_parameter(name, Presets.tensor(tensor), false));
    }

    public void buffer(String name, long tensor) {
        run(() -> module.register_buffer(name, Presets.tensor(tensor)));
    }

    public void child(String name, ScriptObject child) {
        run(() -> module.register_module(name, new JitModule(child.value().toObject())));
    }

    /** Adds an attribute; its type as Python writes it, or null for the one that the value has by itself. */
    public void attribute(String name, @Nullable String type, @Nullable Object value) {
        run(() -> {
            Type.TypePtr parsed = type(name, type, value);
            module.register_attribute(name, parsed, toScript(name, parsed, value), false, false);
        });
    }

    private Type.TypePtr type(String name, @Nullable String type, @Nullable Object value) {
        String known = type != null ? type : value == null ? null : values.typeOf(value);
        if (known == null) {
            throw new IllegalArgumentException("the type of '" + name + "' does not follow from " + value
                    + "; say what it is, such as \"Optional[Tensor]\"");
        }
        try {
            return new ScriptTypeParser().parseType(known);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "the type of '" + name + "' cannot be read: " + ScriptSource.forPeople(e.getMessage()), e);
        }
    }

    private IValue toScript(String name, Type.TypePtr type, @Nullable Object value) {
        try {
            return values.toScript(value, type.get());
        } catch (ScriptValues.Mismatch e) {
            throw new IllegalArgumentException("'" + name + "' " + e.getMessage());
        }
    }

    /**
     * Adds methods.
     *
     * @param constants whole numbers that are attributes of {@code torch}
     * @throws IllegalArgumentException with the compiler's message
     */
    public void define(String source, Map<String, Long> constants) {
        run(() -> new ScriptSource(source, constants).define(module));
    }

    /** The module, for somebody else to free. */
    public ScriptObject object() {
        return ScriptObject.of(module);
    }

    private void run(Runnable action) {
        try (PointerScope scope = new PointerScope()) {
            action.run();
        } catch (RuntimeException e) {
            throw ScriptObject.translated(e);
        }
    }
}
