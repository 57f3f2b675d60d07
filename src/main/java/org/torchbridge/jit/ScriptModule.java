package org.torchbridge.jit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.FileFormatException;
import org.torchbridge.Layout;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.passes.Optimization;
import org.torchbridge.graph.passes.Packing;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.ScriptObject;
import org.torchbridge.io.AtomicFile;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;

/**
 * A TorchScript program with its parameters: what Python's {@code torch.jit.script} and {@code torch.jit.trace} make and
 * {@code torch.jit.save} writes. It is a module like any other: it has children, parameters and buffers under Python's
 * names, trains and freezes, and goes into a {@link org.torchbridge.nn.Sequential} and an optimizer.
 *
 * <pre>{@code
 * ScriptModule model = ScriptModule.load(Path.of("resnet18.pt"));
 * Tensor scores = model.call(images);
 *
 * ScriptModule detector = ScriptModule.load(Path.of("detector.pt"));
 * Map<?, ?> found = (Map<?, ?>) detector.run("detect", image, 0.5);
 * }</pre>
 *
 * <p>{@link #call} is for programs of one tensor that make one. {@link #run} runs any method. Arguments are converted to
 * the types that the method is declared with; those at the end that have defaults may be left out.
 *
 * <table>
 * <caption>Values</caption>
 * <tr><th>TorchScript</th><th>given</th><th>returned</th></tr>
 * <tr><td>{@code Tensor}</td><td>{@link Tensor}</td><td>{@link Tensor}</td></tr>
 * <tr><td>{@code int}</td><td>any whole number that fits into a {@code long}; a {@link org.torchbridge.DType}, which
 *     TorchScript has as an {@code int}</td><td>{@link Long}</td></tr>
 * <tr><td>{@code float}</td><td>{@link Double}, {@link Float}, any whole number</td><td>{@link Double}</td></tr>
 * <tr><td>{@code bool}</td><td>{@link Boolean}</td><td>{@link Boolean}</td></tr>
 * <tr><td>{@code complex}</td><td>a {@link org.torchbridge.Scalar}, any number</td><td>a complex {@link
 *     org.torchbridge.Scalar}</td></tr>
 * <tr><td>{@code number}</td><td>any number, {@link Boolean}</td><td>{@link Long}, {@link Double}, ...</td></tr>
 * <tr><td>{@code str}</td><td>{@link String}, any {@link CharSequence}</td><td>{@link String}</td></tr>
 * <tr><td>{@code None}, {@code Optional}</td><td>null, or the value</td><td>null, or the value</td></tr>
 * <tr><td>{@code List}</td><td>any {@link java.util.Collection} or array</td><td>{@link java.util.ArrayList}, a copy</td></tr>
 * <tr><td>{@code Tuple}</td><td>any {@link java.util.Collection} or array</td><td>{@link
 *     org.torchbridge.io.PythonTuple}</td></tr>
 * <tr><td>{@code NamedTuple}</td><td>any {@link java.util.Collection} or array, in the order of its fields</td><td>{@link
 *     org.torchbridge.io.NamedTuple}</td></tr>
 * <tr><td>{@code Dict}</td><td>any {@link Map}</td><td>{@link LinkedHashMap}, a copy</td></tr>
 * <tr><td>{@code torch.device}</td><td>{@link Device}, or its text</td><td>{@link Device}</td></tr>
 * <tr><td>an enum</td><td>{@link ScriptEnum}, a member of a Java enum with the name, or the name</td><td>{@link
 *     ScriptEnum}</td></tr>
 * <tr><td>a module</td><td>{@link ScriptModule}</td><td>{@link ScriptModule}: the child, if it is one</td></tr>
 * <tr><td>an object of a class</td><td>{@link ScriptInstance}</td><td>{@link ScriptInstance}</td></tr>
 * <tr><td>{@code Union}</td><td>what one of its types takes</td><td>the value</td></tr>
 * <tr><td>{@code Any}</td><td>what its type follows from; elements of one type</td><td>the value</td></tr>
 * <tr><td>{@code Future}</td><td></td><td>what it comes to</td></tr>
 * </table>
 *
 * <p>Several threads may call one module at once. It needs no closing: a module that is unreachable is freed.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.jit.ScriptModule.html">ScriptModule</a>.
 */
