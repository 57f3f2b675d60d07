package org.torchbridge.internal;

import org.bytedeco.pytorch.DoubleComplex;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A kind of inputs for operators: what their tensors and numbers look like. An operator that refuses one may take another. */
enum Recipe {
    /** Matrices of {@code float32}; optional arguments are left out. */
    MATRICES(ScalarType.Float, 4, 4),
    /** The same with every optional argument given. */
    COMPLETE(ScalarType.Float, 4, 4),
    INTEGERS(ScalarType.Long, 4, 4),
    BOOLEANS(ScalarType.Bool, 4, 4),
    COMPLEX(ScalarType.ComplexFloat, 4, 4),
    SCALARS(ScalarType.Float),
    VECTORS(ScalarType.Float, 4),
    BATCHES(ScalarType.Float, 2, 4, 4),
    /** Symmetric positive definite matrices, and triangular ones made of them. */
    DEFINITE(ScalarType.Double, 4, 4),
    /** What convolution, pooling and normalisation take, with as many dimensions as the operator's name says. */
    IMAGES(ScalarType.Float, 1, 4, 6, 6),
    /** Matrices whose dimensions have the names {@code rows} and {@code columns}. */
    NAMED(ScalarType.Float, 4, 4),
    QUANTIZED(ScalarType.QUInt8, 1, 4, 6, 6),
    SPARSE(ScalarType.Float, 4, 4),
    COMPRESSED(ScalarType.Float, 4, 4);

    private static final double GOLDEN_RATIO = 0.618034;

    private final ScalarType type;
    private final long[] shape;

    Recipe(ScalarType type, long... shape) {
        this.type = type;
        this.shape = shape;
    }

    boolean givesOptionals() {
        return this == COMPLETE || this == IMAGES;
    }

    boolean isFloating() {
        return type == ScalarType.Float || type == ScalarType.Double;
    }

    long[] shape() {
        return shape.clone();
    }

    ScalarType type() {
        return type;
    }

    /** The argument at {@code position}, of the recipe's type: each position has other values. */
    Tensor tensor(int position, long... dims) {
        return switch (this) {
            case INTEGERS -> integers(position, dims);
            case BOOLEANS -> integers(position, dims).remainder(new Scalar(3)).gt(new Scalar(0));
            case COMPLEX -> floats(position, dims)
                    .mul(new Scalar(new DoubleComplex(1, 0)))
                    .add(floats(position + 1, dims).mul(new Scalar(new DoubleComplex(0, 1))));
            case DEFINITE -> definite(position, dims);
            case QUANTIZED -> torch.quantize_per_tensor(floats(position, dims), 0.01, 3, ScalarType.QUInt8);
            case NAMED, MATRICES, COMPLETE, SCALARS, VECTORS, BATCHES, IMAGES -> floats(position, dims);
            case SPARSE -> sparse(position, dims).to_sparse();
            case COMPRESSED -> dims.length < 2
                    ? floats(position, dims)
                    : sparse(position, dims).to_sparse_csr();
        };
    }

    /** Numbers from 0.1 to 0.9, scattered so that matrices have full rank. */
    static Tensor floats(int position, long... dims) {
        return steps(dims)
                .mul(new Scalar(GOLDEN_RATIO))
                .add(new Scalar(0.37 * position))
                .frac()
                .mul(new Scalar(0.8))
                .add(new Scalar(0.1));
    }

    /** Numbers from 0 to 3, which are positions in a dimension of 4. */
    static Tensor integers(int position, long... dims) {
        return steps(dims)
                .mul(new Scalar(3))
                .add(new Scalar(position))
                .remainder(new Scalar(4))
                .to(ScalarType.Long);
    }

    private static Tensor sparse(int position, long... dims) {
        Tensor values = floats(position, dims);
        return values.mul(values.gt(new Scalar(0.5)));
    }

    private static Tensor definite(int position, long... dims) {
        Tensor factor = floats(position, dims).to(ScalarType.Double);
        boolean square = dims.length >= 2 && dims[dims.length - 1] == dims[dims.length - 2];
        return !square ? factor : factor.matmul(factor.transpose(-2, -1)).add(torch.eye(dims[dims.length - 1]));
    }

    private static Tensor steps(long... dims) {
        long numel = 1;
        for (long dim : dims) {
            numel *= dim;
        }
        return torch.arange(new Scalar(numel)).to(ScalarType.Float).reshape(dims);
    }
}
