package org.torchbridge.io;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.Layout;
import org.torchbridge.Tensor;

/**
 * What the pickles of a TorchScript archive may refer to: what those of {@code torch.save} may, classes of the program, and
 * lists that know what they hold. Tensors are made as they are for {@code torch.save}, with the checks that libtorch leaves
 * out where it reads a program; objects of the program stay what they were described as.
 */
final class ScriptObjects implements Unpickler.Globals {
    private static final String PROGRAM = "__torch__";
    private static final String LISTS = "torch.jit._pickle";
    private static final Set<String> LIST_FUNCTIONS =
            Set.of("build_intlist", "build_tensorlist", "build_doublelist", "build_boollist", "restore_type_tag");
    private static final String SPARSE = "_rebuild_sparse_tensor";

    /** Deeper than this, libtorch may run out of stack where it frees the values. */
    private static final int MAX_DEPTH = 1000;

    /** Objects by all the ways that lead to them: what is shared is gone through again. */
    private static final long MAX_OBJECTS = 1_000_000;

    /** In a call: a tensor has some 30. */
    private static final int MAX_ARGUMENTS = 1000;

    /** Any class of the program. */
    private static final Object CLASS = new Object();

    /** The functions that say what a list or dictionary holds, of which the first argument is that. */
    private static final Unpickler.Function LIST = arguments -> new Checked("a list", arguments).as(0, Object.class);

    /** An object of the program, or a member of an enum, with what it was made of. */
    private static final class Instance {
        private final List<@Nullable Object> parts = new ArrayList<>();
    }

    /** How far a value reaches. */
    private record Extent(int depth, long objects) {}

    private static final Extent NOTHING = new Extent(0, 0);

    private final TorchObjects torch;
    private final Unpickler.Function pythonsSparse;
    private final Map<Object, Extent> extents = new IdentityHashMap<>();

    ScriptObjects(TorchObjects torch) {
        this.torch = torch;
        this.pythonsSparse = (Unpickler.Function) torch.resolve("torch._utils", SPARSE);
    }

    @Override
    public Object resolve(String module, String name) {
        if (module.equals(PROGRAM) || module.startsWith(PROGRAM + ".")) {
            return CLASS;
        } else if (module.equals(LISTS) && LIST_FUNCTIONS.contains(name)) {
            return LIST;
        } else if (module.equals("torch._utils") && name.equals(SPARSE)) {
            return (Unpickler.Function) arguments -> sparse(new Checked(name, arguments));
        } else if (module.equals("torch._tensor")) {
            // After it, libtorch takes the names that follow for others than they are.
            throw new FileFormatException(
                    "holds a kind of tensor that a program cannot have (" + module + "." + name + ")");
        }
        return torch.resolve(module, name);
    }

    /** {@code (layout, size, requires_grad, indices..., values)}, where Python has {@code (layout, (indices..., values, size))}. */
    private @Nullable Object sparse(Checked arguments) {
        boolean coordinates = arguments.integer(0) == Layout.SPARSE_COO.ordinal();
        PythonTuple size = arguments.as(1, PythonTuple.class);
        PythonTuple parts = coordinates
                ? PythonTuple.of(arguments.tensor(3), arguments.tensor(4), size)
                : PythonTuple.of(arguments.tensor(3), arguments.tensor(4), arguments.tensor(5), size);
        return pythonsSparse.call(List.of(coordinates ? Layout.SPARSE_COO : Layout.SPARSE_CSR, parts));
    }

    /** A class makes an object, whose state {@link #build} sets, or a member of an enum of its value. */
    @Override
    public @Nullable Object call(@Nullable Object callee, @Nullable Object arguments) {
        if (callee == CLASS) {
            Instance instance = new Instance();
            instance.parts.add(arguments);
            return instance;
        }
        List<?> all = arguments instanceof PythonTuple tuple ? tuple : List.of();
        requireFew(callee == LIST && !all.isEmpty() ? all.subList(1, all.size()) : all, MAX_ARGUMENTS);
        return torch.call(callee, arguments);
    }

    /** What is given to a call and is not in its result is not looked at again. Returns how many more there may be. */
    private static int requireFew(@Nullable Object value, int allowed) {
        if (allowed == 0) {
            throw new FileFormatException(
                    "is damaged: a call in its pickle has more than " + MAX_ARGUMENTS + " values");
        }
        int left = allowed - 1;
        for (Object part : parts(value)) {
            left = requireFew(part, left);
        }
        return left;
    }

    @Override
    public void build(@Nullable Object target, @Nullable Object state) {
        if (!(target instanceof Instance instance) || instance.parts.size() > 1) {
            throw new FileFormatException("is damaged: attributes are set on something that has none, or has them");
        }
        instance.parts.add(state);
    }

    @Override
    public Object persistent(@Nullable Object id) {
        requireFew(id, MAX_ARGUMENTS);
        return torch.persistent(id);
    }

    /** Tensors may be keys here. */
    @Override
    public void put(@Nullable Object target, List<@Nullable Object> items) {
        if (!(target instanceof PythonDict dict)) {
            throw new FileFormatException("is damaged: items are added to something that is not a dictionary");
        }
        for (int i = 0; i < items.size(); i += 2) {
            Object key = items.get(i);
            if (dict.containsKey(key instanceof Tensor ? key : Keys.require(key))) {
                throw new FileFormatException("is damaged: a dictionary has two values for the key " + key);
            }
            dict.put(key, items.get(i + 1));
        }
    }

    @Override
    public void add(@Nullable Object target, List<@Nullable Object> items) {
        torch.add(target, items);
    }

    @Override
    public void drop(@Nullable Object value) {
        throw new FileFormatException("is damaged: its pickle has a value that is part of nothing");
    }

    // ---- what is within what

    /**
     * Requires that no value is within itself, or deeper in others than libtorch has stack for.
     *
     * @throws FileFormatException if one is
     */
    void requireFinite(@Nullable Object value) {
        extent(value, MAX_DEPTH);
    }

    private Extent extent(@Nullable Object value, int depthLeft) {
        Collection<?> parts = parts(value);
        if (value == null || parts.isEmpty()) {
            return NOTHING;
        }
        Extent known = extents.get(value);
        if (depthLeft < (known == null ? 1 : known.depth())) {
            throw new FileFormatException("is damaged: in its pickle, values are more than " + MAX_DEPTH
                    + " deep in others, or a value is within itself");
        }
        if (known == null) {
            known = extent(parts, value instanceof Instance, depthLeft - 1);
            extents.put(value, known);
        }
        return known;
    }

    private Extent extent(Collection<?> parts, boolean isObject, int depthLeft) {
        int depth = 0;
        long objects = isObject ? 1 : 0;
        for (Object part : parts) {
            Extent extent = extent(part, depthLeft);
            depth = Math.max(depth, extent.depth());
            objects += extent.objects();
            if (objects > MAX_OBJECTS) {
                throw new FileFormatException("is damaged: in its pickle, there are more than " + MAX_OBJECTS
                        + " ways that lead to an object");
            }
        }
        return new Extent(depth + 1, objects);
    }

    private static Collection<?> parts(@Nullable Object value) {
        if (value instanceof Instance instance) {
            return instance.parts;
        } else if (value instanceof Map<?, ?> map) {
            return map.values();
        }
        return value instanceof Collection<?> collection ? collection : List.of();
    }
}
