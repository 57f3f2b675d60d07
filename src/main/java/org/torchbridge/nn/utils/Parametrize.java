package org.torchbridge.nn.utils;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.ModuleDict;
import org.torchbridge.nn.Parameter;

/**
 * Parameters that are computed of others: a module that makes them is put in front, and what it is given is learned
 * instead. Layers do not notice: {@code weight.tensor()} is the computed one.
 *
 * <pre>{@code
 * public final class Symmetric extends Layer {
 *     @Override
 *     public Tensor forward(Tensor x) {
 *         return x.triu().add(x.triu(1).t());
 *     }
 * }
 *
 * Parametrize.registerParametrization(linear, "weight", new Symmetric());
 * }</pre>
 *
 * <p>The state-dict keys are {@code parametrizations.weight.original} and, for what the parametrizations have
 * themselves, {@code parametrizations.weight.0.}.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.register_parametrization.html">torch.nn.utils.parametrize</a>.
 */
public final class Parametrize {
    private static final String PARAMETRIZATIONS = "parametrizations";
    private static final ThreadLocal<@Nullable Cache> CACHE = new ThreadLocal<>();

    private Parametrize() {}

    /** What computes the parameter {@code name} of a module. */
    private record Parametrized(String name) implements Function<Module, Tensor> {
        @Override
        public Tensor apply(Module module) {
            ParametrizationList list = parametrizations(module, name);
            Cache cache = CACHE.get();
            return cache == null ? list.forward() : cache.value(list);
        }
    }

    /** The block that {@link #cached} opens. */
    public static final class Cache implements AutoCloseable {
        private final @Nullable Cache outer = CACHE.get();
        private final Map<ParametrizationList, Tensor> values = outer == null ? new IdentityHashMap<>() : outer.values;

        private Cache() {
            CACHE.set(this);
        }

        private Tensor value(ParametrizationList list) {
            Tensor value = values.get(list);
            if (value == null || value.isClosed()) {
                value = Scope.escape(list.forward());
                values.put(list, value);
            }
            return value;
        }

        @Override
        public void close() {
            if (outer == null) {
                CACHE.remove();
            } else {
                CACHE.set(outer);
            }
        }
    }

    /**
     * Lets {@code parametrization} make the parameter or buffer {@code tensorName}, which has to keep its type and shape.
     *
     * @param parametrization a {@link Layer} or a {@link Parametrization}
     */
    public static <M extends Module> M registerParametrization(M module, String tensorName, Module parametrization) {
        return registerParametrization(module, tensorName, parametrization, false);
    }

    /**
     * Lets {@code parametrization} make the parameter or buffer {@code tensorName}; after others, if there are some. What
     * is learned is at first what its right inverse makes of the present value, or the value itself if it has none.
     *
     * @param parametrization a {@link Layer} or a {@link Parametrization}
     * @param unsafe whether it is not checked that the parametrization keeps type and shape
     * @throws IllegalArgumentException if there is no such parameter or buffer, or if it is another after the
     *     parametrization
     */
    public static <M extends Module> M registerParametrization(
            M module, String tensorName, Module parametrization, boolean unsafe) {
        boolean first = !isParametrized(module, tensorName);
        if (!(parametrization instanceof Layer || first && parametrization instanceof Parametrization)) {
            throw new IllegalArgumentException("a " + parametrization.getClass().getName()
                    + " cannot parametrize '" + tensorName + "'; a Layer"
                    + (first ? " or a Parametrization" : ", as there is a parametrization already,") + " is expected");
        }
        parametrization.train(module.isTraining());
        if (first) {
            register(module, tensorName, parametrization, unsafe);
        } else {
            if (!unsafe) {
                check(module.tensor(tensorName), (Layer) parametrization);
            }
            parametrizations(module, tensorName).append(parametrization);
        }
        return module;
    }

    /** Whether a parameter or buffer of this module itself is parametrized. */
    public static boolean isParametrized(Module module) {
        return module.namedChildren().get(PARAMETRIZATIONS) instanceof ModuleDict<?> dict && dict.size() > 0;
    }

    /** Whether the parameter or buffer {@code tensorName} of this module itself is parametrized. */
    public static boolean isParametrized(Module module, String tensorName) {
        return isParametrized(module) && all(module).containsKey(tensorName);
    }

