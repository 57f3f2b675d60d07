package org.torchbridge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.NativeOperators;

/** Tensors as Python's {@code repr} prints them: the elements, and around them what kind of tensor they make. */
final class TensorPrinter {
    private static final String PREFIX = "tensor(";
    private static final String INDENT = " ".repeat(PREFIX.length());

    private final Tensor tensor;
    private final PrintOptions options;
    private final List<String> suffixes = new ArrayList<>();

    private TensorPrinter(Tensor tensor, PrintOptions options) {
        this.tensor = tensor;
        this.options = options;
    }

    static String print(Tensor tensor, PrintOptions options) {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            String text = new TensorPrinter(tensor, options).print();
            Arguments.keepAlive(tensor);
            return text;
        }
    }

    private String print() {
        if (!tensor.device().isCpu()) {
            suffixes.add("device='" + tensor.device() + "'");
        }
        String contents = contents();
        if (tensor.layout() != Layout.STRIDED) {
            suffixes.add("layout=" + tensor.layout());
        }
        if (tensor.gradFunctionName() != null) {
            suffixes.add("grad_fn=<" + tensor.gradFunctionName() + ">");
        } else if (tensor.requiresGrad()) {
            suffixes.add("requires_grad=True");
        }
        if (!tensor.names().isEmpty()) {
            suffixes.add("names=" + tuple(tensor.names()));
        }
        return withSuffixes(PREFIX + contents);
    }

    /** The text between the brackets; the suffixes that go with it are added. */
    private String contents() {
        if (tensor.layout() == Layout.SPARSE_COO) {
            return sparse(List.of(
                    member("indices", Tensor.adopt(NativeOperators._indices(tensor.handle()))),
                    member("values", Tensor.adopt(NativeOperators._values(tensor.handle())))));
        }
        if (tensor.layout() == Layout.SPARSE_CSR || tensor.layout() == Layout.SPARSE_BSR) {
            return sparse(List.of(
                    member("crow_indices", tensor.crowIndices()),
                    member("col_indices", tensor.colIndices()),
                    member("values", tensor.values())));
        }
        if (tensor.layout() == Layout.SPARSE_CSC || tensor.layout() == Layout.SPARSE_BSC) {
            return sparse(List.of(
                    member("ccol_indices", tensor.ccolIndices()),
                    member("row_indices", tensor.rowIndices()),
                    member("values", tensor.values())));
        }
        if (tensor.dtype().isQuantized()) {
            return quantized();
        }
        if (isMeta()) {
            suffixes.add(size(tensor));
            addTypeUnlessDefault();
            return "...";
        }
        return tensor.numel() == 0 ? empty() : dense();
    }

    private String dense() {
        if (options.edgeItems() == 0) {
            suffixes.add(size(tensor));
        }
        addTypeUnlessImplied();
        Tensor strided = tensor.layout() == Layout.STRIDED ? tensor : tensor.toDense();
        return ElementsPrinter.print(strided, PREFIX.length(), options);
    }

    private String empty() {
        if (tensor.dim() != 1) {
            suffixes.add(size(tensor));
        }
        addTypeUnlessDefault();
        return "[]";
    }

    private String sparse(List<String> members) {
        suffixes.add(size(tensor));
        if (!isMeta()) {
            suffixes.add("nnz=" + NativeOperators._nnz(tensor.handle()));
        }
        addTypeUnlessImplied();
        return String.join(",\n" + INDENT, members);
    }

    private String member(String name, Tensor member) {
        String start = name + "=tensor(";
        String elements = isMeta() ? "..." : ElementsPrinter.print(member, PREFIX.length() + start.length(), options);
        String size = isMeta() || member.numel() == 0 ? ", " + size(member) : "";
        return start + elements + size + ")";
    }

    private String quantized() {
        suffixes.add(size(tensor));
        addTypeUnlessImplied();
        QScheme scheme = tensor.qscheme();
        suffixes.add("quantization_scheme=" + scheme);
        if (scheme == QScheme.PER_TENSOR_AFFINE || scheme == QScheme.PER_TENSOR_SYMMETRIC) {
            suffixes.add("scale=" + Decimals.shortest(tensor.qScale()));
            suffixes.add("zero_point=" + tensor.qZeroPoint());
        } else {
            suffixes.add("scale=" + print(tensor.qPerChannelScales(), options));
            suffixes.add("zero_point=" + print(tensor.qPerChannelZeroPoints(), options));
            suffixes.add("axis=" + tensor.qPerChannelAxis());
        }
        return ElementsPrinter.print(tensor.dequantize(), PREFIX.length(), options);
    }

    /** Names as Python's tuple. */
    private static String tuple(List<@Nullable String> names) {
        String texts = names.stream()
                .map(name -> name == null ? "None" : "'" + name + "'")
                .collect(Collectors.joining(", "));
        return names.size() == 1 ? "(" + texts + ",)" : "(" + texts + ")";
    }

    private boolean isMeta() {
        return tensor.device().type() == Device.Type.META;
    }

    /** The type, unless Python would choose it for the elements that are printed. */
    private void addTypeUnlessImplied() {
        DType type = tensor.dtype();
        DType complex = Torch.getDefaultDType() == DType.FLOAT64 ? DType.COMPLEX128 : DType.COMPLEX64;
        if (type != complex && type != DType.INT64 && type != DType.BOOL) {
            addTypeUnlessDefault();
        }
    }

    private void addTypeUnlessDefault() {
        if (tensor.dtype() != Torch.getDefaultDType()) {
            suffixes.add("dtype=" + tensor.dtype());
        }
    }

    /** The shape as Python's tuple. */
    private static String size(Tensor tensor) {
        long[] shape = tensor.shape();
        String sizes = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        return "size=(" + sizes + (shape.length == 1 ? ",)" : ")");
    }

    private String withSuffixes(String text) {
        StringBuilder result = new StringBuilder(text);
        // Python counts two characters more than the last line has.
        int column = text.length() - text.lastIndexOf('\n') + 1;
        boolean newLine = tensor.layout() == Layout.SPARSE_COO;
        for (String suffix : suffixes) {
            if (newLine || column + suffix.length() + 2 > options.lineWidth()) {
                result.append(",\n").append(INDENT).append(suffix);
                column = INDENT.length() + suffix.length();
                newLine = false;
            } else {
                result.append(", ").append(suffix);
                column += suffix.length() + 2;
            }
        }
        return result.append(')').toString();
    }
}
