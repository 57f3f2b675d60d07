package org.torchbridge.internal;

import java.util.function.Consumer;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.jspecify.annotations.Nullable;

/** A module of TorchScript's that is being made, with a class of its own. */
public final class ScriptClass {
    private final JitModule module;
    private final CompilationUnit unit;
    private final HostTypes host;

    static {
        Presets.load();
    }

    private ScriptClass(String name, CompilationUnit unit, HostTypes host) {
        this.module = new JitModule(new QualifiedName(name), unit, true);
        this.unit = unit;
        this.host = host;
    }

    /**
     * Makes a module.
     *
     * @param name that of its class, with the modules that Python will have it in: {@code __torch__.Net}
     */
    public static ScriptObject make(String name, HostTypes host, Consumer<ScriptClass> content) {
        return ScriptObject.translating(() -> {
            ScriptClass made = new ScriptClass(name, new CompilationUnit(), host);
            content.accept(made);
            return ScriptObject.of(made.module);
        });
    }

    public void parameter(String name, long handle) {
        module.register_parameter(ScriptText.pointer(name), Presets.tensor(handle), false);
    }

    public void buffer(String name, long handle) {
        module.register_buffer(ScriptText.pointer(name), Presets.tensor(handle));
    }

    /** @throws IllegalArgumentException if the value is not of the type */
    public void attribute(String name, ScriptType type, @Nullable Object value) {
        try {
            IValue content = new ScriptValues(host).toScript(value, type.type());
            module.register_attribute(ScriptText.pointer(name), type.pointer(), content, false, false);
        } catch (ScriptValues.Mismatch e) {
            throw new IllegalArgumentException("the attribute '" + name + "' " + e.getMessage());
        }
    }

    /** Adds a module, whose class is {@code className}. */
    public void child(String name, String className, Consumer<ScriptClass> content) {
        ScriptClass child = new ScriptClass(className, unit, host);
        content.accept(child);
        module.register_module(ScriptText.pointer(name), child.module);
    }

    /** Adds a method; the first value of its code is to be the module. */
    public void method(String name, Consumer<ScriptCode> content) {
        Graph graph = new Graph();
        ScriptCode code = ScriptCode.of(graph, host);
        content.accept(code);
        graph.lint();
        Function function =
                unit.create_function(new QualifiedName(module.type().name().get(), name), graph);
        function.setSchema(ScriptMethod.withDefaults(function.getSchema(), code.defaults()));
        module.type().addMethod(function);
    }

    public ScriptType type() {
        return ScriptType.of(new org.bytedeco.pytorch.Type.TypePtr(module.type()));
    }
}