    /**
     * The parametrizations of {@code tensorName}.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static ParametrizationList parametrizations(Module module, String tensorName) {
        if (!isParametrized(module, tensorName)) {
            throw new IllegalArgumentException(
                    "Module " + module + " does not have a parametrization on " + tensorName);
        }
        return all(module).get(tensorName);
    }

    /** Makes {@code tensorName} a parameter or buffer of the value it has now. */
    public static <M extends Module> M removeParametrizations(M module, String tensorName) {
        return removeParametrizations(module, tensorName, true);
    }

    /**
     * Makes {@code tensorName} a parameter or buffer again.
     *
     * @param leaveParametrized whether it keeps the value it has now; if not, it gets the one that was learned
     * @throws IllegalArgumentException if it is not parametrized, or several tensors were learned and it is not to keep
     *     its value
     */
    public static <M extends Module> M removeParametrizations(M module, String tensorName, boolean leaveParametrized) {
        ParametrizationList list = parametrizations(module, tensorName);
        if (!leaveParametrized && !list.isTensor()) {
            throw new IllegalArgumentException(
                    "'" + tensorName + "' was made of several tensors, none of which can take"
                            + " its place; leaveParametrized has to be true");
        }
        list.restore(module, tensorName, leaveParametrized ? value(module, tensorName) : list.original());
        all(module).delete(tensorName);
        if (all(module).size() == 0) {
            module.delete(PARAMETRIZATIONS);
        }
        return module;
    }

    /** Lets {@code toModule} share all parametrizations of {@code fromModule}, and what is learned in them. */
    public static <M extends Module> M transferParametrizationsAndParams(Module fromModule, M toModule) {
        if (isParametrized(fromModule)) {
            all(fromModule).keys().forEach(name -> transferParametrizationsAndParams(fromModule, toModule, name));
        }
        return toModule;
    }

    /**
     * Lets {@code toModule} share the parametrizations of {@code tensorName}, and what is learned in them; if it has no
     * such parameter, it gets one. Nothing happens if {@code fromModule} has no parametrizations at all.
     *
     * @throws IllegalArgumentException if others are parametrized, but this one is not
     */
    public static <M extends Module> M transferParametrizationsAndParams(
            Module fromModule, M toModule, String tensorName) {
        if (!isParametrized(fromModule)) {
            return toModule;
        }
        ParametrizationList from = parametrizations(fromModule, tensorName);
        if (!isParametrized(toModule, tensorName) && !hasTensor(toModule, tensorName)) {
            toModule.add(tensorName, new Parameter(fromModule.tensor(tensorName)));
        }
        from.forEach(parametrization -> registerParametrization(toModule, tensorName, parametrization));
        parametrizations(toModule, tensorName).share(from);
        return toModule;
    }

    /**
     * Until the block is closed, this thread computes each parametrized parameter once only: for modules that use one
     * several times. What is learned may not change meanwhile.
     *
     * <pre>{@code
     * try (var cache = Parametrize.cached()) {
     *     output = rnn.call(input);
     * }
     * }</pre>
     */
    public static Cache cached() {
        return new Cache();
    }

    private static void register(Module module, String tensorName, Module parametrization, boolean unsafe) {
        Tensor before = module.tensor(tensorName).detach();
        ParametrizationList list = new ParametrizationList(parametrization, module, tensorName);
        if (!unsafe) {
            ParametrizationList.requireLike(before, list.forward());
        }
        module.compute(tensorName, new Parametrized(tensorName));
        if (!isParametrized(module)) {
            module.add(PARAMETRIZATIONS, new ModuleDict<ParametrizationList>());
        }
        all(module).put(tensorName, list);
    }

    private static void check(Tensor value, Layer parametrization) {
        ParametrizationList.requireLike(value, parametrization.call(value));
        Tensor inverse = ParametrizationList.inverseOrSame(parametrization, value);
        if (inverse.dtype() != value.dtype()) {
            throw new IllegalArgumentException("right_inverse may not change the type of the parameter: it made "
                    + inverse.dtype() + " of " + value.dtype());
        }
    }

    private static boolean hasTensor(Module module, String name) {
        return module.namedParameters("", false, true).containsKey(name)
                || module.namedBuffers("", false, true).containsKey(name)
                || module.computed().containsKey(name);
    }

    private static Tensor value(Module module, String name) {
        try (GradMode mode = Torch.noGrad()) {
            return module.tensor(name).clone();
        }
    }

    @SuppressWarnings("unchecked") // register puts nothing else there
    private static ModuleDict<ParametrizationList> all(Module module) {
        return (ModuleDict<ParametrizationList>) module.getSubmodule(PARAMETRIZATIONS);
    }
}
