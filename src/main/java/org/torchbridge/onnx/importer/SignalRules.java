package org.torchbridge.onnx.importer;

import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;

/** Fourier transforms and the windows they are taken through. */
final class SignalRules {
    private SignalRules() {}

    static void register(Registry r) {
        r.rule("DFT", 17, (node, c) -> dft(node, c, node.integer("axis", 1)));
        r.rule("DFT", 20, (node, c) -> dft(node, c, node.has(2) ? node.number(2) : (Object) (-2L)));
        r.rule("STFT", 17, SignalRules::stft);
        r.rule("HannWindow", 17, (node, c) -> window(node, c, 0.5, 0.5, 0));
        r.rule("HammingWindow", 17, (node, c) -> window(node, c, 25.0 / 46, 21.0 / 46, 0));
        r.rule("BlackmanWindow", 17, (node, c) -> window(node, c, 0.42, 0.5, 0.08));
        r.rule("MelWeightMatrix", 17, SignalRules::mel);
    }

    /**
     * The last dimension is real and imaginary part, or the real one alone. What cancels out does so to the last digit of
     * {@code float32} only in {@code float64}.
     */
    private static Value complex(Conversion c, Value given) {
        Value x = c.cast(given, DType.FLOAT64);
        Object parts = c.size(x, -1);
        if (parts instanceof Long known) {
            return known == 1
                    ? c.op("aten::squeeze", x, -1L)
                    : c.op("aten::view_as_complex", c.op("aten::contiguous", x, 0L));
        }
        Value both = c.op("aten::constant_pad_nd", x, c.list(List.of(0L, c.integer("sub", 2L, parts))), 0.0);
        return c.op("aten::view_as_complex", c.op("aten::contiguous", both, 0L));
    }

    private static Value dft(OnnxNode node, Conversion c, Object axis) {
        boolean inverse = node.flag("inverse", false);
        boolean oneSided = node.flag("onesided", false);
        Object length = node.has(1) ? node.number(1) : null;
        Value x = complex(c, node.tensor(0));
        Object dim = dimension(node, c, axis);
        if (inverse && oneSided) {
            return real(node, c, c.op("aten::unsqueeze", c.op("aten::fft_irfft", x, length, dim, null), -1L));
        }
        Value transformed = c.op(inverse ? "aten::fft_ifft" : "aten::fft_fft", x, length, dim, null);
        if (oneSided) {
            Object size = c.op("aten::size", transformed, dim);
            Object half = c.integer("add", c.integer("floordiv", size, 2L), 1L);
            transformed = c.op("aten::slice", transformed, dim, 0L, half, 1L);
        }
        return parts(node, c, transformed);
    }

    private static Value parts(OnnxNode node, Conversion c, Value transformed) {
        return real(node, c, c.op("aten::view_as_real", transformed));
    }

    private static Value real(OnnxNode node, Conversion c, Value result) {
        DType dtype = node.dtype(0);
        return c.cast(result, dtype == null ? DType.FLOAT32 : dtype);
    }

    /** Counted without the last dimension, which the parts of a number are. */
    private static Object dimension(OnnxNode node, Conversion c, Object axis) {
        if (axis instanceof Long known) {
            return known < 0 ? known + 1 : known;
        }
        Object rank = (long) node.knownRank(0);
        return c.integer("remainder", axis, rank);
    }

    private static Value stft(OnnxNode node, Conversion c) {
        boolean oneSided = node.flag("onesided", true);
        Object step = node.number(1);
        Value window = node.tensorOrNull(2);
        if (window == null && !node.has(3)) {
            throw node.broken("has neither a window nor a frame_length");
        }
        Object length = node.has(3) ? node.number(3) : c.size(window, 0);
        Value x = complex(c, node.tensor(0));
        Value frames = c.op("aten::unfold", x, 1L, length, step);
        Value shaped = window == null ? frames : c.op("aten::mul", frames, window);
        Value transformed = c.op("aten::fft_fft", shaped, null, -1L, null);
        if (oneSided) {
            Object half = c.integer("add", c.integer("floordiv", length, 2L), 1L);
            transformed = c.op("aten::slice", transformed, -1L, 0L, half, 1L);
        }
        return parts(node, c, transformed);
    }

