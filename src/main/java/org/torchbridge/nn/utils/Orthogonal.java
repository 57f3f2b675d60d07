package org.torchbridge.nn.utils;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.TorchOperators;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Layer;

/** Makes an orthogonal matrix of any; what is wider than high is transposed meanwhile. */
final class Orthogonal extends Layer implements RightInverse {
    private static final double TOLERANCE = 10;

    private final long[] shape;
    private final Parametrizations.OrthogonalMap orthogonalMap;
    private final boolean useTrivialization;
    private @Nullable Buffer base;

    Orthogonal(Tensor weight, Parametrizations.OrthogonalMap orthogonalMap, boolean useTrivialization) {
        if (weight.isComplex() && orthogonalMap == Parametrizations.OrthogonalMap.HOUSEHOLDER) {
            throw new IllegalArgumentException("The householder parametrization does not support complex tensors.");
        }
        this.shape = weight.shape();
        this.orthogonalMap = orthogonalMap;
        this.useTrivialization = useTrivialization;
    }

    @Override
    public Tensor forward(Tensor input) {
        boolean wide = isWide(input);
        Tensor tall = wide ? input.mT() : input;
        Tensor made =
                orthogonalMap == Parametrizations.OrthogonalMap.HOUSEHOLDER ? reflections(tall) : ofSkewSymmetric(tall);
        Tensor based = base == null ? made : base.tensor().matmul(made);
        return wide ? based.mT() : based;
    }

    @Override
    public Tensor rightInverse(Tensor value) {
        if (!Arrays.equals(value.shape(), shape)) {
            throw new IllegalArgumentException("Expected a matrix or batch of matrices of shape "
                    + Arrays.toString(shape) + ". Got a tensor of shape " + Arrays.toString(value.shape()) + ".");
        }
        Tensor tall = isWide(value) ? value.mT() : value;
        if (useTrivialization) {
            base = new Buffer(fullBase(tall));
            Tensor zero = Torch.zerosLike(value);
            // Of minus the identity, Householder reflections make the identity; the other maps do not see the diagonal.
            zero.diagonal(0, -2, -1).fill_(-1);
            return zero;
        }
        if (orthogonalMap != Parametrizations.OrthogonalMap.HOUSEHOLDER) {
            throw new UnsupportedOperationException(
                    "It is not possible to assign to the matrix exponential or the Cayley"
                            + " parametrizations when useTrivialization is false.");
        }
        Tensor inverse = inverseOfReflections(tall);
        return isWide(value) ? inverse.mT() : inverse;
    }

    @Override
    protected String typeName() {
        return "_Orthogonal";
    }

    private Tensor ofSkewSymmetric(Tensor tall) {
        long n = tall.size(-2);
        long k = tall.size(-1);
        Tensor lower = tall.tril();
        if (n != k) {
            long[] missing = tall.shape();
            missing[missing.length - 1] = n - k;
            lower = Torch.cat(List.of(lower, lower.newZeros(missing)), -1);
        }
        Tensor skew = lower.sub(lower.mH());
        Tensor square;
        if (orthogonalMap == Parametrizations.OrthogonalMap.MATRIX_EXP) {
            square = skew.matrixExp();
        } else {
            Tensor identity = identity(n, skew);
            square = Torch.linalgSolve(identity.add(skew, -0.5), identity.add(skew, 0.5));
        }
        return n == k ? square : square.narrow(-1, 0, k);
    }

    private static Tensor reflections(Tensor tall) {
        Tensor below = tall.tril(-1);
        Tensor tau = below.mul(below).sum(-2).add(1).reciprocal().mul(2);
        Tensor signs = tall.diagonal(0, -2, -1).to(DType.INT32).unsqueeze(-2);
        return Torch.linalgHouseholderProduct(below, tau).mul(signs);
    }

    private static Tensor inverseOfReflections(Tensor tall) {
        TorchOperators.ATau decomposed = tall.geqrf();
        Tensor diagonal = decomposed.a().diagonal(0, -2, -1);
        diagonal.sign_();
        // tau is 0 where LAPACK has no use for a reflection: the sign is then the other one.
        diagonal.copy_(Torch.where(decomposed.tau().eq(0), diagonal.neg(), diagonal));
        return decomposed.a();
    }

    /** The square orthogonal matrix that begins with {@code tall}, or with the nearest to it that is orthogonal. */
    private static Tensor fullBase(Tensor tall) {
        long n = tall.size(-2);
        long k = tall.size(-1);
        if (n == k) {
            return isOrthogonal(tall) ? tall.clone() : madeOrthogonal(tall);
        }
        long[] missing = tall.shape();
        missing[missing.length - 1] = n - k;
        Tensor others = Torch.randn(missing, TensorOptions.of(tall.dtype()).device(tall.device()));
        return madeOrthogonal(Torch.cat(List.of(tall, others), -1));
    }

    private static boolean isOrthogonal(Tensor square) {
        double epsilon = TOLERANCE * square.size(-2) * epsilon(square.dtype());
        return square.mH().matmul(square).allclose(identity(square.size(-1), square), 1e-5, epsilon);
    }

    private static double epsilon(DType type) {
        return type == DType.FLOAT64 || type == DType.COMPLEX128 ? Math.ulp(1.0) : Math.ulp(1f);
    }

    /** The factor Q of A = Q · R whose R has no negative number on its diagonal. */
    private static Tensor madeOrthogonal(Tensor matrix) {
        TorchOperators.ATau decomposed = matrix.geqrf();
        Tensor signs = decomposed.a().diagonal(0, -2, -1).sgn().unsqueeze(-2);
        return Torch.linalgHouseholderProduct(decomposed.a(), decomposed.tau()).mul(signs);
    }

    private static Tensor identity(long n, Tensor like) {
        return Torch.eye(n, TensorOptions.of(like.dtype()).device(like.device()));
    }

    private static boolean isWide(Tensor matrix) {
        return matrix.size(-2) < matrix.size(-1);
    }
}