public final class ScriptModule extends Layer implements AutoCloseable {
    private static final String FORWARD = "forward";
    private static final String TRAINING = "training";

    private transient volatile ScriptObject script;
    private boolean profiling;
    /** For a program without a mode of its own. */
    private boolean mode;

    /** Java layers that a program calls which has no children any more. */
    private transient List<Module> kept = List.of();

    /** The script modules that have this one as a child. */
    private transient List<WeakReference<ScriptModule>> parents = new CopyOnWriteArrayList<>();

    private ScriptModule(ScriptObject script) {
        this.script = script;
    }

    // ---- loading

    /**
     * Loads an archive that {@code torch.jit.save}, {@link #save} or {@code _save_for_lite_interpreter} wrote, with its
     * tensors on the devices that it names.
     *
     * @throws FileFormatException if the file is of another kind, or damaged
     * @throws TorchException if there is no such file, or it needs an operator that does not exist
     */
    public static ScriptModule load(Path file) {
        return load(file, null);
    }

    /** {@link #load(Path)} with all tensors on {@code device}, unless that is null. */
    public static ScriptModule load(Path file, @Nullable Device device) {
        return load(file, device, new HashMap<>());
    }

    /** {@link #load(Path, Device)}; {@code extraFiles} gets the files that are in the archive beside the program. */
    public static ScriptModule load(Path file, @Nullable Device device, Map<String, byte[]> extraFiles) {
        return ScriptFiles.load(file, device, extraFiles);
    }

    /** {@link #load(Path)} from a stream, which is read to its end and stays open. */
    public static ScriptModule load(InputStream in) {
        return load(in, null, new HashMap<>());
    }

    /** {@link #load(Path, Device, Map)} from a stream, which is read to its end and stays open. */
    public static ScriptModule load(InputStream in, @Nullable Device device, Map<String, byte[]> extraFiles) {
        try {
            return load(in.readAllBytes(), device, extraFiles);
        } catch (IOException e) {
            throw new TorchException("the stream cannot be read: " + e.getMessage(), e);
        }
    }

    /** {@link #load(Path)} from the content of a file. */
    public static ScriptModule load(byte[] content) {
        return load(content, null, new HashMap<>());
    }

    /** {@link #load(Path, Device, Map)} from the content of a file. */
    public static ScriptModule load(byte[] content, @Nullable Device device, Map<String, byte[]> extraFiles) {
        return ScriptFiles.load(content, device, extraFiles);
    }

    /** {@link #load(Path)} from what remains in a buffer, whose position does not change. */
    public static ScriptModule load(ByteBuffer content) {
        return load(content, null, new HashMap<>());
    }

    /** {@link #load(Path, Device, Map)} from what remains in a buffer, whose position does not change. */
    public static ScriptModule load(ByteBuffer content, @Nullable Device device, Map<String, byte[]> extraFiles) {
        byte[] bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        return load(bytes, device, extraFiles);
    }

    /** Starts a module that is written by hand; {@code name} is that of its class. */
    public static ScriptModuleBuilder builder(String name) {
        return new ScriptModuleBuilder(name);
    }

    /** The module of what libtorch has, which is given away, with all below it. */
    static ScriptModule of(ScriptObject script) {
        return new ScriptTree().module(script);
    }

    /** One without members; {@link ScriptTree} adds them. */
    static ScriptModule bare(ScriptObject script) {
        return new ScriptModule(script);
    }

    // ---- tracing

    /**
     * Records what a layer does to an example as a program with the layer's parameters and buffers: under the same names,
     * and shared, so that what one learns the other knows. See {@link #trace(Module, Function, List, TraceOptions)}.
     */
    public static ScriptModule trace(Layer layer, Tensor example) {
        return trace(layer, example, TraceOptions.options());
    }

    /** {@link #trace(Layer, Tensor)} with options. */
    public static ScriptModule trace(Layer layer, Tensor example, TraceOptions options) {
        return trace(layer, inputs -> layer.call(inputs.get(0)), List.of(example), options);
    }

