package org.torchbridge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The elements of a strided tensor in nested brackets, wrapped and summarised as the options say. */
final class ElementsPrinter {
    private final PrintOptions options;
    /** The tensor's shape; {@code shown} has less where dimensions are summarised. */
    private final long[] shape;

    private final long[] shown;
    private final Texts texts;
    private int next;

    private ElementsPrinter(Tensor tensor, PrintOptions options) {
        this.options = options;
        this.shape = tensor.shape();
        boolean summarised = tensor.numel() > options.threshold();
        // Tensors with named dimensions cannot be indexed. Renaming others would make libtorch warn of names.
        Tensor readable = readable(tensor.names().isEmpty() ? tensor : tensor.rename(null));
        Tensor part = ArrayTransfer.dense(summarised ? edges(readable, options.edgeItems()) : readable);
        this.shown = part.shape();
        this.texts = texts(part, tensor.dtype().isFloatingPoint(), options);
    }

    /** The elements' text, of which the first line begins at column {@code indent}. */
    static String print(Tensor tensor, int indent, PrintOptions options) {
        if (tensor.numel() == 0) {
            return "[]";
        }
        ElementsPrinter printer = new ElementsPrinter(tensor, options);
        return printer.shape.length == 0 ? printer.texts.of(0) : printer.level(0, indent);
    }

    // ---- brackets

    private String level(int dim, int indent) {
        boolean innermost = dim == shape.length - 1;
        List<String> parts = new ArrayList<>();
        for (long i = 0; i < shown[dim]; i++) {
            parts.add(innermost ? texts.of(next++) : level(dim + 1, indent + 1));
        }
        if (shown[dim] < shape[dim]) {
            parts.add(options.edgeItems(), innermost && options.edgeItems() > 0 ? " ..." : "...");
        }
        String lineStart = " ".repeat(indent + 1);
        if (innermost) {
            return "[" + String.join(",\n" + lineStart, lines(parts, indent)) + "]";
        }
        return "[" + String.join("," + "\n".repeat(shape.length - dim - 1) + lineStart, parts) + "]";
    }

    private List<String> lines(List<String> elements, int indent) {
        int separated = texts.width() + ", ".length();
        int perLine = Math.max(1, Math.floorDiv(options.lineWidth() - indent, separated));
        List<String> lines = new ArrayList<>();
        for (int from = 0; from < elements.size(); from += perLine) {
            lines.add(String.join(", ", elements.subList(from, Math.min(from + perLine, elements.size()))));
        }
        return lines;
    }

    // ---- elements

    /** The texts of all elements in order, and the width that most of them have. */
    private record Texts(IntFunction<String> element, int width) {
        String of(int index) {
            return element.apply(index);
        }
    }

    private static Texts texts(Tensor part, boolean floating, PrintOptions options) {
        if (part.dtype().isComplex()) {
            return complexNumbers(part, options);
        }
        if (floating) {
            double[] values = part.toDoubleArray();
            NumberFormatter formatter = new NumberFormatter(values, options);
            return new Texts(i -> formatter.format(values[i]), formatter.width());
        }
        if (part.dtype() == DType.BOOL) {
            boolean[] values = part.toBooleanArray();
            return aligned(values.length, i -> values[i] ? "True" : "False");
        }
        long[] values = part.toLongArray();
        boolean unsigned = part.dtype() == DType.UINT64;
        return aligned(values.length, i -> unsigned ? Long.toUnsignedString(values[i]) : Long.toString(values[i]));
    }

    private static Texts aligned(int count, IntFunction<String> text) {
        int width = IntStream.range(0, count).map(i -> text.apply(i).length()).reduce(1, Math::max);
        return new Texts(i -> NumberFormatter.padded(text.apply(i), width), width);
    }

    private static Texts complexNumbers(Tensor part, PrintOptions options) {
        double[] pairs = Torch.viewAsReal(part.to(DType.COMPLEX128)).toDoubleArray();
        double[] reals = everySecond(pairs, 0);
        double[] imaginaries = everySecond(pairs, 1);
        NumberFormatter real = new NumberFormatter(reals, options);
        NumberFormatter imaginary = new NumberFormatter(imaginaries, options);
        return new Texts(
                i -> {
                    String second = imaginary.format(imaginaries[i]).stripLeading();
                    return real.format(reals[i]) + (second.startsWith("-") ? "" : "+") + second + "j";
                },
                real.width() + imaginary.width() + "j".length());
    }

    private static double[] everySecond(double[] values, int from) {
        return IntStream.range(0, values.length / 2)
                .mapToDouble(i -> values[2 * i + from])
                .toArray();
    }

    /** Types whose values libtorch cannot read are shown as their bytes, as Python shows {@code float4_e2m1fn_x2}. */
    private static Tensor readable(Tensor tensor) {
        return switch (tensor.dtype()) {
            case UINT1, UINT2, UINT3, UINT4, UINT5, UINT6, UINT7 -> tensor.view(DType.UINT8);
            case INT1, INT2, INT3, INT4, INT5, INT6, INT7 -> tensor.view(DType.UINT8);
            case BITS1X8, BITS2X4, BITS4X2, BITS8, FLOAT4_E2M1FN_X2 -> tensor.view(DType.UINT8);
            case BITS16 -> tensor.view(DType.UINT16);
            default -> tensor;
        };
    }

    /** A copy of what a summary shows and of nothing else: the ends of each long dimension. */
    private static Tensor edges(Tensor tensor, int edgeItems) {
        long[] shape = tensor.shape();
        List<Tensor> positions = new ArrayList<>();
        for (int dim = 0; dim < shape.length; dim++) {
            long[] alongDim = new long[shape.length];
            Arrays.fill(alongDim, 1);
            alongDim[dim] = -1;
            positions.add(edgePositions(shape[dim], edgeItems).view(alongDim));
        }
        return positions.isEmpty() ? tensor : tensor.index(positions);
    }

    private static Tensor edgePositions(long size, int edgeItems) {
        // On the CPU whatever the default device is: it may have no memory to index with.
        TensorOptions indices = TensorOptions.of(DType.INT64).device(Device.CPU);
        if (size <= 2L * edgeItems) {
            return Torch.arange(size, indices);
        }
        return Torch.cat(List.of(Torch.arange(edgeItems, indices), Torch.arange(size - edgeItems, size, indices)));
    }
}
