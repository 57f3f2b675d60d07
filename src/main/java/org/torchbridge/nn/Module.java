package org.torchbridge.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.GradMode;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.StateDictException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeAutograd;

/**
 * A part of a model: a plain Java class whose fields of type {@code Module}, {@link Parameter} and {@link Buffer} are
 * its children.
 *
 * <pre>{@code
 * final class Classifier extends Layer {
 *     public Linear hidden = new Linear(784, 128);
 *     public Linear fc = new Linear(128, 10);
 *
 *     @Override
 *     public Tensor forward(Tensor x) {
 *         return fc.call(hidden.call(x).relu());
 *     }
 * }
 *
 * model.fc = new Linear(model.fc.inFeatures(), 300);
 * }</pre>
 *
 * <p>The fields are read, those of the superclass first, in the order in which they are declared, whenever the tree is
 * walked: an assignment replaces a child and nothing has to be registered. Fields that are null, static or transient
 * are passed over. Several children go into a {@link ModuleList}, {@link ModuleDict} or {@link Sequential}; modules
 * hidden in an array, a collection or a map are an error. {@link #add} is for children without a field.
 *
 * <p>The key of a field in names and state dicts is its name in Python's case: {@code runningMean} is
 * {@code running_mean}. A name that starts with a capital letter or has an underscore is kept as it is.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Module.html">Module</a>.
 */
public abstract class Module {
    private final Map<String, Module> added = new LinkedHashMap<>();
    private final Map<String, Parameter> addedParameters = new LinkedHashMap<>();
    // Transient, so that hooks which are modules themselves are not taken for children.
    private final transient ForwardHooks forwardHooks = new ForwardHooks();
    private boolean training = true;

    /**
     * Sees what a module's {@code call} is given, a tensor as a rule; what it returns, unless null, takes the place of
     * the inputs.
     */
    @FunctionalInterface
    public interface ForwardPreHook {
        @Nullable
        List<Object> apply(Module module, List<Object> inputs);
    }

    /** Sees what a module was given and made; what it returns, unless null, takes the place of the output. */
    @FunctionalInterface
    public interface ForwardHook {
        @Nullable
        Object apply(Module module, List<Object> inputs, Object output);
    }

    // ---- the tree

    /**
     * Adds a child that has no field, or replaces the one that was added under this name.
     *
     * @throws IllegalArgumentException if the name is empty, has a dot, or is that of a field
     */
    public void add(String name, Module child) {
        if (name.isEmpty() || name.indexOf('.') >= 0) {
            throw new IllegalArgumentException(
                    "the child's name is \"" + name + "\"; a name that is not empty and has no dot is expected");
        }
        ModuleFields.forEach(this, (key, member) -> {
            if (key.equals(name)) {
                throw new IllegalArgumentException(
                        typeName() + " has a field '" + name + "' already; assign to it to replace the child");
            }
        });
        if (child == null) {
            throw new NullPointerException("the child '" + name + "' is null; a module is expected");
        }
        added.put(name, child);
    }

    /** The children, each once. */
    public List<Module> children() {
        return List.copyOf(namedChildren().values());
    }

    /** The children by name, each once. */
    public Map<String, Module> namedChildren() {
        Set<Module> seen = identitySet();
        Map<String, Module> children = new LinkedHashMap<>();
        forEachChild((name, child) -> {
            if (seen.add(child)) {
                children.put(name, child);
            }
        });
        return children;
    }

    /** This module and all below it, each once, parents first. */
    public List<Module> modules() {
        return List.copyOf(namedModules().values());
    }

    /** This module, whose name is empty, and all below it by their dotted names, each once, parents first. */
    public Map<String, Module> namedModules() {
        Map<String, Module> modules = new LinkedHashMap<>();
        collectModules("", identitySet(), modules);
        return modules;
    }

    /** The parameters of this module and all below it, each once. */
    public List<Parameter> parameters() {
        return List.copyOf(namedParameters().values());
    }

    /** The parameters of this module and all below it by their dotted names, each once. */
    public Map<String, Parameter> namedParameters() {
        return collect(Parameter.class);
    }

    /** The buffers of this module and all below it, each once. */
    public List<Buffer> buffers() {
        return List.copyOf(namedBuffers().values());
    }

    /** The buffers of this module and all below it by their dotted names, each once. */
    public Map<String, Buffer> namedBuffers() {
        return collect(Buffer.class);
    }

    /** Passes this module and all below it to {@code action}, children first. */
    public Module apply(Consumer<? super Module> action) {
        children().forEach(child -> child.apply(action));
        action.accept(this);
        return this;
    }

    // ---- modes

    /** Whether this module is in training mode, as it is at first. */
    public boolean isTraining() {
        return training;
    }

    /** Puts this module and all below it in training mode. */
    public Module train() {
        return train(true);
    }