    /**
     * Records what {@code forward} does to an example, as the method forward of a program that has the parameters and
     * buffers of {@code module}: under the same names, and shared. Every operator counts, also those that are called
     * through the raw presets.
     *
     * <pre>{@code
     * ScriptModule traced = ScriptModule.trace(lstm, in -> lstm.call(in.get(0)), List.of(example));
     * }</pre>
     *
     * <p>What Java does is not part of the program: of a branch it has the way that was gone, of a loop the turns that were
     * made, and each value that Java reads out of a tensor is a constant from then on; a warning names the line. Tensors
     * that are made of Java's own memory are constants too. A {@link org.torchbridge.autograd.Function} is recorded as what
     * its forward does, without its backward, and a block without gradients as if it had them.
     *
     * <p><b>Sizes.</b> A size that Java reads is no constant. {@code forward} is recorded a second time with an example of
     * other sizes, and where an integer is another one, it is computed of the sizes that explain it. The second example is
     * the first with more elements in dimension 0, or in another one if {@code forward} does not take that; {@link
     * #trace(Module, Function, List, List, TraceOptions)} is given one, for instance with images of another size. What is
     * explained by no size stays as in the first, with a warning.
     *
     * <p><b>The check.</b> The program is then run on the examples, and on another one, and compared with {@code forward}.
     * Other values give a warning, other shapes for an example that was given an exception. Where random numbers are drawn,
     * as by dropout in training, only shapes are compared. The module's buffers, the random numbers and the examples are
     * in the end as they were.
     *
     * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.jit.trace.html">torch.jit.trace</a>.
     *
     * @param forward returns a tensor, or a list or record of tensors, nulls, lists and records, which become tuples
     * @throws TorchException if {@code forward} uses a tensor that requires gradients and is no parameter of the module, or
     *     if the program makes other shapes than {@code forward}
     * @throws IllegalStateException inside another trace of this thread
     */
    public static ScriptModule trace(
            Module module, Function<List<Tensor>, ?> forward, List<Tensor> example, TraceOptions options) {
        return Trace.of(module, forward, example, null, options);
    }

    /** {@link #trace(Module, Function, List, TraceOptions)} with the options' defaults. */
    public static ScriptModule trace(Module module, Function<List<Tensor>, ?> forward, List<Tensor> example) {
        return trace(module, forward, example, TraceOptions.options());
    }

    /**
     * {@link #trace(Module, Function, List, TraceOptions)} with a second example, as many inputs of the same types: sizes
     * that differ between the two are those that the program leaves open.
     */
    public static ScriptModule trace(
            Module module,
            Function<List<Tensor>, ?> forward,
            List<Tensor> example,
            List<Tensor> second,
            TraceOptions options) {
        return Trace.of(module, forward, example, second, options);
    }

    // ---- running

    /**
     * Makes the output from the input. Hooks are not run: use {@link #call}.
     *
     * @throws IllegalArgumentException if the program takes something else than one tensor
     */
    @Override
    public Tensor forward(Tensor input) {
        if (!script.isLayer()) {
            return single(invoke(FORWARD, List.of(input), Map.of()));
        }
        Tensor output = Adoption.adopt(script.call(input.handle(), profiling));
        Reference.reachabilityFence(input);
        return output;
    }

    private Tensor single(@Nullable Object output) {
        if (output instanceof Tensor tensor) {
            return tensor;
        }
        throw new IllegalArgumentException("forward of " + script.className() + " makes no single tensor: it is "
                + methods().get(FORWARD) + "; run(\"forward\", ...) gives what it makes");
    }

    /**
     * Runs a method. Hooks run around {@code "forward"}, as around {@link #call}.
     *
     * @throws IllegalArgumentException if there is none of that name, or an argument is not what it takes
     * @throws TorchException if the program fails; {@link TorchException#nativeTrace} has where
     */
    public @Nullable Object run(String method, @Nullable Object... arguments) {
        return run(method, Arrays.asList(arguments), Map.of());
    }

    /** Runs a method with the arguments that come first, and others by their names. */
    public @Nullable Object run(
            String method, List<? extends @Nullable Object> arguments, Map<String, ? extends @Nullable Object> named) {
        return method.equals(FORWARD)
                ? hooked(inputs -> invoke(method, inputs, named), arguments.toArray())
                : invoke(method, arguments, named);
    }

