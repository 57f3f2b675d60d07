package org.torchbridge.io;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Layout;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.internal.NativeTensor;

/** Writes state dicts in the zip format of {@code torch.save}. */
public final class StateDictWriter {
    /** The version that Python writes, and that it has read since this format exists. */
    private static final String VERSION = "3\n";

    private static final String DEFAULT_FOLDER = "archive";

    /** Two tensors with equal ones have the same storage. */
    private record StorageIdentity(long address, long bytes, DType dtype) {}

    private final Pickler pickler = new Pickler();
    private final List<Tensor> storages = new ArrayList<>();
    private final Map<StorageIdentity, Integer> keys = new HashMap<>();

    private StateDictWriter() {}

    /**
     * Writes a state dict, as {@link org.torchbridge.Torch#save} says.
     *
     * @throws IllegalArgumentException if a tensor is of a kind that cannot be written: sparse or quantized
     * @throws TorchException if the file cannot be written
     */
    public static void write(Map<String, Tensor> state, Path path) {
        Scope.run(() -> new StateDictWriter().writeFile(state, path));
    }

    private void writeFile(Map<String, Tensor> state, Path path) {
        byte[] pickle = pickle(state);
        AtomicFile.write(path, channel -> {
            ZipWriter zip = new ZipWriter(channel, folder(path));
            zip.add(TorchArchive.PICKLE, pickle);
            zip.add(TorchArchive.BYTE_ORDER, "little".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < storages.size(); i++) {
                zip.add(TorchArchive.STORAGES + i, storages.get(i));
            }
            zip.add(TorchArchive.VERSION, VERSION.getBytes(StandardCharsets.US_ASCII));
            zip.finish();
        });
    }

    /** The name of the file without its ending, as in Python. */
    private static String folder(Path path) {
        String name = path.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        return stem.isEmpty() ? DEFAULT_FOLDER : stem;
    }

    private byte[] pickle(Map<String, Tensor> state) {
        orderedDict();
        pickler.mark();
        state.forEach((name, tensor) -> {
            pickler.text(name);
            tensor(name, tensor);
        });
        pickler.setItems();
        if (state instanceof StateDict stateDict && !stateDict.metadata().isEmpty()) {
            metadata(stateDict.metadata());
        }
        return pickler.finish();
    }

    private void metadata(Map<String, Map<String, Object>> metadata) {
        pickler.emptyDict();
        pickler.mark();
        pickler.text("_metadata");
        orderedDict();
        pickler.mark();
        metadata.forEach((prefix, values) -> {
            pickler.text(prefix);
            pickler.value(values);
        });
        pickler.setItems();
        pickler.setItems();
        pickler.setAttributes();
    }

    private void orderedDict() {
        pickler.global("collections", "OrderedDict");
        pickler.emptyTuple();
        pickler.call();
    }

    private void tensor(String name, @Nullable Tensor tensor) {
        if (tensor == null) {
            throw new IllegalArgumentException("the tensor '" + name + "' is null; leave it out");
        }
        if (pickler.recall(tensor)) {
            return;
        }
        if (tensor.layout() != Layout.STRIDED || tensor.dtype().isQuantized()) {
            throw new IllegalArgumentException("the tensor '" + name + "' is "
                    + (tensor.dtype().isQuantized() ? "quantized" : "sparse") + " and cannot be written; make it an"
                    + " ordinary one first (dequantize, toDense)");
        }
        // Python writes conjugate and negative as flags; their values say the same, and every reader knows them.
        Tensor plain = tensor.detach().cpu().resolveConj().resolveNeg();
        boolean hasStorageType = StorageTypes.name(plain.dtype()) != null;
        pickler.global("torch._utils", hasStorageType ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
        pickler.mark();
        storage(plain);
        pickler.integer(plain.storageOffset());
        pickler.tuple(plain.shape());
        pickler.tuple(plain.strides());
        pickler.bool(tensor.requiresGrad());
        orderedDict(); // hooks, of which there are none in a file
        if (!hasStorageType) {
            pickler.global("torch", plain.dtype().pythonName());
        }
        pickler.tuple();
        pickler.call();
        pickler.remember(tensor);
    }

    /** Refers to the storage of {@code tensor}, which becomes a record of the file. */
    private void storage(Tensor tensor) {
        DType dtype = tensor.dtype();
        String typeName = StorageTypes.name(dtype);
        long elements = tensor.storageBytes() / dtype.itemSize();
        pickler.mark();
        pickler.text("storage");
        if (typeName != null) {
            pickler.global("torch", typeName);
        } else {
            pickler.global("torch.storage", "UntypedStorage");
        }
        pickler.text(Integer.toString(key(tensor, elements)));
        pickler.text("cpu");
        pickler.integer(typeName != null ? elements : elements * dtype.itemSize());
        pickler.tuple();
        pickler.persistent();
    }

    private int key(Tensor tensor, long elements) {
        DType dtype = tensor.dtype();
        Tensor whole = tensor.asStrided(new long[] {elements}, new long[] {1}, 0);
        StorageIdentity identity =
                new StorageIdentity(NativeTensor.dataAddress(whole.handle()), whole.storageBytes(), dtype);
        return keys.computeIfAbsent(identity, unused -> {
            storages.add(whole.view(DType.UINT8));
            return storages.size() - 1;
        });
    }
}
