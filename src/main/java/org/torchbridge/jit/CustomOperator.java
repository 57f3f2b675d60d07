package org.torchbridge.jit;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.autograd.Context;
import org.torchbridge.internal.HostTypes;
import org.torchbridge.internal.JavaOperator;
import org.torchbridge.io.PythonTuple;

/**
 * An operator written in Java: TorchScript calls it like one of libtorch's own.
 *
 * <pre>{@code
 * CustomOperator triple = CustomOperator.register(
 *         "mylib::triple(Tensor x, float k=3.0) -> Tensor",
 *         arguments -> arguments.tensor("x").mul(arguments.number("k")));
 *
 * triple.call(x, 2.0);
 * ScriptFunction.compile("""
 *         def f(x: Tensor):
 *             return ops.mylib.triple(x, 2.0)
 *         """);
 * }</pre>
 *
 * <p>The schema says what the operator takes and gives, in libtorch's language: {@code Tensor}, {@code int}, {@code float},
 * {@code bool}, {@code str}, {@code Scalar}, {@code Device}, lists as {@code int[]}, {@code Dict(str, Tensor)}, optional
 * ones with {@code ?}, defaults, {@code *} before those that go by name only, one result or {@code (Tensor, int)} or none as
 * {@code ()}. Values have the types that {@link ScriptModule#run} gives and takes. An operator that changes an argument says
 * so, {@code Tensor(a!) x}; one without results is called for what it does.
 *
 * <p>Gradients: what the kernel does with tensors is recorded and derived as anywhere else. An operator that was given a
 * backward of its own is a {@link org.torchbridge.autograd.Function} instead: nothing that the kernel does is recorded.
 *
 * <pre>{@code
 * CustomOperator.register(
 *         "mylib::exp(Tensor x) -> Tensor",
 *         (context, arguments) -> {
 *             Tensor result = arguments.tensor("x").exp();
 *             context.saveForBackward(result);
 *             return result;
 *         },
 *         (context, gradients) -> List.of(gradients.get(0).mul(context.savedTensors().get(0))));
 * }</pre>
 *
 * <p>Kernels run on the thread that calls, several at a time, and on threads of libtorch's too. What a kernel throws is the
 * cause of the {@link org.torchbridge.TorchException} that the caller gets.
 *
 * <p>A saved program has the operator's name in it and not the operator: where it is loaded, in Java or in Python, somebody
 * must have registered one.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/library.html">torch.library</a>.
 */
public final class CustomOperator implements AutoCloseable {
    /** Computes an operator's result. */
    @FunctionalInterface
    public interface Kernel {
        /** The result; a list for several. Where the schema has none, what this returns is ignored. */
        @Nullable
        Object run(OperatorArguments arguments) throws Exception;
    }

    /** Computes the result of an operator that has a backward. */
    @FunctionalInterface
    public interface Forward {
        /**
         * The result; a list for several.
         *
         * @param context keeps what backward needs; its inputs are the arguments, in order, those of a list of tensors one
         *     by one
         */
        @Nullable
        Object run(Context context, OperatorArguments arguments) throws Exception;
    }

    /** Computes the gradients of an operator's arguments. */
    @FunctionalInterface
    public interface Backward {
        /**
         * The gradients of the arguments, in order, those of a list of tensors one by one. Null stands for an argument that
         * has no gradient, such as a number; at the end it may be left out.
         *
         * @param gradients one for each tensor of the result
         */
        List<? extends @Nullable Tensor> run(Context context, List<@Nullable Tensor> gradients) throws Exception;
    }

    private static final HostTypes HOST = new JavaTypes(Map.of());

    private final JavaOperator operator;
    private final JavaOperator.Body body;

    private CustomOperator(JavaOperator operator, JavaOperator.Body body) {
        this.operator = operator;
        this.body = body;
    }

    /**
     * Registers an operator.
     *
     * @param schema {@code "mylib::triple(Tensor x, float k) -> Tensor"}
     * @throws IllegalArgumentException if the schema cannot be read
     * @throws IllegalStateException if an operator of this name is registered. A closed one can be registered again with
     *     the same schema
     */
    public static CustomOperator register(String schema, Kernel kernel) {
        JavaOperator operator = JavaOperator.define(schema, HOST);
        return open(operator, arguments -> kernel.run(new OperatorArguments(operator, arguments)));
    }

    /** Registers an operator with a backward of its own. */
    public static CustomOperator register(String schema, Forward forward, Backward backward) {
        JavaOperator operator = JavaOperator.define(schema, HOST);
        return open(
                operator,
                arguments ->
                        OperatorFunction.run(operator, new OperatorArguments(operator, arguments), forward, backward));
    }

    private static CustomOperator open(JavaOperator operator, JavaOperator.Body body) {
        operator.open(body);
        return new CustomOperator(operator, body);
    }

    /** {@code "mylib::triple"}, with the overload's name after a dot if it has one. */
    public String name() {
        return operator.name();
    }

    /** The schema as libtorch writes it. */
    public String schema() {
        return operator.schema();
    }

    /**
     * Calls the operator through libtorch's dispatcher, as a program does; several results are a tuple. Arguments at the end
     * that have a default may be left out.
     */
    public @Nullable Object call(@Nullable Object... arguments) {
        List<@Nullable Object> results = operator.call(arguments);
        return switch (results.size()) {
            case 0 -> null;
            case 1 -> results.get(0);
            default -> PythonTuple.copyOf(results);
        };
    }

    /**
     * Takes the kernel away. libtorch itself never forgets an operator, since programs hold on to it: calling it fails from
     * now on, until the same schema is registered again.
     */
    @Override
    public void close() {
        operator.close(body);
    }

    @Override
    public String toString() {
        return schema();
    }
}