    private @Nullable Object invoke(
            String method, List<? extends @Nullable Object> arguments, Map<String, ? extends @Nullable Object> named) {
        Object result = script.run(method, arguments, named, types(), profiling);
        Reference.reachabilityFence(arguments);
        Reference.reachabilityFence(named);
        return result;
    }

    /** The methods by name, as Python writes them: {@code "forward(Tensor x, int n=3) -> Tensor"}. */
    public Map<String, String> methods() {
        return script.methods();
    }

    /**
     * Sets whether libtorch watches the first calls of each method and then makes a faster program of it, as Python does.
     * That takes a long time, seconds for a large model, and is seldom faster: by default it does not. {@link
     * #optimizeForInference} is what makes programs faster.
     */
    public ScriptModule profiling(boolean enabled) {
        for (Module module : modules()) {
            if (module instanceof ScriptModule each) {
                each.profiling = enabled;
            }
        }
        return this;
    }

    // ---- attributes

    /** What this module itself has beside parameters, buffers and children: numbers, texts, lists, objects. */
    public Map<String, @Nullable Object> attributes() {
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (ScriptObject.Slot slot : script.slots()) {
            if (slot.kind() == ScriptObject.SlotKind.ATTRIBUTE) {
                attributes.put(slot.name(), attribute(slot.name()));
            }
        }
        return attributes;
    }

    /**
     * What an attribute holds; parameters, buffers and children are some too.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public @Nullable Object attribute(String name) {
        requireSlot(name);
        return script.get(name, types());
    }

    /**
     * Sets an attribute, which goes on having its type.
     *
     * @throws IllegalArgumentException if there is none of that name, or it is of another type
     */
    public void attribute(String name, @Nullable Object value) {
        ScriptObject.Slot slot = requireSlot(name);
        switch (slot.kind()) {
            case ATTRIBUTE -> script.set(name, value, types());
            case PARAMETER -> add(name, value instanceof Tensor tensor ? new Parameter(tensor) : (Parameter) value);
            case BUFFER -> add(name, value instanceof Tensor tensor ? new Buffer(tensor) : (Buffer) value);
            case MODULE -> add(name, (Module) value);
            default -> throw new AssertionError(slot);
        }
    }

    private ScriptObject.Slot requireSlot(String name) {
        List<ScriptObject.Slot> slots = script.slots();
        return slots.stream()
                .filter(slot -> slot.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(script.className() + " has no attribute '" + name
                        + "'; it has "
                        + slots.stream().map(ScriptObject.Slot::name).toList()));
    }

    JavaTypes types() {
        Map<Long, ScriptModule> known = new HashMap<>();
        for (Module module : modules()) {
            if (module instanceof ScriptModule each) {
                known.put(each.script.identity(), each);
            }
        }
        return new JavaTypes(known);
    }

    // ---- what a module is

    /** Whether the program is in training mode. */
    @Override
    public boolean isTraining() {
        return script.has(TRAINING) ? (Boolean) script.get(TRAINING, new JavaTypes(Map.of())) : mode;
    }

    @Override
    public ScriptModule train(boolean training) {
        super.train(training);
        mode = training;
        if (script.has(TRAINING)) {
            script.set(TRAINING, training, new JavaTypes(Map.of()));
        }
        return this;
    }

    /**
     * Puts another child in the place of the program's own, which the program then calls: another script module, or any
     * {@link Layer} of Java's.
     *
     * <pre>{@code
     * ScriptModule model = ScriptModule.load(Path.of("resnet18.pt"));
     * model.setChild("fc", new Linear(512, 10));
     * }</pre>
     *
     * <p>It must have the methods that the program calls of the child, and take and make the same; a Java layer has {@code
     * forward}, of one tensor. With a Java layer in it, a module runs and trains like any other, and cannot be saved:
     * trace the layer for that.
     *
     * @throws IllegalArgumentException if there is no such child, or the program cannot call this one
     */
    public void setChild(String path, Module child) {
        setSubmodule(path, child);
    }

    /** {@link #setChild} for a child of this module itself. */
    @Override
    public void add(String name, Module child) {
        ScriptObject.Slot slot = requireSlot(name);
        if (slot.kind() != ScriptObject.SlotKind.MODULE) {
            throw new IllegalArgumentException("'" + name + "' of " + script.className() + " is "
                    + slot.kind().description() + ", not a child");
        }
        become(script.withChildren(Map.of(name, scriptOf(name, child))));
        super.add(name, child);
        link(child);
    }