    /** {@code a - b cos(2 pi n / N) + d cos(4 pi n / N)}, where N is the size, or one less for a symmetric window. */
    private static Value window(OnnxNode node, Conversion c, double a, double b, double d) {
        DType dtype =
                node.elementAttribute("output_datatype", ElementType.FLOAT).carrier();
        boolean periodic = node.flag("periodic", true);
        Object size = node.number(0);
        Object period = periodic ? size : c.integer("sub", size, 1L);
        Value places = c.op("aten::arange", 0L, size, 1L, DType.FLOAT64, null, c.device(), null);
        Value angle = c.op("aten::div", c.op("aten::mul", places, 2 * Math.PI), period);
        Value window = c.op("aten::rsub", c.op("aten::mul", c.op("aten::cos", angle), b), a);
        Value second = c.op("aten::mul", c.op("aten::cos", c.op("aten::mul", angle, 2.0)), d);
        return c.cast(d == 0 ? window : c.op("aten::add", window, second), dtype == null ? DType.FLOAT32 : dtype);
    }

    /** Triangles between neighbouring frequencies that are evenly spaced on the mel scale, over the bins of a DFT. */
    private static Value mel(OnnxNode node, Conversion c) {
        DType dtype =
                node.elementAttribute("output_datatype", ElementType.FLOAT).carrier();
        Object bands = node.number(0);
        Object length = node.number(1);
        Object rate = node.number(2);
        Value low = c.op("aten::to", node.tensor(3), DType.FLOAT64, false, false, null);
        Value high = c.op("aten::to", node.tensor(4), DType.FLOAT64, false, false, null);
        Object bins = c.integer("add", c.integer("floordiv", length, 2L), 1L);
        Value lowest = toMel(c, low);
        Value step = c.op("aten::div", c.op("aten::sub", toMel(c, high), lowest), c.integer("add", bands, 2L));
        Value places = c.op("aten::arange", 0L, c.integer("add", bands, 2L), 1L, DType.FLOAT64, null, c.device(), null);
        Value hertz = fromMel(c, c.op("aten::add", c.op("aten::mul", places, step), lowest));
        Value scaled = c.op("aten::div", c.op("aten::mul", hertz, c.integer("add", length, 1L)), rate);
        Value edges = c.op("aten::floor", scaled);
        Value rows =
                c.op("aten::unsqueeze", c.op("aten::arange", 0L, bins, 1L, DType.FLOAT64, null, c.device(), null), 1L);
        Value left = c.op("aten::slice", edges, 0L, 0L, bands, 1L);
        Value centre = c.op("aten::slice", edges, 0L, 1L, c.integer("add", bands, 1L), 1L);
        Value right = c.op("aten::slice", edges, 0L, 2L, null, 1L);
        Value up = rising(c, rows, left, centre);
        Value down = c.op("aten::div", c.op("aten::sub", right, rows), atLeastOne(c, c.op("aten::sub", right, centre)));
        Value below = c.op("aten::logical_and", c.op("aten::ge", rows, left), c.op("aten::le", rows, centre));
        Value above = c.op("aten::logical_and", c.op("aten::gt", rows, centre), c.op("aten::lt", rows, right));
        Value zero = c.op("aten::zeros_like", up);
        Value weights = c.op("aten::where", below, up, c.op("aten::where", above, down, zero));
        return c.cast(weights, dtype == null ? DType.FLOAT32 : dtype);
    }

    /** One at the centre, where a triangle without a left side begins. */
    private static Value rising(Conversion c, Value rows, Value left, Value centre) {
        Value width = c.op("aten::sub", centre, left);
        Value share = c.op("aten::div", c.op("aten::sub", rows, left), atLeastOne(c, width));
        return c.op("aten::where", c.op("aten::eq", width, 0.0), c.op("aten::ones_like", share), share);
    }

    private static Value atLeastOne(Conversion c, Value width) {
        return c.op("aten::clamp", width, 1.0, null);
    }

    private static Value toMel(Conversion c, Value hertz) {
        return c.op("aten::mul", c.op("aten::log10", c.op("aten::add", c.op("aten::div", hertz, 700.0), 1.0)), 2595.0);
    }

    private static Value fromMel(Conversion c, Value mel) {
        Value power = c.op("aten::exp", c.op("aten::mul", mel, Math.log(10) / 2595));
        return c.op("aten::mul", c.op("aten::sub", power, 1.0), 700.0);
    }
}