    /** Puts this module and all below it in training mode or in evaluation mode. */
    public Module train(boolean mode) {
        training = mode;
        children().forEach(child -> child.train(mode));
        return this;
    }

    /** Puts this module and all below it in evaluation mode. */
    public Module eval() {
        return train(false);
    }

    /** Sets whether the parameters of this module and all below it are learned; false freezes them. */
    public Module requiresGrad(boolean requires) {
        parameters().forEach(parameter -> parameter.requiresGrad(requires));
        return this;
    }

    /** Removes the gradients of all parameters. */
    public void zeroGrad() {
        List<Parameter> parameters = parameters();
        NativeAutograd.clearGrads(parameters.stream()
                .mapToLong(parameter -> parameter.tensor().handle())
                .toArray());
    }

    // ---- movement

    /** Moves parameters, their gradients and buffers to {@code device}. */
    public Module to(Device device) {
        return convert(tensor -> tensor.to(device));
    }

    /** Converts floating-point parameters, their gradients and buffers to {@code dtype}; others stay as they are. */
    public Module to(DType dtype) {
        if (!dtype.isFloatingPoint() && !dtype.isComplex()) {
            throw new IllegalArgumentException(
                    "a module can be converted to a floating-point or complex type only, not to " + dtype);
        }
        return convert(
                tensor -> tensor.dtype().isFloatingPoint() || tensor.dtype().isComplex() ? tensor.to(dtype) : tensor);
    }

    // ---- state

    /**
     * The parameters and persistent buffers by their dotted names. The tensors share the module's memory and take no
     * part in gradients.
     */
    public StateDict stateDict() {
        StateDict state = new StateDict();
        forEachPath("", (path, module) -> {
            String prefix = prefix(path);
            state.metadata().put(path, new LinkedHashMap<>(Map.of("version", module.stateVersion())));
            module.ownState().forEach((name, tensor) -> state.put(prefix + name, tensor.detach()));
        });
        return state;
    }

    /**
     * Copies the values of {@code state} into this module's parameters and buffers.
     *
     * @throws StateDictException if a key is missing, unexpected, or of another shape; it lists all of them, and
     *     nothing was copied
     */
    public LoadResult loadStateDict(Map<String, Tensor> state) {
        return loadStateDict(state, true);
    }

    /**
     * Copies the values of {@code state} into this module's parameters and buffers. If not {@code strict}, what fits is
     * copied, and the result says what did not.
     */
    public LoadResult loadStateDict(Map<String, Tensor> state, boolean strict) {
        Map<String, Tensor> own = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        forEachPath("", (path, module) -> {
            int version = version(state, path);
            module.ownState().forEach((name, tensor) -> {
                String key = prefix(path) + name;
                own.put(key, tensor);
                if (!state.containsKey(key) && !module.isOptional(name, version)) {
                    missing.add(key);
                }
            });
        });
        LoadResult result = new LoadResult(List.copyOf(missing), unexpected(state, own), mismatched(state, own));
        if (strict && !result.isComplete()) {
            throw new StateDictException(result.message(typeName()));
        }
        copy(state, own, result.mismatched().keySet());
        return result;
    }

    /** The version of this module's own state, which a state dict records: PyTorch's number for its class. */
    protected int stateVersion() {
        return 1;
    }

    /** Whether a state dict of the given version, 0 if it has none, may lack this module's own {@code key}. */
    protected boolean isOptional(String key, int version) {
        return false;
    }

    // ---- hooks

    /** Runs {@code hook} before each forward, in the order of registration. */
    public RemovableHandle registerForwardPreHook(ForwardPreHook hook) {
        return forwardHooks.add(hook);
    }

    /** Runs {@code hook} after each forward, in the order of registration. */
    public RemovableHandle registerForwardHook(ForwardHook hook) {
        return forwardHooks.add(hook);
    }

    /**
     * Runs {@code forward} with the hooks around it: what the {@code call} of a module is made of.
     *
     * <pre>{@code
     * public Output call(Tensor input, State state) {
     *     return hooked(inputs -> forward((Tensor) inputs.get(0), (State) inputs.get(1)), input, state);
     * }
     * }</pre>
     *
     * @param inputs what {@code forward} gets unless a hook replaces it
     */
    protected final <T> T hooked(Function<List<Object>, T> forward, @Nullable Object... inputs) {
        return forwardHooks.run(this, forward, inputs);
    }

    // ---- text

