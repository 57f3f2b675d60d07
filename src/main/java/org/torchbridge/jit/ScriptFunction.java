package org.torchbridge.jit;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Graph;
import org.torchbridge.internal.ScriptFunctions;

/**
 * A function of TorchScript, compiled from source.
 *
 * <pre>{@code
 * ScriptFunction power = ScriptFunction.compile("""
 *         def power(x: Tensor, n: int=2) -> Tensor:
 *             result = torch.ones_like(x)
 *             for i in range(n):
 *                 result = result * x
 *             return result
 *         """);
 * Tensor cube = (Tensor) power.call(x, 3);
 * }</pre>
 *
 * <p>Source knows {@code torch}, with all operators of libtorch and with types such as {@code torch.float32}; operators of
 * any namespace, a {@link CustomOperator} too, as {@code ops.mylib.name} or {@code torch.ops.mylib.name}; {@code math};
 * {@code torch.jit.annotate}, {@code fork} and {@code wait}. What a parameter is not declared as is a {@code Tensor}.
 *
 * <p>Values are converted as {@link ScriptModule} says. Several threads may call one function at once. It needs no closing:
 * one that is unreachable is freed.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/jit_language_reference.html">the language reference</a>.
 */
public final class ScriptFunction {
    private final ScriptFunctions functions;
    private final String name;

    private ScriptFunction(ScriptFunctions functions, String name) {
        this.functions = functions;
        this.name = name;
    }

    /**
     * Compiles source; the result is the last function in it, which may call the others.
     *
     * @throws IllegalArgumentException if the source cannot be compiled; the message shows the place
     */
    public static ScriptFunction compile(String source) {
        ScriptFunctions functions = new ScriptFunctions(source, SourceNames.CONSTANTS);
        List<String> names = functions.names();
        return new ScriptFunction(functions, names.get(names.size() - 1));
    }

    /**
     * Compiles source; the result is all functions in it, in their order.
     *
     * @throws IllegalArgumentException if the source cannot be compiled; the message shows the place
     */
    public static Map<String, ScriptFunction> compileAll(String source) {
        ScriptFunctions functions = new ScriptFunctions(source, SourceNames.CONSTANTS);
        Map<String, ScriptFunction> all = new LinkedHashMap<>();
        functions.names().forEach(name -> all.put(name, new ScriptFunction(functions, name)));
        return all;
    }

    public String name() {
        return name;
    }

    /**
     * Runs the function. Arguments at the end that have a default may be left out.
     *
     * @throws IllegalArgumentException if an argument is not what the function takes
     * @throws org.torchbridge.TorchException if the function fails
     */
    public @Nullable Object call(@Nullable Object... arguments) {
        return callWith(Arrays.asList(arguments), Map.of());
    }

    /** Runs the function with the arguments that come first, and others by their names. */
    public @Nullable Object callWith(
            List<? extends @Nullable Object> arguments, Map<String, ? extends @Nullable Object> named) {
        return functions.run(name, arguments, named, new JavaTypes(Map.of()));
    }

    /**
     * What the function does, with the functions that it calls written out, as a program that can be read, changed, and
     * made a module by {@link ScriptModule#of(Graph)}.
     */
    public Graph toGraph() {
        return ScriptReader.read(functions, name);
    }

    /** As Python writes it: {@code power(Tensor x, int n=2) -> Tensor}. */
    @Override
    public String toString() {
        return functions.text(name);
    }
}
