package org.torchbridge.io;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.FileFormatException;
import org.torchbridge.Layout;
import org.torchbridge.QScheme;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeOperators;

/** The functions by which Python makes tensors again from their storages and from other tensors. */
final class TensorFunctions {
    private static final int ABSENT = -1;

    private final Allowance allowance;

    TensorFunctions(Allowance allowance) {
        this.allowance = allowance;
    }

    void addTo(Map<String, Object> names) {
        utility(names, "_rebuild_tensor", TensorFunctions::tensor);
        utility(names, "_rebuild_tensor_v2", TensorFunctions::tensor);
        utility(names, "_rebuild_tensor_v3", TensorFunctions::tensorWithType);
        utility(names, "_rebuild_parameter", TensorFunctions::parameter);
        utility(names, "_rebuild_parameter_with_state", TensorFunctions::parameter);
        utility(names, "_rebuild_sparse_tensor", TensorFunctions::sparse);
        utility(names, "_rebuild_sparse_csr_tensor", TensorFunctions::sparse);
        utility(names, "_rebuild_qtensor", this::quantized);
        utility(names, "_rebuild_nested_tensor", TensorFunctions::nested);
        utility(names, "_rebuild_meta_tensor_no_storage", TensorFunctions::meta);
        utility(names, "_rebuild_device_tensor_from_numpy", this::deviceTensor);
        utility(names, "_rebuild_device_tensor_from_cpu_tensor", this::deviceTensor);
        names.put("torch._tensor._rebuild_from_type_v2", (Unpickler.Function)
                arguments -> tensorOfClass(new Checked("_rebuild_from_type_v2", arguments)));
        Unpickler.Function parameter = arguments -> newParameter(new Checked("Parameter", arguments));
        names.put("torch.nn.parameter.Parameter", parameter);
        names.put("torch.nn.parameter.Buffer", (Unpickler.Function)
                arguments -> new Checked("Buffer", arguments).tensor(0));
    }

    private static void utility(Map<String, Object> names, String name, Function<Checked, Tensor> function) {
        names.put(
                "torch._utils." + name, (Unpickler.Function) arguments -> function.apply(new Checked(name, arguments)));
    }

    /** {@code (storage, offset, shape, strides, requires_grad, hooks, flags)}, the last three only in newer files. */
    private static Tensor tensor(Checked arguments) {
        return tensor(arguments, arguments.tensor(0), 6);
    }

    /** {@code (storage, offset, shape, strides, requires_grad, hooks, dtype, flags)}; the storage has bytes. */
    private static Tensor tensorWithType(Checked arguments) {
        DType dtype = arguments.dtype(6);
        Tensor bytes = requireStorage(arguments.tensor(0)).view(DType.UINT8);
        long wholeElements = bytes.numel() / dtype.itemSize() * dtype.itemSize();
        return tensor(arguments, bytes.narrow(0, 0, wholeElements).view(dtype), 7);
    }

    private static Tensor tensor(Checked arguments, Tensor storage, int flagsAt) {
        Tensor tensor = strided(storage, arguments);
        Map<?, ?> flags = arguments.has(flagsAt) && arguments.any(flagsAt) instanceof Map<?, ?> map ? map : Map.of();
        if (Boolean.TRUE.equals(flags.get("conj"))) {
            tensor = tensor.conj();
        }
        if (Boolean.TRUE.equals(flags.get("neg"))) {
            tensor = Adoption.adopt(NativeOperators._neg_view(tensor.handle()));
        }
        return arguments.has(4) ? requiresGrad(tensor, arguments.truth(4)) : tensor;
    }

    /** {@code (storage, offset, shape, strides)}. */
    private static Tensor strided(Tensor storage, Checked arguments) {
        requireStorage(storage);
        long offset = arguments.integer(1);
        long[] shape = arguments.longs(2);
        long[] strides = arguments.longs(3);
        requireFit(storage, offset, shape, strides);
        Tensor empty = Torch.empty(new long[] {0}, onCpu(storage.dtype()));
        return empty.set_(storage, offset, shape, strides);
    }

    static TensorOptions onCpu(DType dtype) {
        return TensorOptions.of(dtype).device(Device.CPU);
    }