    /** What Python prints for the same module. */
    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        if (!extraRepr().isEmpty()) {
            lines.addAll(Arrays.asList(extraRepr().split("\n")));
        }
        int extraLines = lines.size();
        forEachChild(
                (name, child) -> lines.add("(" + name + "): " + child.toString().replace("\n", "\n  ")));
        if (lines.isEmpty()) {
            return typeName() + "()";
        }
        if (lines.size() == 1 && extraLines == 1) {
            return typeName() + "(" + lines.get(0) + ")";
        }
        return typeName() + "(\n  " + String.join("\n  ", lines) + "\n)";
    }

    /** What {@link #toString} prints of this module itself, as a rule its options. */
    public String extraRepr() {
        return "";
    }

    // ---- how it is done

    /** The children that {@link #add} added, by name. */
    Map<String, Module> added() {
        return added;
    }

    /** The parameters without a field, by name. */
    Map<String, Parameter> addedParameters() {
        return addedParameters;
    }

    /** The name of the class; for an anonymous one that of the class it extends. */
    private String typeName() {
        Class<?> type = getClass();
        return type.isAnonymousClass() ? type.getSuperclass().getSimpleName() : type.getSimpleName();
    }

    private <T> Map<String, T> own(Class<T> type) {
        Map<String, T> members = new LinkedHashMap<>();
        ModuleFields.forEach(this, (key, member) -> {
            if (type.isInstance(member) && members.put(key, type.cast(member)) != null) {
                throw new IllegalStateException(typeName() + " and a class it extends both have a field '" + key + "'");
            }
        });
        if (type == Parameter.class) {
            addedParameters.forEach((key, parameter) -> members.put(key, type.cast(parameter)));
        }
        return members;
    }

    /** Passes on the children; one that is there under two names twice. */
    private void forEachChild(BiConsumer<String, Module> action) {
        own(Module.class).forEach(action);
        added.forEach(action);
    }

    private void collectModules(String path, Set<Module> seen, Map<String, Module> modules) {
        if (seen.add(this)) {
            modules.put(path, this);
            forEachChild((name, child) -> child.collectModules(prefix(path) + name, seen, modules));
        }
    }

    private <T> Map<String, T> collect(Class<T> type) {
        Set<T> seen = identitySet();
        Map<String, T> members = new LinkedHashMap<>();
        namedModules().forEach((path, module) -> module.own(type).forEach((name, member) -> {
            if (seen.add(member)) {
                members.put(prefix(path) + name, member);
            }
        }));
        return members;
    }

    /** Passes on this module and all below it under each of their names: a state dict lists what is shared twice. */
    private void forEachPath(String path, BiConsumer<String, Module> action) {
        action.accept(path, this);
        forEachChild((name, child) -> child.forEachPath(prefix(path) + name, action));
    }

    private Map<String, Tensor> ownState() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        own(Parameter.class).forEach((name, parameter) -> state.put(name, parameter.tensor()));
        own(Buffer.class).forEach((name, buffer) -> {
            if (buffer.isPersistent()) {
                state.put(name, buffer.tensor());
            }
        });
        return state;
    }

    private Module convert(UnaryOperator<Tensor> conversion) {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            for (Parameter parameter : parameters()) {
                Tensor gradient = parameter.grad();
                replaceData(parameter.tensor(), conversion);
                if (gradient != null) {
                    replaceData(gradient, conversion);
                    parameter.tensor().grad(gradient);
                }
            }
            buffers().forEach(buffer -> replaceData(buffer.tensor(), conversion));
        }
        return this;
    }

    private static void replaceData(Tensor tensor, UnaryOperator<Tensor> conversion) {
        Tensor converted = conversion.apply(tensor);
        if (!converted.isSame(tensor)) {
            tensor.setData(converted);
        }
    }

    private static List<String> unexpected(Map<String, Tensor> state, Map<String, Tensor> own) {
        Set<String> keys = new LinkedHashSet<>(state.keySet());
        keys.removeAll(own.keySet());
        return List.copyOf(keys);
    }

    private static Map<String, String> mismatched(Map<String, Tensor> state, Map<String, Tensor> own) {
        Map<String, String> mismatched = new LinkedHashMap<>();
        own.forEach((key, tensor) -> {
            Tensor given = state.get(key);
            if (given != null && !Arrays.equals(given.shape(), tensor.shape())) {
                mismatched.put(
                        key,
                        "size mismatch for " + key + ": copying a param with shape " + size(given)
                                + " from checkpoint, the shape in current model is " + size(tensor) + ".");
            }
        });
        return Collections.unmodifiableMap(mismatched);
    }

    private static void copy(Map<String, Tensor> state, Map<String, Tensor> own, Set<String> except) {
        try (GradMode mode = Torch.noGrad()) {
            own.forEach((key, tensor) -> {
                if (state.containsKey(key) && !except.contains(key)) {
                    tensor.copy_(state.get(key));
                }
            });
        }
    }

    private static int version(Map<String, Tensor> state, String path) {
        if (state instanceof StateDict dict
                && dict.metadata().getOrDefault(path, Map.of()).get("version") instanceof Number version) {
            return version.intValue();
        }
        return 0;
    }

    private static String size(Tensor tensor) {
        return Arrays.stream(tensor.shape())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "torch.Size([", "])"));
    }

    private static String prefix(String path) {
        return path.isEmpty() ? "" : path + ".";
    }

    private static <T> Set<T> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
