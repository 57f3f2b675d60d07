package org.torchbridge.io;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Layout;
import org.torchbridge.QScheme;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeOperators;
import org.torchbridge.internal.NativeTensor;

/** Writes tensors as calls of the functions that Python makes them by, and collects their storages. */
final class TensorPickler {
    /** Two tensors with equal ones have the same storage. */
    private record StorageIdentity(long address, long bytes, DType dtype) {}

    private final Pickler pickler;
    private final List<Tensor> storages = new ArrayList<>();
    private final Map<StorageIdentity, Integer> keys = new HashMap<>();

    TensorPickler(Pickler pickler) {
        this.pickler = pickler;
    }

    List<Tensor> storages() {
        return storages;
    }

    /**
     * Writes a tensor.
     *
     * @param where where it is, for a message
     * @throws IllegalArgumentException if it is of a kind that cannot be written
     */
    void tensor(Tensor tensor, Supplier<String> where) {
        if (pickler.recallSame(tensor)) {
            return;
        }
        try {
            write(tensor, where);
        } catch (TorchException e) {
            throw new IllegalArgumentException(
                    "the tensor " + where.get() + " is of a kind that cannot be written: " + e.getMessage(), e);
        }
        pickler.rememberSame(tensor);
    }

    private void write(Tensor tensor, Supplier<String> where) {
        if (tensor.layout() == Layout.SPARSE_COO) {
            coordinates(tensor);
        } else if (tensor.layout() != Layout.STRIDED) {
            compressed(tensor, where);
        } else if (tensor.device().type() == Device.Type.META) {
            meta(tensor);
        } else if (tensor.dtype().isQuantized()) {
            quantized(tensor, where);
        } else {
            strided(tensor);
        }
    }

    private static IllegalArgumentException cannot(Tensor tensor, Supplier<String> where) {
        return new IllegalArgumentException("the tensor " + where.get() + " of layout " + tensor.layout() + " and type "
                + tensor.dtype() + " cannot be written; make it an ordinary one first (toDense, dequantize)");
    }

    private void strided(Tensor tensor) {
        // Python writes conjugate and negative as flags; their values say the same, and every reader knows them.
        Tensor plain = tensor.detach().cpu().resolveConj().resolveNeg();
        String storageType = StorageTypes.name(plain.dtype());
        function(storageType != null ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
        storage(plain, storageType);
        pickler.integer(plain.storageOffset());
        pickler.tuple(plain.shape());
        pickler.tuple(plain.strides());
        pickler.bool(tensor.requiresGrad());
        orderedDict(); // hooks, of which there are none in a file
        if (storageType == null) {
            dtype(plain);
        }
        endFunction();
    }

    private void coordinates(Tensor tensor) {
        Tensor plain = tensor.detach().cpu();
        function("_rebuild_sparse_tensor");
        layout(tensor.layout());
        pickler.mark();
        part(Adoption.adopt(NativeOperators._indices(plain.handle())));
        Tensor values = Adoption.adopt(NativeOperators._values(plain.handle()));
        part(values);
        size(plain.shape());
        // PyTorch 1.13 knows no such argument; what has no two elements is in order without being told.
        if (plain.isCoalesced() && values.shape()[0] > 1) {
            pickler.bool(true);
        }
        pickler.tuple();
        endFunction();
    }

    private void compressed(Tensor tensor, Supplier<String> where) {
        Tensor plain = tensor.detach().cpu();
        boolean byRows = tensor.layout() == Layout.SPARSE_CSR || tensor.layout() == Layout.SPARSE_BSR;
        boolean byColumns = tensor.layout() == Layout.SPARSE_CSC || tensor.layout() == Layout.SPARSE_BSC;
        if (!byRows && !byColumns) {
            throw cannot(tensor, where);
        }
        function("_rebuild_sparse_tensor");
        layout(tensor.layout());
        pickler.mark();
        part(byRows ? plain.crowIndices() : plain.ccolIndices());
        part(byRows ? plain.colIndices() : plain.rowIndices());
        part(plain.values());
        size(plain.shape());
        pickler.tuple();
        endFunction();
    }

    /** The integers alone are a storage; how they stand for numbers is an argument. */
    private void quantized(Tensor tensor, Supplier<String> where) {
        String storageType = StorageTypes.quantizedName(tensor.dtype());
        QScheme scheme = tensor.qscheme();
        boolean perTensor = scheme == QScheme.PER_TENSOR_AFFINE;
        if (storageType == null || !perTensor && scheme != QScheme.PER_CHANNEL_AFFINE) {
            throw cannot(tensor, where);
        }
        Tensor integers = tensor.detach().cpu().intRepr();
        function("_rebuild_qtensor");
        storage(integers, storageType);
        pickler.integer(0);
        pickler.tuple(integers.shape());
        pickler.tuple(integers.strides());
        pickler.mark();
        constant(scheme.toString());
        if (perTensor) {
            pickler.number(tensor.qScale());
            pickler.integer(tensor.qZeroPoint());
        } else {
            part(tensor.qPerChannelScales());
            part(tensor.qPerChannelZeroPoints());
            pickler.integer(tensor.qPerChannelAxis());
        }
        pickler.tuple();
        pickler.bool(false);
        orderedDict();
        endFunction();
    }

    private void meta(Tensor tensor) {
        function("_rebuild_meta_tensor_no_storage");
        dtype(tensor);
        pickler.tuple(tensor.shape());
        pickler.tuple(tensor.strides());
        pickler.bool(tensor.requiresGrad());
        endFunction();
    }

    private void part(Tensor part) {
        strided(part.detach());
    }

    private void function(String name) {
        pickler.global("torch._utils", name);
        pickler.mark();
    }

    private void endFunction() {
        pickler.tuple();
        pickler.call();
    }

    void orderedDict() {
        pickler.global("collections", "OrderedDict");
        pickler.emptyTuple();
        pickler.call();
    }

    void layout(Layout layout) {
        pickler.global("torch.serialization", "_get_layout");
        pickler.mark();
        pickler.text(layout.toString());
        endFunction();
    }

    void size(long[] sizes) {
        pickler.global("torch", "Size");
        pickler.mark();
        pickler.tuple(sizes);
        endFunction();
    }

    private void dtype(Tensor tensor) {
        constant(tensor.dtype().toString());
    }

    /** A constant of the module {@code torch}, with the module's name before it. */
    private void constant(String name) {
        pickler.global("torch", name.substring("torch.".length()));
    }

    /** Refers to the storage of {@code tensor}, which becomes a record of the file; one without a class is plain bytes. */
    private void storage(Tensor tensor, @Nullable String typeName) {
        DType dtype = tensor.dtype();
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