    /** Other tensors can be where a storage should be. */
    private static Tensor requireStorage(Tensor storage) {
        boolean plain = storage.layout() == Layout.STRIDED
                && storage.device().isCpu()
                && storage.dim() == 1
                && storage.isContiguous()
                && !storage.requiresGrad()
                && !storage.isConj()
                && !storage.isNeg()
                && !storage.dtype().isQuantized();
        if (!plain) {
            throw new FileFormatException("is damaged: a tensor is made of something that is not a storage");
        }
        return storage;
    }

    /** libtorch would make a storage larger that is too small; here it is the file that is wrong. */
    private static void requireFit(Tensor storage, long offset, long[] shape, long[] strides) {
        boolean fits = shape.length == strides.length && offset >= 0;
        try {
            long last = offset;
            long numel = 1;
            for (int i = 0; fits && i < shape.length; i++) {
                fits = shape[i] >= 0 && strides[i] >= 0;
                last = Math.addExact(last, Math.multiplyExact(Math.max(shape[i] - 1, 0), strides[i]));
                numel = Math.multiplyExact(numel, shape[i]);
            }
            fits &= (numel == 0 ? offset : Math.addExact(last, 1)) <= storage.numel();
        } catch (ArithmeticException e) {
            fits = false;
        }
        if (!fits) {
            throw new FileFormatException("is damaged: a tensor of shape " + Arrays.toString(shape) + ", strides "
                    + Arrays.toString(strides) + " and offset " + offset + " does not fit into the " + storage.numel()
                    + " elements of its storage");
        }
    }

    private static Tensor requiresGrad(Tensor tensor, boolean requires) {
        return requires ? tensor.requiresGrad(true) : tensor;
    }

    /** {@code (tensor, requires_grad, hooks)}. */
    private static Tensor parameter(Checked arguments) {
        return newParameter(arguments.tensor(0), arguments.truth(1));
    }

    /** {@code Parameter(tensor, requires_grad=True)}. */
    private static Tensor newParameter(Checked arguments) {
        return newParameter(arguments.tensor(0), !arguments.has(1) || arguments.truth(1));
    }

    private static Tensor newParameter(Tensor tensor, boolean requiresGrad) {
        return tensor.requiresGrad() == requiresGrad ? tensor : requiresGrad(tensor.detach(), requiresGrad);
    }

    /** {@code (function, class, arguments of the function, attributes)}: a tensor with attributes, which are left out. */
    private static @Nullable Object tensorOfClass(Checked arguments) {
        @SuppressWarnings("unchecked") // a tuple holds objects
        List<@Nullable Object> inner = arguments.as(2, PythonTuple.class);
        return arguments.as(0, Unpickler.Function.class).call(inner);
    }

    /** {@code (layout, parts)}: for COO indices, values, size and whether they are in order; else compressed indices first. */
    private static Tensor sparse(Checked arguments) {
        Layout layout = arguments.as(0, Layout.class);
        Checked parts = arguments.tuple(1);
        return layout == Layout.SPARSE_COO ? coordinates(parts) : compressed(layout, parts);
    }

    private static Tensor coordinates(Checked parts) {
        Tensor indices = parts.tensor(0);
        Tensor values = parts.tensor(1);
        long[] size = parts.longs(2);
        Boolean inOrder = parts.has(3) && parts.any(3) != null ? (Boolean) parts.truth(3) : null;
        int inOrderCode = inOrder == null ? ABSENT : inOrder ? 1 : 0;
        NativeOperators._validate_sparse_coo_tensor_args(indices.handle(), values.handle(), size, inOrderCode, ABSENT);
        return Torch.sparseCooTensor(indices, values, size, onCpu(values.dtype()), inOrder);
    }

    private static Tensor compressed(Layout layout, Checked parts) {
        Tensor compressed = parts.tensor(0);
        Tensor plain = parts.tensor(1);
        Tensor values = parts.tensor(2);
        long[] size = parts.longs(3);
        NativeOperators._validate_sparse_compressed_tensor_args(
                compressed.handle(), plain.handle(), values.handle(), size, layout.ordinal(), ABSENT);
        return Torch.sparseCompressedTensor(
                compressed, plain, values, size, onCpu(values.dtype()).layout(layout));
    }

