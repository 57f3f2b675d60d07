package org.torchbridge.io;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Layout;
import org.torchbridge.QScheme;
import org.torchbridge.Scalar;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeOperators;

/** One text for each value that a file can hold, the same as tests/python/value_text.py writes. */
final class ValueText {
    private ValueText() {}

    static String of(Object value) {
        if (value == null) {
            return "None";
        } else if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        } else if (value instanceof Tensor tensor) {
            return tensor(tensor);
        } else if (value instanceof Long || value instanceof BigInteger) {
            return "int " + value;
        } else if (value instanceof Double number) {
            return String.format("float %016x", Double.doubleToRawLongBits(number));
        } else if (value instanceof Scalar scalar) {
            return "complex " + of(scalar.real()) + " " + of(scalar.imaginary());
        } else if (value instanceof String text) {
            return "str " + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
        } else if (value instanceof byte[] bytes) {
            return "bytes " + HexFormat.of().formatHex(bytes);
        } else if (value instanceof TorchSize size) {
            return "size " + Arrays.toString(size.toLongArray());
        } else if (value instanceof PythonTuple tuple) {
            return "tuple(" + String.join(", ", texts(tuple)) + ")";
        } else if (value instanceof List<?> list) {
            return "list(" + String.join(", ", texts(list)) + ")";
        } else if (value instanceof Set<?> set) {
            return "set(" + String.join(", ", texts(set).stream().sorted().toList()) + ")";
        } else if (value instanceof Map<?, ?> map) {
            return dict(map);
        }
        return value.toString();
    }

    private static List<String> texts(Collection<?> values) {
        return values.stream().map(ValueText::of).toList();
    }

    private static String dict(Map<?, ?> map) {
        List<String> items = new ArrayList<>();
        map.forEach((key, value) -> items.add(of(key) + ": " + of(value)));
        Map<?, ?> metadata = map instanceof StateDict state
                ? state.metadata()
                : map instanceof PythonDict dict ? dict.metadata() : Map.of();
        return "dict(" + String.join(", ", items) + ")" + (metadata.isEmpty() ? "" : " with " + dict(metadata));
    }

    private static String tensor(Tensor tensor) {
        String shape = shape(tensor);
        List<String> facts = new ArrayList<>(List.of(tensor.dtype().toString(), shape));
        if (tensor.requiresGrad()) {
            facts.add("requires grad");
        }
        if (tensor.device().type() == Device.Type.META) {
            facts.add("meta");
        } else {
            facts.addAll(shape.equals("nested") ? nested(tensor) : parts(tensor.detach()));
        }
        return "tensor(" + String.join(", ", facts) + ")";
    }

    private static String shape(Tensor tensor) {
        return Descriptions.isNested(tensor) ? "nested" : Arrays.toString(tensor.shape());
    }

    private static List<String> nested(Tensor tensor) {
        return tensor.unbind().stream().map(ValueText::tensor).toList();
    }

    private static List<String> parts(Tensor tensor) {
        return switch (tensor.layout()) {
            case SPARSE_COO -> List.of(
                    of(tensor.isCoalesced()),
                    tensor(Adoption.adopt(NativeOperators._indices(tensor.handle()))),
                    tensor(Adoption.adopt(NativeOperators._values(tensor.handle()))));
            case SPARSE_CSR, SPARSE_BSR -> compressed(tensor, tensor.crowIndices(), tensor.colIndices());
            case SPARSE_CSC, SPARSE_BSC -> compressed(tensor, tensor.ccolIndices(), tensor.rowIndices());
            default -> tensor.dtype().isQuantized() ? quantized(tensor) : strided(tensor);
        };
    }

    private static List<String> compressed(Tensor tensor, Tensor first, Tensor second) {
        Layout layout = tensor.layout();
        return List.of(layout.toString(), tensor(first), tensor(second), tensor(tensor.values()));
    }

    private static List<String> quantized(Tensor tensor) {
        return tensor.qscheme() == QScheme.PER_TENSOR_AFFINE
                ? List.of(of(tensor.qScale()), of(tensor.qZeroPoint()), tensor(tensor.intRepr()))
                : List.of(
                        tensor(tensor.qPerChannelScales()),
                        tensor(tensor.qPerChannelZeroPoints()),
                        of(tensor.qPerChannelAxis()),
                        tensor(tensor.intRepr()));
    }

    private static List<String> strided(Tensor tensor) {
        Tensor plain = tensor.resolveConj().resolveNeg().reshape(-1);
        Tensor bytes = Torch.empty(new long[] {plain.numel()}, plain.dtype())
                .copy_(plain)
                .view(DType.UINT8);
        String strides = tensor.numel() == 0 ? "[]" : Arrays.toString(tensor.strides());
        return List.of(strides, HexFormat.of().formatHex(bytes.toByteArray()));
    }
}
