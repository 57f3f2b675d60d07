package org.torchbridge.jit;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Instance;
import org.torchbridge.internal.ScriptObject;

/** An object of a class that a TorchScript program defines, and that is no module. */
public final class ScriptInstance implements Instance {
    private final ScriptObject script;

    ScriptInstance(ScriptObject script) {
        this.script = script;
    }

    ScriptObject script() {
        return script;
    }

    /**
     * What an attribute holds.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    @Override
    public @Nullable Object attribute(String name) {
        return script.get(name, new JavaTypes(Map.of()));
    }

    /**
     * Sets an attribute.
     *
     * @throws IllegalArgumentException if there is none of that name, or it is of another type
     */
    public void attribute(String name, @Nullable Object value) {
        script.set(name, value, new JavaTypes(Map.of()));
    }

    /**
     * Runs a method; {@link ScriptModule} says what values may be.
     *
     * @throws IllegalArgumentException if there is none of that name, or an argument is not what it takes
     */
    public @Nullable Object run(String method, @Nullable Object... arguments) {
        return script.run(method, Arrays.asList(arguments), Map.of(), new JavaTypes(Map.of()), false);
    }

    /** The name of its class. */
    @Override
    public String toString() {
        return "<" + script.qualifiedName() + " object>";
    }
}