    /** {@code (storage, offset, shape, strides, quantizer, requires_grad, hooks)}; the integers are copied. */
    private Tensor quantized(Checked arguments) {
        Tensor integers = strided(arguments.tensor(0), arguments);
        allowance.spend(integers.numel(), integers.dtype().itemSize());
        Checked quantizer = arguments.tuple(4);
        QScheme scheme = quantizer.as(0, QScheme.class);
        if (scheme == QScheme.PER_TENSOR_AFFINE) {
            double scale = quantizer.as(1, Double.class);
            return Adoption.adopt(
                    NativeOperators._make_per_tensor_quantized_tensor(integers.handle(), scale, quantizer.integer(2)));
        }
        if (scheme != QScheme.PER_CHANNEL_AFFINE && scheme != QScheme.PER_CHANNEL_AFFINE_FLOAT_QPARAMS) {
            throw new FileFormatException("holds a tensor quantized in the way " + scheme + ", which cannot be read");
        }
        Tensor scales = quantizer.tensor(1);
        Tensor zeroPoints = quantizer.tensor(2);
        long axis = quantizer.size(3);
        long channels = axis < integers.dim() ? integers.shape()[(int) axis] : -1;
        requireVector(scales, channels);
        requireVector(zeroPoints, channels);
        return Adoption.adopt(NativeOperators._make_per_channel_quantized_tensor(
                integers.handle(), scales.handle(), zeroPoints.handle(), axis));
    }

    private static void requireVector(Tensor vector, long length) {
        if (vector.layout() != Layout.STRIDED || vector.dim() != 1 || vector.numel() != length) {
            throw new FileFormatException("is damaged: a quantized tensor has other scales than it has channels");
        }
    }

    /** {@code (buffer, sizes, strides, offsets)}: tensors of several shapes in one memory. */
    private static Tensor nested(Checked arguments) {
        Tensor buffer = requireStorage(arguments.tensor(0));
        Tensor sizes = requireWholeNumbers(arguments.tensor(1), 2);
        Tensor strides = requireWholeNumbers(arguments.tensor(2), 2);
        Tensor offsets = requireWholeNumbers(arguments.tensor(3), 1);
        if (!Arrays.equals(sizes.shape(), strides.shape()) || offsets.numel() != sizes.shape()[0]) {
            throw new FileFormatException("is damaged: a nested tensor has other sizes than strides or offsets");
        }
        int dim = (int) sizes.shape()[1];
        long[] allSizes = sizes.toLongArray();
        long[] allStrides = strides.toLongArray();
        long[] allOffsets = offsets.toLongArray();
        for (int i = 0; i < allOffsets.length; i++) {
            int from = i * dim;
            requireFit(
                    buffer,
                    allOffsets[i],
                    Arrays.copyOfRange(allSizes, from, from + dim),
                    Arrays.copyOfRange(allStrides, from, from + dim));
        }
        return Adoption.adopt(NativeOperators._nested_view_from_buffer(
                buffer.handle(), sizes.handle(), strides.handle(), offsets.handle()));
    }

    private static Tensor requireWholeNumbers(Tensor tensor, int dim) {
        if (tensor.layout() != Layout.STRIDED
                || tensor.dtype() != DType.INT64
                || tensor.dim() != dim
                || !tensor.device().isCpu()
                || !tensor.isContiguous()) {
            throw new FileFormatException("is damaged: the sizes of a nested tensor are not whole numbers");
        }
        return tensor;
    }

    /** {@code (dtype, shape, strides, requires_grad)}. */
    private static Tensor meta(Checked arguments) {
        TensorOptions options = TensorOptions.of(arguments.dtype(0)).device(Device.META);
        Tensor tensor = Torch.emptyStrided(arguments.longs(1), arguments.longs(2), options);
        return requiresGrad(tensor, arguments.truth(3));
    }

    /** {@code (tensor, dtype, device, requires_grad)}: it was on another device. */
    private Tensor deviceTensor(Checked arguments) {
        Tensor tensor = arguments.tensor(0);
        DType dtype = arguments.dtype(1);
        if (tensor.dtype() != dtype) {
            allowance.spend(tensor.numel(), dtype.itemSize());
            tensor = tensor.to(dtype);
        }
        return requiresGrad(tensor.detach(), arguments.truth(3));
    }
}