    /**
     * The part of a chain from one child to before another, with the same children under their names: what {@code
     * sequential[from:to]} is in Python. A chain is a module that calls one child after the other, each with what the one
     * before made, such as a {@code Sequential}. Negative numbers count from the end.
     *
     * @throws IllegalArgumentException if this module is no chain
     */
    public ScriptModule slice(int from, int to) {
        List<String> chain = script.chain();
        if (chain == null) {
            throw new IllegalArgumentException(
                    script.className() + " does more than to call its children one after the other, so it cannot be"
                            + " sliced; take a child that is a chain: getSubmodule(name)");
        }
        int start = position(from, chain.size());
        List<String> names = chain.subList(start, Math.max(start, position(to, chain.size())));
        ScriptModule slice = bare(script.slice(names));
        names.forEach(name -> slice.member(name, getSubmodule(name)));
        return slice;
    }

    private static int position(int index, int size) {
        return Math.max(0, Math.min(index < 0 ? index + size : index, size));
    }

    private ScriptObject scriptOf(String name, Module child) {
        if (child instanceof ScriptModule module) {
            return module.script;
        } else if (child instanceof Layer layer) {
            requireCalled(name);
            return LayerCalls.script(layer);
        }
        throw new IllegalArgumentException(
                "'" + name + "' is to be a " + child.getClass().getSimpleName()
                        + "; a ScriptModule or a Layer is expected, which makes one tensor from one");
    }

    /** A program that was made of a graph calls only those children whose nodes stand together. */
    private void requireCalled(String name) {
        if (getSubmodule(name) instanceof ScriptModule present
                && present.methods().isEmpty()) {
            throw new IllegalArgumentException("the program does not call '" + name + "' but computes with its weights;"
                    + " put others in the place of those: getSubmodule(\"" + name + "\").add(\"weight\", ...)");
        }
    }

    /** Takes another object as this module's, and with it all that this is a child of: their programs call its class. */
    private void become(ScriptObject other) {
        ScriptObject before = script;
        script = other;
        for (WeakReference<ScriptModule> reference : List.copyOf(parents)) {
            ScriptModule parent = reference.get();
            if (parent != null && !parent.script.isClosed()) {
                Map<String, ScriptObject> changed = new HashMap<>();
                for (ScriptObject.Slot slot : parent.script.slots()) {
                    if (slot.kind() == ScriptObject.SlotKind.MODULE && parent.script.isIn(slot.name(), before)) {
                        changed.put(slot.name(), other);
                    }
                }
                if (!changed.isEmpty()) {
                    parent.become(parent.script.withChildren(changed));
                }
            }
        }
        before.close();
    }

    private void link(Module child) {
        if (child instanceof ScriptModule module) {
            module.parents.removeIf(parent -> parent.get() == null);
            module.parents.add(new WeakReference<>(this));
        }
    }

    /** Puts {@code parameter} in the place of the program's own. */
    @Override
    public void add(String name, Parameter parameter) {
        requireSlot(name, ScriptObject.SlotKind.PARAMETER, parameter.getClass() == Parameter.class);
        super.add(name, parameter);
        script.setTensor(name, parameter.tensor().handle());
    }

    /** Puts {@code buffer} in the place of the program's own. */
    @Override
    public void add(String name, Buffer buffer) {
        requireSlot(name, ScriptObject.SlotKind.BUFFER, buffer.getClass() == Buffer.class);
        super.add(name, buffer);
        script.setTensor(name, buffer.tensor().handle());
    }

    private void requireSlot(String name, ScriptObject.SlotKind kind, boolean plain) {
        ScriptObject.Slot slot = requireSlot(name);
        if (slot.kind() != kind) {
            throw new IllegalArgumentException("'" + name + "' of " + script.className() + " is "
                    + slot.kind().description() + ", not " + kind.description());
        } else if (!plain) {
            throw new IllegalArgumentException("'" + name + "' of " + script.className()
                    + " cannot be computed, or wait for its shape: a program has it as a tensor");
        }
    }

    @Override
    public void delete(String name) {
        throw new IllegalArgumentException(
                "'" + name + "' cannot be taken out of a script module, whose program uses it");
    }

