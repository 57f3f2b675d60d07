package org.torchbridge.nn;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.FileFormatException;
import org.torchbridge.GradMode;
import org.torchbridge.MemoryFormat;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.StateDictException;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
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
 * hidden in an array, a collection or a map are an error. {@link #add(String, Module)} and its like for parameters and
 * buffers are for what has no field; it comes after the fields.
 *
 * <p>The key of a field in names and state dicts is its name in Python's case: {@code runningMean} is
 * {@code running_mean}. A name that starts with a capital letter or has an underscore is kept as it is.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Module.html">Module</a>.
 */
public abstract class Module implements Cloneable {
    private static final String EXTRA_STATE = "_extra_state";
    private static final String PARAMETRIZATIONS = "parametrizations";

    private final Map<String, Module> added = new LinkedHashMap<>();
    private final Map<String, Parameter> addedParameters = new LinkedHashMap<>();
    private final Map<String, Buffer> addedBuffers = new LinkedHashMap<>();
    private final ForwardHooks forwardHooks = new ForwardHooks();
    private final BackwardHooks backwardHooks = new BackwardHooks();
    private final StateHooks stateHooks = new StateHooks();
    private boolean training = true;
    private boolean lazy = this instanceof LazyModule;

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

    /**
     * Sees the gradients of a call's outputs, null for what has none; what it returns, unless null, takes their place.
     */
    @FunctionalInterface
    public interface FullBackwardPreHook {
        @Nullable
        List<@Nullable Tensor> apply(Module module, List<@Nullable Tensor> gradOutput);
    }

    /**
     * Sees the gradients of a call's inputs and of its outputs, null for what has none, one for each argument of
     * {@code call} and each tensor of the output; what it returns, unless null, takes the place of those of the inputs.
     */
    @FunctionalInterface
    public interface FullBackwardHook {
        @Nullable
        List<@Nullable Tensor> apply(
                Module module, List<@Nullable Tensor> gradInput, List<@Nullable Tensor> gradOutput);
    }

    /** Runs before a module's state is put in a state dict, with the prefix of its keys. */
    @FunctionalInterface
    public interface StateDictPreHook {
        void apply(Module module, String prefix);
    }

    /** Runs when the state of a module and all below it is in {@code state}, which it may change. */
    @FunctionalInterface
    public interface StateDictPostHook {
        void apply(Module module, StateDict state, String prefix, Map<String, Object> localMetadata);
    }

    /** Runs before a module looks for its own keys in a state that is loaded. */
    @FunctionalInterface
    public interface LoadStateDictPreHook {
        void apply(Module module, Loading loading);
    }

    /**
     * Runs when a module and all below it have got their state; what it returns, unless null, takes the place of what is
     * reported.
     */
    @FunctionalInterface
    public interface LoadStateDictPostHook {
        @Nullable
        LoadResult apply(Module module, LoadResult incompatibleKeys);
    }

    /**
     * What a {@link LoadStateDictPreHook} sees and may change.
     *
     * @param state a copy of what is loaded: renaming a key here leaves the caller's state as it is
     * @param prefix the prefix of the module's keys
     * @param localMetadata what the state has about this module, as a rule its {@code version}
     * @param missingKeys takes keys to be reported as missing
     * @param unexpectedKeys takes keys to be reported as unexpected
     * @param errorMessages takes sentences that say what else is wrong
     */
    public record Loading(
            StateDict state,
            String prefix,
            Map<String, Object> localMetadata,
            boolean strict,
            List<String> missingKeys,
            List<String> unexpectedKeys,
            List<String> errorMessages) {}

    // ---- the tree

    /**
     * Adds a child that has no field, or replaces the one that was added under this name. Python's
     * {@code register_module}.
     *
     * @throws IllegalArgumentException if the name is empty, has a dot, or is that of a field or something else added
     */
    public void add(String name, Module child) {
        add(added, name, child);
    }

    /** Adds a parameter that has no field. Python's {@code register_parameter}. */
    public void add(String name, Parameter parameter) {
        add(addedParameters, name, parameter);
    }

    /** Adds a buffer that has no field. Python's {@code register_buffer}. */
    public void add(String name, Buffer buffer) {
        add(addedBuffers, name, buffer);
    }

    /**
     * Takes out what was added under this name.
     *
     * @throws IllegalArgumentException if nothing was; a field is assigned to instead
     */
    public void delete(String name) {
        if (added.remove(name) == null && addedParameters.remove(name) == null && addedBuffers.remove(name) == null) {
            throw new IllegalArgumentException("nothing was added to this " + typeName() + " as '" + name
                    + "'; what is in a field goes away by assigning to it");
        }
    }

    /**
     * The module at a dotted path: {@code "layer1.0.conv1"}; the empty path is this module.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Module getSubmodule(String path) {
        Module module = this;
        for (String name : path.isEmpty() ? new String[0] : path.split("\\.", -1)) {
            module = module.member(Module.class, name);
        }
        return module;
    }

    /**
     * Puts {@code module} at a dotted path, in the field or the place of what was added there, or adds it.
     *
     * @throws IllegalArgumentException if there is no module to hold it, or its field is of another type
     */
    public void setSubmodule(String path, Module module) {
        Module owner = owner(path);
        if (!ModuleFields.set(owner, name(path), module)) {
            owner.add(name(path), module);
        }
    }

    /**
     * The parameter at a dotted path.
     *
     * @throws IllegalArgumentException if there is none; one that is computed is none
     */
    public Parameter getParameter(String path) {
        return owner(path).member(Parameter.class, name(path));
    }

    /** Puts {@code parameter} at a dotted path, in the field or the place of what was added there, or adds it. */
    public void setParameter(String path, Parameter parameter) {
        Module owner = owner(path);
        if (!ModuleFields.set(owner, name(path), parameter)) {
            owner.add(name(path), parameter);
        }
    }

    /**
     * The buffer at a dotted path.
     *
     * @throws IllegalArgumentException if there is none; one that is computed is none
     */
    public Buffer getBuffer(String path) {
        return owner(path).member(Buffer.class, name(path));
    }

    /** Puts {@code buffer} at a dotted path, in the field or the place of what was added there, or adds it. */
    public void setBuffer(String path, Buffer buffer) {
        Module owner = owner(path);
        if (!ModuleFields.set(owner, name(path), buffer)) {
            owner.add(name(path), buffer);
        }
    }

    /**
     * The tensor of the parameter or buffer at a dotted path, which is computed if {@link #compute} says so.
     *
     * @throws IllegalArgumentException if there is neither
     */
    public Tensor tensor(String path) {
        Object holder = owner(path).holder(name(path));
        return holder instanceof Parameter parameter ? parameter.tensor() : ((Buffer) holder).tensor();
    }

    /**
     * Puts a tensor that is computed in the place of this module's own parameter or buffer {@code name}, which is none
     * any more: it is neither learned nor part of the state. Layers do not notice: {@code weight.tensor()} is what
     * {@code computation} makes of the module, each time it is asked for. {@link #setParameter} and {@link #setBuffer}
     * end it. Weight norm, pruning and the like are made of this.
     *
     * <pre>{@code
     * linear.add("log_weight", new Parameter(linear.weight.tensor().exp().log()));
     * linear.compute("weight", module -> module.tensor("log_weight").exp());
     * }</pre>
     *
     * @throws IllegalArgumentException if there is no such parameter or buffer
     */
    public void compute(String name, Function<Module, Tensor> computation) {
        if (holder(name) instanceof Buffer buffer) {
            setBuffer(name, new ComputedBuffer(this, computation, buffer.isPersistent()));
        } else {
            setParameter(name, new ComputedParameter(this, computation));
        }
    }

    /** What {@link #compute} was given for this module itself, by name. */
    public Map<String, Function<Module, Tensor>> computed() {
        Map<String, Function<Module, Tensor>> computed = new LinkedHashMap<>();
        forEachMember((name, member) -> {
            if (member instanceof Computed each) {
                computed.put(name, each.computation());
            }
        });
        return computed;
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
        return namedModules("", true);
    }

    /**
     * This module, whose name is {@code prefix}, and all below it by their dotted names, parents first.
     *
     * @param removeDuplicate whether a module that is there under several names is listed once
     */
    public Map<String, Module> namedModules(String prefix, boolean removeDuplicate) {
        Map<String, Module> modules = new LinkedHashMap<>();
        collectModules(prefix, removeDuplicate ? identitySet() : null, modules);
        return modules;
    }

    /** The parameters of this module and all below it, each once. */
    public List<Parameter> parameters() {
        return parameters(true);
    }

    /** The parameters of this module and, if {@code recurse}, all below it, each once. */
    public List<Parameter> parameters(boolean recurse) {
        return List.copyOf(namedParameters("", recurse, true).values());
    }

    /** The parameters of this module and all below it by their dotted names, each once. */
    public Map<String, Parameter> namedParameters() {
        return namedParameters("", true, true);
    }

    /**
     * The parameters by their dotted names after {@code prefix}.
     *
     * @param prefix the name of this module
     * @param recurse whether those of the modules below are listed too
     * @param removeDuplicate whether a parameter that is there under several names is listed once
     */
    public Map<String, Parameter> namedParameters(String prefix, boolean recurse, boolean removeDuplicate) {
        return collect(Parameter.class, prefix, recurse, removeDuplicate);
    }

    /** The buffers of this module and all below it, each once. */
    public List<Buffer> buffers() {
        return buffers(true);
    }

    /** The buffers of this module and, if {@code recurse}, all below it, each once. */
    public List<Buffer> buffers(boolean recurse) {
        return List.copyOf(namedBuffers("", recurse, true).values());
    }

    /** The buffers of this module and all below it by their dotted names, each once. */
    public Map<String, Buffer> namedBuffers() {
        return namedBuffers("", true, true);
    }

    /** The buffers by their dotted names after {@code prefix}; as {@link #namedParameters(String, boolean, boolean)}. */
    public Map<String, Buffer> namedBuffers(String prefix, boolean recurse, boolean removeDuplicate) {
        return collect(Buffer.class, prefix, recurse, removeDuplicate);
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
        zeroGrad(true);
    }

    /** Removes the gradients of all parameters, or, if not {@code setToNone}, fills them with zeros. */
    public void zeroGrad(boolean setToNone) {
        List<Parameter> parameters = parameters();
        if (setToNone) {
            NativeAutograd.clearGrads(parameters.stream()
                    .mapToLong(parameter -> parameter.data().handle())
                    .toArray());
        } else {
            parameters.stream().map(Parameter::grad).filter(Objects::nonNull).forEach(gradient -> gradient.detach_()
                    .zero_());
        }
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
        return convert(tensor -> isContinuous(tensor) ? tensor.to(dtype) : tensor);
    }

    /** {@link #to(Device)} and {@link #to(DType)} at once. */
    public Module to(Device device, DType dtype) {
        return to(dtype).to(device);
    }

    /** Puts the elements of parameters and buffers of four or five dimensions, and of gradients, in the given order. */
    public Module to(MemoryFormat memoryFormat) {
        return convert(tensor -> tensor.dim() == 4 || tensor.dim() == 5 ? tensor.contiguous(memoryFormat) : tensor);
    }

    /** Moves parameters, their gradients and buffers to the main memory. */
    public Module cpu() {
        return to(Device.CPU);
    }

    /** Moves parameters, their gradients and buffers to the current GPU. */
    public Module cuda() {
        return to(Device.of("cuda"));
    }

    /** Moves parameters, their gradients and buffers to the GPU of this number. */
    public Module cuda(int device) {
        return to(Device.of("cuda:" + device));
    }

    /** Converts floating-point parameters, their gradients and buffers to {@code float32}. */
    public Module float_() {
        return floatingPointTo(DType.FLOAT32);
    }

    /** Converts floating-point parameters, their gradients and buffers to {@code float64}. */
    public Module double_() {
        return floatingPointTo(DType.FLOAT64);
    }

    /** Converts floating-point parameters, their gradients and buffers to {@code float16}. */
    public Module half() {
        return floatingPointTo(DType.FLOAT16);
    }

    /** Converts floating-point parameters, their gradients and buffers to {@code bfloat16}. */
    public Module bfloat16() {
        return floatingPointTo(DType.BFLOAT16);
    }

    /** Converts all parameters, their gradients and buffers to {@code dtype}, integer ones too. */
    public Module type(DType dtype) {
        return convert(tensor -> tensor.to(dtype));
    }

    /** Moves parameters and buffers to {@code device} without their values, which then mean nothing. */
    public Module toEmpty(Device device) {
        return convert(tensor -> Torch.emptyLike(tensor, TensorOptions.of(device)));
    }

    /**
     * A module of its own with the same values: of the same class, with copies of the children, parameters and buffers,
     * the same modes and hooks. A parameter that is there twice is there twice in the copy too; gradients are not
     * copied.
     *
     * <p>All fields are copied, private, final and transient ones too, without running a constructor. Arrays,
     * collections, maps and other objects with a public {@code clone} are copied with what is in them; tensors if no
     * operator made them. Numbers, texts, enums, records and all other objects are shared. A lambda shares what it has
     * captured, as in Python: one that uses {@code this} goes on using the original.
     *
     * @throws IllegalStateException if a field holds a tensor with a history
     */
    @SuppressWarnings("unchecked") // the copy is of the same class; the caller says which that is
    public final <M extends Module> M deepCopy() {
        return (M) DeepCopy.of(this);
    }

    // ---- state

    /**
     * The parameters and persistent buffers by their dotted names. The tensors share the module's memory and take no
     * part in gradients.
     */
    public StateDict stateDict() {
        return stateDict("", false);
    }

    /**
     * The parameters and persistent buffers by their dotted names after {@code prefix}.
     *
     * @param keepVars whether the tensors are the module's own, gradients and all
     */
    public StateDict stateDict(String prefix, boolean keepVars) {
        StateDict state = new StateDict();
        collectState(state, prefix, keepVars);
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
        return loadStateDict(state, strict, false);
    }

    /**
     * Copies the values of {@code state} into this module's parameters and buffers.
     *
     * @param strict whether all has to fit; if not, what fits is copied, and the result says what did not
     * @param assign whether the parameters and buffers take the memory of the state's tensors, with their type and
     *     device, instead of copying from it; gradients are removed
     */
    public LoadResult loadStateDict(Map<String, Tensor> state, boolean strict, boolean assign) {
        return new StateLoader(this, state, strict, assign).load();
    }

    /**
     * Writes the state dict to a file, for {@link #loadStateDict(Path)} and for Python's {@code load_state_dict(torch.load(file))}.
     *
     * @throws TorchException if the file cannot be written
     */
    public final void saveStateDict(Path file) {
        Scope.run(() -> Torch.save(stateDict(), file));
    }

    /**
     * Copies the state dict in a file into this module's parameters and buffers.
     *
     * @throws FileFormatException if there is none in it, or it is damaged
     * @throws StateDictException if a key is missing, unexpected, or of another shape; nothing was copied
     */
    public final LoadResult loadStateDict(Path file) {
        try (Scope scope = Scope.open()) {
            return loadStateDict(Torch.loadStateDict(file));
        }
    }

    /**
     * What else belongs to this module's state, as a tensor, or null; {@link #setExtraState} gets it back. Its key is
     * {@code _extra_state}.
     */
    protected @Nullable Tensor getExtraState() {
        return null;
    }

    /** Takes what {@link #getExtraState} gave. */
    protected void setExtraState(Tensor state) {}

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
        return registerForwardPreHook(hook, false);
    }

    /** Runs {@code hook} before each forward; {@code prepend} says whether before those that are registered already. */
    public RemovableHandle registerForwardPreHook(ForwardPreHook hook, boolean prepend) {
        return forwardHooks.add(hook, prepend);
    }

    /** Runs {@code hook} after each forward, in the order of registration. */
    public RemovableHandle registerForwardHook(ForwardHook hook) {
        return registerForwardHook(hook, false, false);
    }

    /**
     * Runs {@code hook} after each forward.
     *
     * @param prepend whether before those that are registered already
     * @param alwaysCall whether even if the forward or a hook fails; the output is then null, unless there was one
     */
    public RemovableHandle registerForwardHook(ForwardHook hook, boolean prepend, boolean alwaysCall) {
        return forwardHooks.add(hook, prepend, alwaysCall);
    }

    /** Runs {@code hook} whenever the gradients of this module's outputs have been computed. */
    public RemovableHandle registerFullBackwardPreHook(FullBackwardPreHook hook) {
        return registerFullBackwardPreHook(hook, false);
    }

    /** As {@link #registerFullBackwardPreHook(FullBackwardPreHook)}; {@code prepend} means before the others. */
    public RemovableHandle registerFullBackwardPreHook(FullBackwardPreHook hook, boolean prepend) {
        return backwardHooks.add(hook, prepend);
    }

    /**
     * Runs {@code hook} whenever the gradients of this module's inputs have been computed: each time a call's are. If no
     * input needs gradients, it runs when those of the outputs are there. Inputs and outputs may not be changed in place.
     */
    public RemovableHandle registerFullBackwardHook(FullBackwardHook hook) {
        return registerFullBackwardHook(hook, false);
    }

    /** As {@link #registerFullBackwardHook(FullBackwardHook)}; {@code prepend} means before the others. */
    public RemovableHandle registerFullBackwardHook(FullBackwardHook hook, boolean prepend) {
        return backwardHooks.add(hook, prepend);
    }

    /** Takes {@code hook} away again, from whatever it was registered for: in a copy, say, whose handles nobody has. */
    public void removeHook(Object hook) {
        forwardHooks.remove(hook);
        backwardHooks.remove(hook);
        stateHooks.remove(hook);
    }

    /** Runs {@code hook} before this module's state is put in a state dict. */
    public RemovableHandle registerStateDictPreHook(StateDictPreHook hook) {
        return stateHooks.beforeSave.add(hook)::run;
    }

    /** Runs {@code hook} when the state of this module and all below it is in the state dict. */
    public RemovableHandle registerStateDictPostHook(StateDictPostHook hook) {
        return stateHooks.afterSave.add(hook)::run;
    }

    /** Runs {@code hook} before this module looks for its own keys in a state that is loaded. */
    public RemovableHandle registerLoadStateDictPreHook(LoadStateDictPreHook hook) {
        return stateHooks.beforeLoad.add(hook)::run;
    }

    /**
     * Runs {@code hook} when this module and all below it have got their state: what fits of it, even if strict, as the
     * hook may accept what does not.
     */
    public RemovableHandle registerLoadStateDictPostHook(LoadStateDictPostHook hook) {
        return stateHooks.afterLoad.add(hook)::run;
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
        List<Object> given = Collections.unmodifiableList(Arrays.asList(inputs));
        if (lazy) {
            initialize(given);
        }
        // Most modules have no hooks, and a small layer notices each one that is looked for.
        return forwardHooks.isEmpty() && backwardHooks.isEmpty()
                ? forward.apply(given)
                : forwardHooks.run(this, forward, backwardHooks, given);
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

    /** Called when another tensor has taken the place of one that a parameter or buffer of this module had. */
    protected void onReplacement() {}

    /** Called for a deep copy, which has this module's members by then, when those have been copied. */
    protected void onCopy() {}

    /** The children without a field, by name. */
    Map<String, Module> added() {
        return added;
    }

    /** The parameters without a field, by name. */
    Map<String, Parameter> addedParameters() {
        return addedParameters;
    }

    StateHooks stateHooks() {
        return stateHooks;
    }

    /** A copy that has the same members as this module. */
    Module shallowCopy() {
        try {
            return (Module) super.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("a module is cloneable", e);
        }
    }

    /** The name that {@link #toString} prints: that of the class; for an anonymous one that of the class it extends. */
    protected String typeName() {
        Class<?> type = getClass();
        if (type.isAnonymousClass() || this instanceof LazyModule && !lazy) {
            type = type.getSuperclass();
        }
        boolean parametrized = added.get(PARAMETRIZATIONS) instanceof ModuleDict;
        return (parametrized ? "Parametrized" : "") + type.getSimpleName();
    }

    /** Whether a parameter or buffer of this module itself waits for its shape. */
    boolean isUninitialized() {
        return own(Parameter.class).values().stream().anyMatch(Parameter::isUninitialized)
                || own(Buffer.class).values().stream().anyMatch(Buffer::isUninitialized);
    }

    private void initialize(List<Object> inputs) {
        try (GradMode mode = Torch.noGrad()) {
            ((LazyModule) this).initializeParameters(inputs);
        }
        if (isUninitialized()) {
            throw new IllegalStateException(
                    "initializeParameters of " + getClass().getName()
                            + " left a parameter or buffer without a shape; it is expected to call materialize on all of them");
        }
        lazy = false;
    }

    private <T> void add(Map<String, T> members, String name, @Nullable T member) {
        if (name.isEmpty() || name.indexOf('.') >= 0) {
            throw new IllegalArgumentException(
                    "the name is \"" + name + "\"; a name that is not empty and has no dot is expected");
        }
        ModuleFields.forEach(this, (key, value) -> {
            if (key.equals(name)) {
                throw new IllegalArgumentException(
                        typeName() + " has a field '" + name + "' already; assign to it to replace what is there");
            }
        });
        if (member == null) {
            throw new NullPointerException("what is added as '" + name + "' is null");
        }
        for (Map<String, ?> others : List.of(added, addedParameters, addedBuffers)) {
            if (others != members && others.containsKey(name)) {
                throw new IllegalArgumentException(
                        "'" + name + "' of this " + typeName() + " is something else already; delete it first");
            }
        }
        members.put(name, member);
    }

    /** Passes on what is in the fields and what was added. */
    private void forEachMember(BiConsumer<String, Object> action) {
        ModuleFields.forEach(this, action);
        added.forEach(action);
        addedParameters.forEach(action);
        addedBuffers.forEach(action);
    }

    private <T> Map<String, T> own(Class<T> type) {
        Map<String, T> members = new LinkedHashMap<>();
        forEachMember((key, member) -> {
            if (type.isInstance(member)
                    && !(member instanceof Computed)
                    && members.put(key, type.cast(member)) != null) {
                throw new IllegalStateException(typeName() + " and a class it extends both have a field '" + key + "'");
            }
        });
        return members;
    }

    private <T> T member(Class<T> type, String name) {
        Map<String, T> members = own(type);
        if (!members.containsKey(name)) {
            throw new IllegalArgumentException(typeName() + " has no "
                    + type.getSimpleName().toLowerCase(Locale.ROOT) + " '" + name + "'; there are " + members.keySet());
        }
        return members.get(name);
    }

    /** The parameter or buffer of this name, computed or not. */
    private Object holder(String name) {
        Map<String, Object> holders = new LinkedHashMap<>();
        forEachMember((key, member) -> {
            if (!(member instanceof Module)) {
                holders.put(key, member);
            }
        });
        if (!holders.containsKey(name)) {
            throw new IllegalArgumentException(
                    typeName() + " has no parameter or buffer '" + name + "'; there are " + holders.keySet());
        }
        return holders.get(name);
    }

    /** The module that a path's last name belongs to. */
    private Module owner(String path) {
        return getSubmodule(path.substring(0, Math.max(0, path.lastIndexOf('.'))));
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** Passes on the children; one that is there under two names twice. */
    private void forEachChild(BiConsumer<String, Module> action) {
        own(Module.class).forEach(action);
    }

    private void collectModules(String path, @Nullable Set<Module> seen, Map<String, Module> modules) {
        if (seen == null || seen.add(this)) {
            modules.put(path, this);
            forEachChild((name, child) -> child.collectModules(prefix(path) + name, seen, modules));
        }
    }

    private <T> Map<String, T> collect(Class<T> type, String path, boolean recurse, boolean removeDuplicate) {
        Set<T> seen = identitySet();
        Map<String, T> members = new LinkedHashMap<>();
        Map<String, Module> modules = recurse ? namedModules(path, removeDuplicate) : Map.of(path, this);
        modules.forEach((modulePath, module) -> module.own(type).forEach((name, member) -> {
            if (seen.add(member) || !removeDuplicate) {
                members.put(prefix(modulePath) + name, member);
            }
        }));
        return members;
    }

    /** Passes on this module and all below it under each of their names: a state dict lists what is shared twice. */
    void forEachPath(String path, BiConsumer<String, Module> action) {
        action.accept(path, this);
        forEachChild((name, child) -> child.forEachPath(prefix(path) + name, action));
    }

    /** What the state dict has of this module itself by key: parameters, buffers, or this module for its extra state. */
    Map<String, Object> ownState() {
        Map<String, Object> state = new LinkedHashMap<>(own(Parameter.class));
        own(Buffer.class).forEach((name, buffer) -> {
            if (buffer.isPersistent()) {
                state.put(name, buffer);
            }
        });
        if (getExtraState() != null) {
            state.put(EXTRA_STATE, this);
        }
        return state;
    }

    private void collectState(StateDict state, String prefix, boolean keepVars) {
        stateHooks.beforeSave.forEach(hook -> hook.apply(this, prefix));
        Map<String, Object> localMetadata = new LinkedHashMap<>(Map.of("version", stateVersion()));
        state.metadata().put(prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1), localMetadata);
        ownState().forEach((name, member) -> {
            Tensor tensor = stateOf(member);
            state.put(prefix + name, tensor == null || keepVars ? tensor : tensor.detach());
        });
        forEachChild((name, child) -> child.collectState(state, prefix + name + ".", keepVars));
        stateHooks.afterSave.forEach(hook -> hook.apply(this, state, prefix, localMetadata));
    }

    private static @Nullable Tensor stateOf(Object member) {
        if (member instanceof Parameter parameter) {
            return parameter.isUninitialized() ? null : parameter.tensor();
        }
        if (member instanceof Buffer buffer) {
            return buffer.isUninitialized() ? null : buffer.tensor();
        }
        return ((Module) member).getExtraState();
    }

    private Module floatingPointTo(DType dtype) {
        return convert(tensor -> tensor.dtype().isFloatingPoint() ? tensor.to(dtype) : tensor);
    }

    private static boolean isContinuous(Tensor tensor) {
        return tensor.dtype().isFloatingPoint() || tensor.dtype().isComplex();
    }

    private Module convert(UnaryOperator<Tensor> conversion) {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            for (Parameter parameter : parameters()) {
                Tensor gradient = parameter.grad();
                parameter.data(replaced(parameter.data(), conversion));
                if (gradient != null) {
                    parameter.data().grad(replaced(gradient, conversion));
                }
            }
            buffers().forEach(buffer -> buffer.data(replaced(buffer.data(), conversion)));
            modules().forEach(Module::onReplacement);
        }
        return this;
    }

    /** The tensor with what it is converted to in it; another one only if it cannot take that, as from the meta device. */
    private static Tensor replaced(Tensor tensor, UnaryOperator<Tensor> conversion) {
        Tensor converted = conversion.apply(tensor);
        if (converted.isSame(tensor)) {
            return tensor;
        }
        if (converted.device().equals(Device.META) != tensor.device().equals(Device.META)) {
            return Scope.escape(converted.detach()).requiresGrad(tensor.requiresGrad());
        }
        tensor.setData(converted);
        return tensor;
    }

    static String prefix(String path) {
        return path.isEmpty() ? "" : path + ".";
    }

    private static <T> Set<T> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
