package org.torchbridge.io;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.FileFormatException;
import org.torchbridge.Layout;
import org.torchbridge.MemoryFormat;
import org.torchbridge.QScheme;
import org.torchbridge.Tensor;

/**
 * The names that a pickle of {@code torch.save} may use, and what they make. The list is all there is; no other name of
 * Python can be reached.
 */
final class TorchObjects implements Unpickler.Globals {
    /** Where the memory of tensors is. */
    @FunctionalInterface
    interface Storages {
        /** A one-dimensional tensor over what {@code storage} refers to; it may be part of a larger one. */
        Tensor get(StorageReference storage);
    }

    /** A class that is an argument only. */
    enum PythonClass {
        TENSOR,
        OTHER
    }

    private static final Map<String, String> NAMES_OF_PYTHON_2 =
            Map.of("__builtin__", "builtins", "copy_reg", "copyreg");

    private final Map<String, Object> names = new HashMap<>();
    private final Storages storages;
    private final NumpyObjects numpy;

    /** @param fileBytes how large the file is */
    TorchObjects(Storages storages, long fileBytes) {
        this.storages = storages;
        Allowance allowance = new Allowance(fileBytes);
        this.numpy = new NumpyObjects(allowance);
        new PythonObjects(allowance).addTo(names);
        new TensorFunctions(allowance).addTo(names);
        numpy.addTo(names);
        addClasses();
        addConstants();
    }

    private void addClasses() {
        names.put("torch.Tensor", PythonClass.TENSOR);
        for (String name : List.of("list", "dict", "int", "float", "str", "bool")) {
            names.put("builtins." + name, PythonClass.OTHER);
        }
        for (String name : List.of("torch.storage.UntypedStorage", "torch.UntypedStorage")) {
            names.put(name, new StorageReference.Type(DType.UINT8));
        }
        StorageTypes.forEach((name, dtype) -> names.put("torch." + name, new StorageReference.Type(dtype)));
    }

    private void addConstants() {
        for (DType dtype : DType.values()) {
            names.put(dtype.toString(), dtype);
        }
        for (MemoryFormat format : MemoryFormat.values()) {
            names.put(format.toString(), format);
        }
        for (QScheme scheme : QScheme.values()) {
            names.put(scheme.toString(), scheme);
        }
        for (Layout layout : Layout.values()) {
            names.put(layout.toString(), layout);
        }
        function("torch.device", arguments -> device(new Checked("a device", arguments)));
        function("torch.serialization._get_layout", arguments -> layout(new Checked("a layout", arguments)));
    }

    private void function(String name, Unpickler.Function function) {
        names.put(name, function);
    }

    private static Device device(Checked arguments) {
        Device device = Device.of(arguments.text(0));
        return arguments.has(1) && arguments.any(1) != null
                ? new Device(device.type(), Math.toIntExact(arguments.integer(1)))
                : device;
    }

    private static Layout layout(Checked arguments) {
        for (Layout layout : Layout.values()) {
            if (layout.toString().equals(arguments.text(0))) {
                return layout;
            }
        }
        throw new FileFormatException("is damaged: there is no layout '" + arguments.text(0) + "'");
    }

    @Override
    public Object resolve(String module, String name) {
        String path = NAMES_OF_PYTHON_2.getOrDefault(module, module) + "." + name;
        Object known = names.get(path);
        if (known != null) {
            return known;
        }
        if (path.startsWith("torch._utils._rebuild_")) {
            throw new FileFormatException("holds a kind of tensor that cannot be read (" + path
                    + "). In Python, make it an ordinary one and save it again");
        }
        throw new FileFormatException("is a pickled Python object: it needs " + path + ", which only Python has."
                + " If it is a whole module, save its state dict instead: torch.save(module.state_dict(), file)");
    }

    @Override
    @SuppressWarnings("unchecked") // a tuple holds objects
    public @Nullable Object call(@Nullable Object callee, @Nullable Object arguments) {
        if (!(callee instanceof Unpickler.Function function) || !(arguments instanceof PythonTuple tuple)) {
            throw new FileFormatException("is damaged: something is called that is not a function");
        }
        return function.call((List<@Nullable Object>) tuple);
    }

    @Override
    public void build(@Nullable Object target, @Nullable Object state) {
        if (target instanceof PythonDict dict) {
            dict.setAttributes(state);
        } else if (target instanceof NumpyObjects.Type type) {
            type.build(state);
        } else if (target instanceof Tensor tensor) {
            numpy.build(tensor, state);
        } else {
            throw new FileFormatException("is damaged: attributes are set on something that has none");
        }
    }

    @Override
    public Object persistent(@Nullable Object id) {
        return storages.get(StorageReference.parse(id));
    }

    @Override
    public void put(@Nullable Object target, List<@Nullable Object> items) {
        if (!(target instanceof PythonDict dict)) {
            throw new FileFormatException("is damaged: items are added to something that is not a dictionary");
        }
        for (int i = 0; i < items.size(); i += 2) {
            dict.put(Keys.require(items.get(i)), items.get(i + 1));
        }
    }

    @Override
    @SuppressWarnings("unchecked") // what a pickle fills holds objects
    public void add(@Nullable Object target, List<@Nullable Object> items) {
        if (target instanceof PythonTuple || !(target instanceof Collection<?> collection)) {
            throw new FileFormatException("is damaged: a value is appended to something that is not a list");
        }
        if (!(target instanceof List)) {
            items.forEach(Keys::require);
        }
        ((Collection<@Nullable Object>) collection).addAll(items);
    }
}