    @Override
    protected String typeName() {
        return "RecursiveScriptModule";
    }

    @Override
    public String extraRepr() {
        return "original_name=" + script.className();
    }

    @Override
    protected void onReplacement() {
        namedParameters("", false, false)
                .forEach((name, parameter) ->
                        script.setTensor(name, parameter.tensor().handle()));
        namedBuffers("", false, false)
                .forEach(
                        (name, buffer) -> script.setTensor(name, buffer.tensor().handle()));
    }

    @Override
    protected void onCopy() {
        script = script.copy();
        parents = new CopyOnWriteArrayList<>();
        onReplacement();
        forEachChildName((name, child) -> {
            script.setObject(name, scriptOf(name, child));
            link(child);
        });
    }

    private void forEachChildName(BiConsumer<String, Module> action) {
        for (ScriptObject.Slot slot : script.slots()) {
            if (slot.kind() == ScriptObject.SlotKind.MODULE) {
                action.accept(slot.name(), getSubmodule(slot.name()));
            }
        }
    }

    ScriptObject script() {
        return script;
    }

    /** A member that the program has already. */
    void member(String name, Object member) {
        if (member instanceof Parameter parameter) {
            super.add(name, parameter);
        } else if (member instanceof Buffer buffer) {
            super.add(name, buffer);
        } else {
            super.add(name, (Module) member);
            link((Module) member);
        }
    }

    // ---- programs

    /**
     * A module whose method forward does what a program does, with the program's state in a tree of modules by its paths.
     * Nodes of one {@link org.torchbridge.graph.Node#scope scope} that stand together, take something and make one value are
     * the method of that module. It shares the tensors. Several results become a tuple.
     *
     * @throws IllegalArgumentException if the program is not whole: it uses a value before it is made, or has no slot
     *     of a name it uses
     * @throws TorchException if libtorch finds something wrong with it
     */
    public static ScriptModule of(Graph graph) {
        return of(graph, "Program");
    }

    /** {@link #of(Graph)} with a name for the module's class. */
    public static ScriptModule of(Graph graph, String className) {
        return of(ScriptWriter.write(graph, className));
    }

    /**
     * What a method does, as a program that can be read, changed, and made a module again. It shares the tensors.
     *
     * @throws IllegalArgumentException if there is none of that name
     * @throws TorchException if it uses a module in another way than by its members
     */
    public Graph toGraph(String method) {
        return ScriptReader.read(this, method);
    }

    // ---- for inference

    /**
     * The same program in evaluation mode with its parameters and attributes as constants: nothing can be changed any
     * more, and it needs nothing of this module.
     *
     * @param preserved methods and attributes to keep; all but forward go away
     */
    public ScriptModule freeze(String... preserved) {
        return constant(script.freeze(List.of(preserved)));
    }

    /**
     * The same program in evaluation mode, as fast as it gets: what depends on the weights alone is computed ahead, formulas
     * become the operators that libtorch has for them, and on the CPU convolutions and linear layers get packed weights and do
     * the activation behind them ({@link Packing}). Sizes stay open. It needs nothing of this module.
     *
     * <p>Its images come in batches, as float32; it has no parameters and no gradients, stays on its device and, where it has
     * packed weights, cannot be saved: save this module instead.
     *
     * <p>A program that cannot be read as a {@link Graph}, or with other methods to keep, is left to libtorch's own
     * {@code optimize_for_inference}.
     *
     * @param methods other methods than forward to keep
     */
    public ScriptModule optimizeForInference(String... methods) {
        Graph graph = methods.length == 0 ? readable() : null;
        return graph == null ? constant(script.optimizeForInference(List.of(methods))) : forInference(graph, false);
    }

    /**
     * As {@link #optimizeForInference(String...)} with forward alone, where linear layers and convolutions compute in {@code
     * dtype}. With {@link DType#BFLOAT16} so do the activations, sums, products, pools and means between them; everything
     * else, among it normalisation, softmax and attention, and inputs and outputs stay float32. Sums of products are still
     * float32, but what these operators read and make has eight binary digits: results of networks differ by some
     * hundredths. Processors with instructions for bfloat16 (AVX-512 BF16, AMX) are up to twice as fast; where oneDNN cannot
     * compute in it, and in a program that cannot be read, all stays float32.
     *
     * @throws IllegalArgumentException if it is neither float32 nor bfloat16
     */
    public ScriptModule optimizeForInference(DType dtype) {
        if (dtype != DType.FLOAT32 && dtype != DType.BFLOAT16) {
            throw new IllegalArgumentException("Layers compute in FLOAT32 or BFLOAT16, not in " + dtype);
        }
        Graph graph = readable();
        return graph == null ? optimizeForInference() : forInference(graph, dtype == DType.BFLOAT16);
    }

