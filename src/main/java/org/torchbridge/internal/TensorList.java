package org.torchbridge.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Tensors on which one operator works at once: libtorch's foreach operators, under the names of the plain ones.
 *
 * <p>A list holds handles; whoever gave them keeps the tensors alive. What an operator makes lives until its
 * {@link Arena} is closed.
 */
public final class TensorList {
    private static final int DOUBLE = 0;

    private final Arena arena;
    private final long[] handles;

    /** Owns the tensors that operators on its lists make. */
    public static final class Arena implements AutoCloseable {
        private final List<long[]> made = new ArrayList<>();

        /** Tensors that belong to somebody else. */
        public TensorList list(long... handles) {
            return new TensorList(this, handles);
        }

        private TensorList own(long[] handles) {
            made.add(handles);
            return list(handles);
        }

        @Override
        public void close() {
            made.forEach(handles -> NativeTensor.deleteAll(handles, handles.length));
            made.clear();
        }
    }

    private TensorList(Arena arena, long[] handles) {
        this.arena = arena;
        this.handles = handles;
    }

    public long[] handles() {
        return handles;
    }

    /** Views of complex tensors as real ones, with a last dimension of 2. */
    public TensorList viewAsReal() {
        long[] views = new long[handles.length];
        TensorList list = arena.own(views);
        for (int i = 0; i < views.length; i++) {
            views[i] = NativeOperators.view_as_real(handles[i]);
        }
        return list;
    }

    public TensorList neg() {
        return arena.own(NativeOperators._foreach_neg(handles));
    }

    public TensorList abs() {
        return arena.own(NativeOperators._foreach_abs(handles));
    }

    public TensorList sqrt() {
        return arena.own(NativeOperators._foreach_sqrt(handles));
    }

    public TensorList sqrt_() {
        NativeOperators._foreach_sqrt_(handles);
        return this;
    }

    public TensorList reciprocal_() {
        NativeOperators._foreach_reciprocal_(handles);
        return this;
    }

    public TensorList copy_(TensorList source) {
        NativeOperators._foreach_copy_(handles, source.handles, false);
        return this;
    }

    public TensorList add(double number) {
        return arena.own(NativeOperators._foreach_add_Scalar(handles, DOUBLE, bits(number), 0));
    }

    public TensorList add_(double number) {
        NativeOperators._foreach_add__Scalar(handles, DOUBLE, bits(number), 0);
        return this;
    }

    public TensorList add(TensorList other, double alpha) {
        return arena.own(NativeOperators._foreach_add_List(handles, other.handles, DOUBLE, bits(alpha), 0));
    }

    public TensorList add_(TensorList other, double alpha) {
        NativeOperators._foreach_add__List(handles, other.handles, DOUBLE, bits(alpha), 0);
        return this;
    }

    public TensorList sub(TensorList other) {
        return arena.own(NativeOperators._foreach_sub_List(handles, other.handles, DOUBLE, bits(1), 0));
    }

    public TensorList mul_(double factor) {
        NativeOperators._foreach_mul__Scalar(handles, DOUBLE, bits(factor), 0);
        return this;
    }

    public TensorList mul_(TensorList other) {
        NativeOperators._foreach_mul__List(handles, other.handles);
        return this;
    }

    /** Multiplies all tensors by the number in the tensor {@code factor}. */
    public TensorList mulByTensor_(long factor) {
        NativeOperators._foreach_mul__Tensor(handles, factor);
        return this;
    }

    public TensorList div(double divisor) {
        return arena.own(NativeOperators._foreach_div_Scalar(handles, DOUBLE, bits(divisor), 0));
    }

    public TensorList div_(TensorList other) {
        NativeOperators._foreach_div__List(handles, other.handles);
        return this;
    }

    public TensorList maximum_(TensorList other) {
        NativeOperators._foreach_maximum__List(handles, other.handles);
        return this;
    }

    public TensorList clampMin_(double least) {
        NativeOperators._foreach_clamp_min__Scalar(handles, DOUBLE, bits(least), 0);
        return this;
    }

    public TensorList clampMax_(double most) {
        NativeOperators._foreach_clamp_max__Scalar(handles, DOUBLE, bits(most), 0);
        return this;
    }

    public TensorList lerp_(TensorList end, double weight) {
        NativeOperators._foreach_lerp__Scalar(handles, end.handles, DOUBLE, bits(weight), 0);
        return this;
    }

    public TensorList addcmul(TensorList first, TensorList second, double value) {
        return arena.own(NativeOperators._foreach_addcmul_Scalar(
                handles, first.handles, second.handles, DOUBLE, bits(value), 0));
    }

    public TensorList addcmul_(TensorList first, TensorList second, double value) {
        NativeOperators._foreach_addcmul__Scalar(handles, first.handles, second.handles, DOUBLE, bits(value), 0);
        return this;
    }

    public TensorList addcdiv_(TensorList dividend, TensorList divisor, double value) {
        NativeOperators._foreach_addcdiv__Scalar(handles, dividend.handles, divisor.handles, DOUBLE, bits(value), 0);
        return this;
    }

    /** Writes each tensor's norm of the given order to the tensor {@code row}. */
    public void normsInto(long row, double order) {
        TensorList norms = arena.own(NativeOperators._foreach_norm_Scalar(handles, DOUBLE, bits(order), 0, -1));
        NativeOperators.stack_out(norms.handles, 0, row);
    }

    private static long bits(double number) {
        return Double.doubleToRawLongBits(number);
    }
}
