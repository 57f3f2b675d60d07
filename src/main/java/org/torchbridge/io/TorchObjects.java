package org.torchbridge.io;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;

/**
 * The names that a pickle of {@code torch.save} may use, and what they make: descriptions of tensors, no tensors yet. The
 * list is all there is; no other name of Python can be reached.
 */
final class TorchObjects implements Unpickler.Globals {
    /** A class that is an argument only. */
    private enum PythonClass {
        TENSOR
    }

    private record StorageClass(DType dtype) {}

    private static final Map<String, Object> NAMES = Map.ofEntries(
            function("collections.OrderedDict", TorchObjects::orderedDict),
            function("torch._utils._rebuild_tensor", TorchObjects::tensor),
            function("torch._utils._rebuild_tensor_v2", TorchObjects::tensor),
            function("torch._utils._rebuild_tensor_v3", TorchObjects::tensorWithType),
            function("torch._utils._rebuild_parameter", TorchObjects::parameter),
            function("torch._utils._rebuild_parameter_with_state", TorchObjects::parameter),
            function("torch._tensor._rebuild_from_type_v2", TorchObjects::tensorOfClass),
            function("torch.Size", TorchObjects::size),
            function("torch.device", arguments -> "device"),
            Map.entry("torch.Tensor", PythonClass.TENSOR),
            Map.entry("torch.nn.parameter.Parameter", PythonClass.TENSOR),
            Map.entry("torch.nn.parameter.Buffer", PythonClass.TENSOR),
            Map.entry("torch.storage.UntypedStorage", new StorageClass(DType.UINT8)),
            Map.entry("torch.UntypedStorage", new StorageClass(DType.UINT8)));

    private static Map.Entry<String, Object> function(String name, Unpickler.Function function) {
        return Map.entry(name, function);
    }

    @Override
    public Object resolve(String module, String name) {
        String path = module + "." + name;
        Object known = NAMES.get(path);
        if (known != null) {
            return known;
        }
        Object type = module.equals("torch") ? torchType(name) : null;
        if (type != null) {
            return type;
        }
        if (path.startsWith("torch._utils._rebuild_") || path.startsWith("torch.per_") || path.endsWith("Storage")) {
            throw new FileFormatException(
                    "holds a kind of tensor that cannot be read, such as a sparse or quantized one (" + path
                            + "). In Python, make it an ordinary one (to_dense, dequantize) and save it again");
        }
        throw new FileFormatException("is a pickled Python object: it needs " + path + ", which only Python has."
                + " If it is a whole module, save its state dict instead: torch.save(module.state_dict(), file)");
    }

    private static @Nullable Object torchType(String name) {
        DType storageType = StorageTypes.type(name);
        if (storageType != null) {
            return new StorageClass(storageType);
        }
        try {
            return DType.parse(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** A storage: {@code ("storage", class, key, location, number of elements)}. Where it was does not matter. */
    @Override
    public Object persistent(@Nullable Object id) {
        Object[] parts = as(Object[].class, id);
        if (parts.length < 5 || !"storage".equals(parts[0])) {
            throw new FileFormatException("refers to something beside its storages that is not in the file");
        }
        DType dtype = as(StorageClass.class, parts[1]).dtype();
        long numel = as(Long.class, parts[4]);
        if (numel < 0 || numel > Long.MAX_VALUE / dtype.itemSize()) {
            throw new FileFormatException("is damaged: a storage has " + numel + " elements");
        }
        return new StoredStorage(as(String.class, parts[2]), dtype, numel * dtype.itemSize());
    }

    private static Object orderedDict(@Nullable Object[] arguments) {
        PythonDict dict = new PythonDict(false);
        if (arguments.length > 0) {
            for (Object item : as(List.class, arguments[0])) {
                List<?> pair = item instanceof Object[] tuple ? Arrays.asList(tuple) : as(List.class, item);
                if (pair.size() != 2) {
                    throw new FileFormatException("is damaged: an item of a dictionary is not a key with a value");
                }
                dict.put(as(String.class, pair.get(0)), pair.get(1));
            }
        }
        return dict;
    }

    /** {@code (storage, offset, shape, strides, requires_grad, hooks, flags)}, the last three only in newer files. */
    private static Object tensor(@Nullable Object[] arguments) {
        StoredStorage storage = as(StoredStorage.class, argument(arguments, 0));
        return tensor(arguments, storage.dtype(), 6);
    }

    /** {@code (storage, offset, shape, strides, requires_grad, hooks, dtype, flags)}. */
    private static Object tensorWithType(@Nullable Object[] arguments) {
        return tensor(arguments, as(DType.class, argument(arguments, 6)), 7);
    }

    private static StoredTensor tensor(@Nullable Object[] arguments, DType dtype, int flagsAt) {
        Object flags = arguments.length > flagsAt ? arguments[flagsAt] : null;
        return new StoredTensor(
                as(StoredStorage.class, argument(arguments, 0)),
                dtype,
                as(Long.class, argument(arguments, 1)),
                longs(argument(arguments, 2)),
                longs(argument(arguments, 3)),
                arguments.length > 4 && as(Boolean.class, arguments[4]),
                isSet(flags, "conj"),
                isSet(flags, "neg"));
    }

    private static boolean isSet(@Nullable Object flags, String name) {
        return flags instanceof PythonDict dict && Boolean.TRUE.equals(dict.get(name));
    }

    /** {@code (tensor, requires_grad, hooks)}. */
    private static Object parameter(@Nullable Object[] arguments) {
        return as(StoredTensor.class, argument(arguments, 0))
                .withRequiresGrad(as(Boolean.class, argument(arguments, 1)));
    }

    /** {@code (function, class, arguments of the function, attributes)}: a tensor with attributes, which are left out. */
    private static @Nullable Object tensorOfClass(@Nullable Object[] arguments) {
        as(PythonClass.class, argument(arguments, 1));
        return as(Unpickler.Function.class, argument(arguments, 0)).call(as(Object[].class, argument(arguments, 2)));
    }

    private static @Nullable Object size(@Nullable Object[] arguments) {
        return as(Object[].class, argument(arguments, 0));
    }

    private static @Nullable Object argument(@Nullable Object[] arguments, int index) {
        if (index >= arguments.length) {
            throw new FileFormatException("is damaged: a function is called with too few arguments");
        }
        return arguments[index];
    }

    private static long[] longs(@Nullable Object value) {
        Object[] tuple = as(Object[].class, value);
        long[] longs = new long[tuple.length];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = as(Long.class, tuple[i]);
        }
        return longs;
    }

    private static <T> T as(Class<T> type, @Nullable Object value) {
        if (!type.isInstance(value)) {
            throw new FileFormatException("is damaged: its pickle has "
                    + (value == null ? "None" : "a " + value.getClass().getSimpleName()) + " where a "
                    + type.getSimpleName() + " should be");
        }
        return type.cast(value);
    }
}