    private ScriptModule forInference(Graph graph, boolean bfloat16) {
        Optimization.run(graph);
        Packing.run(graph, bfloat16);
        return constant(ScriptWriter.write(graph, script.className()));
    }

    /** What forward does; null if it cannot be read. */
    private @Nullable Graph readable() {
        try {
            return toGraph(FORWARD);
        } catch (TorchException e) {
            return null;
        }
    }

    private ScriptModule constant(ScriptObject frozen) {
        ScriptModule module = of(frozen);
        module.kept = javaLayers();
        return module;
    }

    private List<Module> javaLayers() {
        return modules().stream()
                .filter(ScriptModule.class::isInstance)
                .flatMap(module -> module.children().stream())
                .filter(child -> !(child instanceof ScriptModule))
                .toList();
    }

    private void requireSaveable() {
        namedModules().forEach((path, module) -> {
            if (module instanceof ScriptModule parent) {
                parent.namedChildren().forEach((name, child) -> {
                    if (!(child instanceof ScriptModule)) {
                        throw new IllegalStateException(
                                "the child '" + (path.isEmpty() ? "" : path + ".") + name
                                        + "' is a Java " + child.getClass().getSimpleName()
                                        + ", whose program an archive cannot hold; trace it first and put what ScriptModule.trace makes of it in its place");
                    }
                });
            }
        });
        if (!kept.isEmpty()) {
            throw new IllegalStateException("this program calls a Java "
                    + kept.get(0).getClass().getSimpleName() + ", which an archive cannot hold");
        }
        if (hasPackedWeights()) {
            throw new IllegalStateException(
                    "this program was made for inference on this machine, with packed weights,"
                            + " which an archive cannot hold; save the module that it was made of, and optimise it after loading");
        }
    }

    private boolean hasPackedWeights() {
        return script.slots().stream()
                .filter(slot -> slot.type().equals("List[Tensor]"))
                .flatMap(slot -> ((List<?>) attribute(slot.name())).stream())
                .anyMatch(each -> ((Tensor) each).layout() == Layout.MKLDNN);
    }

    // ---- saving

    /**
     * Writes an archive that {@link #load} and Python's {@code torch.jit.load} read; {@link #saveStateDict} writes the
     * parameters and buffers alone.
     *
     * @throws TorchException if the file cannot be written; one that was there before is still there
     */
    public void save(Path file) {
        save(file, Map.of());
    }

    /** {@link #save(Path)} with files beside the program. */
    public void save(Path file, Map<String, byte[]> extraFiles) {
        requireSaveable();
        AtomicFile.write(file, channel -> script.save(Channels.newOutputStream(channel), extraFiles));
    }

    /** {@link #save(Path)} to a stream, which stays open. */
    public void save(OutputStream out) {
        save(out, Map.of());
    }

    /** {@link #save(Path, Map)} to a stream, which stays open. */
    public void save(OutputStream out, Map<String, byte[]> extraFiles) {
        requireSaveable();
        try {
            script.save(out, extraFiles);
            out.flush();
        } catch (IOException e) {
            throw new TorchException("the stream cannot be written: " + e.getMessage(), e);
        }
    }

    /** What {@link #save(Path)} writes. */
    public byte[] toByteArray() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        save(out);
        return out.toByteArray();
    }

    /**
     * Frees the program, its parameters and its buffers, and those of all below it, at once: whoever has a part of it
     * still cannot use it any more. Calls that are running end as if nothing had happened.
     */
    @Override
    public void close() {
        for (Module module : modules()) {
            if (module instanceof ScriptModule each) {
                each.parameters(false).forEach(parameter -> parameter.tensor().close());
                each.buffers(false).forEach(buffer -> buffer.tensor().close());
                each.script.close();
            }
        }
    }
}
