package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A sample of the generated public methods, chosen so that every kind of parameter and result occurs, with values that
 * follow from the definitions. That each method does what libtorch's dispatcher does is tested elsewhere, mechanically.
 */
class TorchOperatorsTest {
    private static final float EPSILON = 1e-5f;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor matrix() {
        return Torch.tensor(new float[][] {{1, 2}, {3, 4}});
    }

    private static void assertValues(Tensor actual, double... expected) {
        double[] values = actual.toDoubleArray();
        assertThat(values).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(values[i])
                    .as("element %d of %s", i, Arrays.toString(values))
                    .isCloseTo(expected[i], within(1e-5));
        }
    }

    private static void assertShape(Tensor actual, long... expected) {
        assertThat(actual.shape()).isEqualTo(expected);
    }

    // ---- numbers and their defaults

    @Test
    void scalarsOfEachKind() {
        assertValues(matrix().add(1), 2, 3, 4, 5);
        assertValues(matrix().add(0.5), 1.5, 2.5, 3.5, 4.5);
        assertValues(matrix().mul(Scalar.of(true)), 1, 2, 3, 4);
        Tensor turned = matrix().mul(Scalar.complex(0, 2));
        assertThat(turned.dtype()).isEqualTo(DType.COMPLEX64);
        assertValues(Torch.imag(turned), 2, 4, 6, 8);
        assertValues(Torch.rsub(matrix(), 10), 9, 8, 7, 6);
        assertValues(Torch.pow(2, matrix()), 2, 4, 8, 16);
    }

    @Test
    void trailingDefaultsAreDroppedOneByOne() {
        assertValues(matrix().add(matrix(), 3), 4, 8, 12, 16);
        assertValues(matrix().add(matrix()), 2, 4, 6, 8);
        assertValues(Torch.addmm(Torch.ones(2, 2), matrix(), Torch.eye(2), 10, 2), 12, 14, 16, 18);
        assertValues(Torch.addmm(Torch.ones(2, 2), matrix(), Torch.eye(2), 10), 11, 12, 13, 14);
        assertValues(Torch.addmm(Torch.ones(2, 2), matrix(), Torch.eye(2)), 2, 3, 4, 5);
        assertValues(Torch.arange(2, 8, 2), 2, 4, 6);
        assertValues(Torch.arange(2, 4), 2, 3);
        assertValues(Torch.arange(3), 0, 1, 2);
        assertValues(Torch.linspace(0, 1, 3), 0, 0.5, 1);
        assertValues(Torch.logspace(0, 2, 3), 1, 10, 100);
        assertValues(Torch.logspace(0, 2, 3, 2), 1, 2, 4);
    }

    @Test
    void optionalNumbers() {
        assertValues(matrix().clamp(2, 3), 2, 2, 3, 3);
        assertValues(matrix().clamp(2, null), 2, 2, 3, 4);
        assertValues(matrix().clamp((Number) null, 3), 1, 2, 3, 3);
        Tensor holes = Torch.tensor(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
        assertValues(holes.nanToNum(1, 2, 3), 1, 2, 3);
        assertValues(holes.nanToNum(null, 2.0, 3.0), 0, 2, 3);
        assertValues(matrix().argmax(), 3);
        assertValues(matrix().argmax(1), 1, 1);
        assertValues(Torch.logit(Torch.tensor(0f, 1f), 0.5), 0, 0);
    }

    @Test
    void booleansAndOptionalBooleans() {
        assertShape(matrix().argmax(1, true), 2, 1);
        assertValues(matrix().std(new long[] {1}, 1, false), Math.sqrt(0.5), Math.sqrt(0.5));
        assertValues(matrix().std(new long[] {1}, 0), 0.5, 0.5);
        assertValues(matrix().std(false), Math.sqrt(1.25));
        assertValues(Torch.tensor(3f, 1f, 2f).sort(true, 0, true).values(), 3, 2, 1);
        assertValues(Torch.tensor(3f, 1f, 2f).sort((Boolean) null, 0, false).indices(), 1, 2, 0);
    }

    // ---- lists of numbers

    @Test
    void shapesAndLists() {
        assertShape(Torch.zeros(2, 3), 2, 3);
        assertShape(Torch.zeros(new long[] {2, 3}, DType.INT8), 2, 3);
        assertShape(matrix().reshape(4, 1), 4, 1);
        assertShape(matrix().permute(1, 0), 2, 2);
        assertShape(matrix().repeat(2, 3), 4, 6);
        assertShape(matrix().expand(3, -1, -1), 3, 2, 2);
        assertShape(matrix().unsqueeze(0).squeeze(0, 1), 2, 2);
        assertShape(Torch.ones(1, 2, 3, 4, 5, 6, 7, 8, 9, 1).sum(new long[] {-1}), 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertValues(matrix().flip(0, 1), 4, 3, 2, 1);
        assertValues(Torch.roll(matrix(), new long[] {1}, 0), 3, 4, 1, 2);
        assertValues(Torch.roll(matrix(), 1), 4, 1, 2, 3);
    }

    @Test
    void optionalListsOfDimensions() {
        assertValues(matrix().sum(), 10);
        assertValues(matrix().sum(0), 4, 6);
        assertValues(matrix().mean(1), 1.5, 3.5);
        assertShape(matrix().sum(new long[] {0}, true), 1, 2);
        assertValues(matrix().sum((long[]) null, false, DType.FLOAT64), 10);
        assertValues(matrix().sum(new long[0]), 10);
        assertValues(matrix().amax(0), 3, 4);
        assertValues(Torch.linalgNorm(matrix(), 1, new long[] {0, 1}), 6);
        assertValues(Torch.countNonzero(matrix(), new long[] {0}), 2, 2);
    }

    @Test
    void listsOfRealNumbers() {
        Tensor image = matrix().reshape(1, 1, 2, 2);

        assertShape(Torch.upsampleNearest2d(image, null, new double[] {2, 3}), 1, 1, 4, 6);
        assertShape(Torch.upsampleNearest2d(image, new long[] {3, 5}, (double[]) null), 1, 1, 3, 5);
        assertValues(
                Torch.histogram(Torch.tensor(0.5f, 1.5f, 1.6f), 2, new double[] {0, 2})
                        .hist(),
                1,
                2);
    }

    @Test
    void listsOfBooleansAndScalars() {
        assertThat(Torch.tensor(Arrays.asList(1, 2.5)).dtype()).isEqualTo(DType.FLOAT32);
        assertValues(Torch.isin(matrix(), 3), 0, 0, 1, 0);
        assertValues(Torch.isin(3, matrix()), 1);
    }

    // ---- tensors

    @Test
    void listsOfTensors() {
        assertValues(Torch.cat(List.of(matrix(), matrix().neg()), 1), 1, 2, -1, -2, 3, 4, -3, -4);
        assertShape(Torch.stack(List.of(matrix(), matrix(), matrix())), 3, 2, 2);
        assertValues(Torch.einsum("ij,jk->ik", List.of(matrix(), matrix())), 7, 10, 15, 22);
        assertValues(Torch.linalgMultiDot(List.of(matrix(), matrix(), matrix())), 37, 54, 81, 118);
        assertShape(Torch.blockDiag(List.of(matrix(), Torch.ones(1, 3))), 3, 5);
        assertThat(Torch.meshgrid(List.of(Torch.arange(2), Torch.arange(3)), "xy")
                        .get(0)
                        .shape())
                .containsExactly(3, 2);
        assertThat(Torch.broadcastTensors(List.of(Torch.ones(2, 1), Torch.ones(3))))
                .hasSize(2);
    }

    @Test
    void listsOfIndices() {
        Tensor rows = Torch.tensor(1L, 0L);

        assertValues(Torch.index(matrix(), List.of(rows)), 3, 4, 1, 2);
        assertValues(Torch.index(matrix(), Arrays.asList(null, rows)), 2, 1, 4, 3);
        assertValues(matrix().indexPut_(List.of(rows, rows), Torch.tensor(10f, 20f), true), 21, 2, 3, 14);
        assertValues(matrix().indexPut(Arrays.asList(null, rows), Torch.zeros(2)), 0, 0, 0, 0);
    }

    @Test
    void optionalTensors() {
        Tensor input = Torch.ones(1, 1, 3, 3);
        Tensor weight = Torch.ones(1, 1, 2, 2);

        assertValues(Torch.conv2d(input, weight), 4, 4, 4, 4);
        assertValues(Torch.conv2d(input, weight, null, new long[] {2, 2}), 4);
        assertValues(Torch.conv2d(input, weight, Torch.tensor(new float[] {1}), new long[] {2, 2}, 1), 2, 3, 3, 5);
        assertShape(Torch.conv2d(input, weight, null, new long[] {1, 1}, "same", new long[] {1, 1}, 1), 1, 1, 3, 3);
        assertValues(Torch.linear(matrix(), Torch.eye(2), Torch.tensor(10f, 20f)), 11, 22, 13, 24);
        assertValues(Torch.bincount(Torch.tensor(0L, 2L, 2L), null, 4), 1, 0, 2, 0);
        assertValues(Torch.bincount(Torch.tensor(0L, 2L, 2L), Torch.tensor(0.5f, 1f, 1f)), 0.5, 0, 2);
    }

    @Test
    void inPlaceMethodsReturnTheTensorItself() {
        Tensor tensor = matrix();

        assertThat(tensor.add_(1)).isSameAs(tensor);
        assertThat(Torch.relu_(tensor)).isSameAs(tensor);
        assertThat(tensor.copy_(Torch.zeros(2, 2)).fill_(7).mul_(2)).isSameAs(tensor);
        assertValues(tensor, 14, 14, 14, 14);
    }

    // ---- results

    @Test
    void namedResults() {
        Torch.ValuesIndices most = matrix().max(1);
        Torch.ValuesIndices two = Torch.topk(Torch.tensor(1f, 5f, 3f), 2);
        Torch.SignLogabsdet determinant = Torch.linalgSlogdet(matrix());
        Torch.USVh parts = Torch.linalgSvd(matrix());

        assertValues(most.values(), 2, 4);
        assertValues(most.indices(), 1, 1);
        assertThat(most.indices().dtype()).isEqualTo(DType.INT64);
        assertValues(two.values(), 5, 3);
        assertValues(determinant.sign(), -1);
        assertValues(determinant.logabsdet(), Math.log(2));
        assertValues(parts.U().mul(parts.S()).matmul(parts.Vh()), 1, 2, 3, 4);
        assertValues(Torch.aminmax(matrix()).max(), 4);
        assertValues(Torch.kthvalue(matrix(), 1).values(), 1, 3);
    }

    @Test
    void resultsInLists() {
        assertThat(matrix().unbind()).hasSize(2);
        assertThat(Torch.arange(5).split(2)).extracting(Tensor::numel).containsExactly(2L, 2L, 1L);
        assertThat(Torch.arange(5).split(new long[] {1, 4}, 0))
                .extracting(Tensor::numel)
                .containsExactly(1L, 4L);
        assertThat(Torch.where(matrix().gt(2))).hasSize(2);
        List<Tensor> both = Torch.varMean(matrix(), false);
        assertValues(both.get(0), 1.25);
        assertValues(both.get(1), 2.5);
    }

    @Test
    void otherResults() {
        assertThat(matrix().size(0)).isEqualTo(2);
        assertThat(matrix().isComplex()).isFalse();
        assertThat(Torch.equal(matrix(), matrix())).isTrue();
        assertThat(Torch.allclose(matrix(), matrix().add(1e-9))).isTrue();
        assertThat(Torch.allclose(matrix(), matrix().add(1), 0, 0.5)).isFalse();
        assertThat(matrix().get(1, 0).item()).isEqualTo(Scalar.of(3.0));
        assertThat(Torch.resultType(Torch.tensor(1, 2), 2.5)).isEqualTo(DType.FLOAT32);
        assertThat(Torch.promoteTypes(DType.INT8, DType.UINT8)).isEqualTo(DType.INT16);
        assertThat(Torch.canCast(DType.FLOAT32, DType.INT32)).isFalse();
    }

    // ---- texts

    @Test
    void texts() {
        Tensor seven = Torch.tensor(7f, -7f);

        assertValues(seven.div(2, "floor"), 3, -4);
        assertValues(seven.div(2, "trunc"), 3, -3);
        assertValues(seven.div(2, (String) null), 3.5, -3.5);
        assertValues(Torch.gelu(Torch.tensor(1f, 0f), "tanh"), 0.841192, 0);
        assertValues(Torch.gelu(Torch.tensor(1f, 0f)), 0.8413447, 0);
        assertValues(Torch.linalgNorm(matrix(), "fro", null, false, null), Math.sqrt(30));
        assertValues(Torch.searchsorted(Torch.tensor(1f, 2f, 3f), 2, false, false, "right", null), 2);
        assertValues(Torch.pad(Torch.tensor(new float[][] {{1, 2, 3}}), new long[] {1, 1}, "reflect"), 2, 1, 2, 3, 2);
        assertValues(Torch.pad(Torch.tensor(1f, 2f), 0, 1), 1, 2, 0);
        assertValues(Torch.quantile(Torch.tensor(1f, 2f), 0.25, null, false, "lower"), 1);
        assertValues(
                Torch.zeros(3).scatterReduce(0, Torch.tensor(0L, 0L, 2L), Torch.tensor(1f, 5f, 7f), "amax"), 5, 0, 7);
    }

    @Test
    void namesOfDimensions() {
        Tensor named = matrix().refineNames(new String[] {"rows", "columns"});

        assertValues(named.sum(new String[] {"rows"}).rename((String[]) null), 4, 6);
        assertThat(named.size("columns")).isEqualTo(2);
        assertValues(named.max("columns").values().rename((String[]) null), 2, 4);
    }

    // ---- options

    @Test
    void optionsOfFactories() {
        TensorOptions options =
                TensorOptions.of(DType.FLOAT64).device(Device.CPU).layout(Layout.STRIDED);

        assertThat(Torch.zeros(new long[] {2}, options).dtype()).isEqualTo(DType.FLOAT64);
        assertThat(Torch.ones(new long[] {2}, DType.COMPLEX128).dtype()).isEqualTo(DType.COMPLEX128);
        assertThat(Torch.full(new long[] {2}, 3).dtype()).isEqualTo(DType.INT64);
        assertThat(Torch.full(new long[] {2}, 3.0).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(Torch.full(new long[] {2}, Scalar.complex(1, 1)).dtype()).isEqualTo(DType.COMPLEX64);
        assertThat(Torch.eye(2, DType.INT32).dtype()).isEqualTo(DType.INT32);
        assertThat(Torch.zerosLike(matrix(), DType.BOOL).dtype()).isEqualTo(DType.BOOL);
        assertThat(matrix().newZeros(3).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(Torch.trilIndices(3, 3).dtype()).isEqualTo(DType.INT64);
    }

    @Test
    void conversions() {
        assertThat(matrix().to(DType.FLOAT64).dtype()).isEqualTo(DType.FLOAT64);
        assertThat(matrix().to(DType.FLOAT32, false, true).isSame(matrix())).isFalse();
        Tensor same = matrix();
        assertThat(same.to(DType.FLOAT32).isSame(same)).isTrue();
        assertThat(matrix().sum(DType.INT64).dtype()).isEqualTo(DType.INT64);
        assertThat(Torch.softmax(Torch.tensor(1, 2).to(DType.INT64), 0, DType.FLOAT64)
                        .dtype())
                .isEqualTo(DType.FLOAT64);
        assertValues(matrix().view(DType.INT32).view(DType.FLOAT32), 1, 2, 3, 4);
    }

    @Test
    void memoryFormats() {
        Tensor image = Torch.rand(2, 3, 4, 5);

        assertThat(image.contiguous(MemoryFormat.CHANNELS_LAST).strides()).containsExactly(60, 1, 15, 3);
        assertThat(image.clone(MemoryFormat.CHANNELS_LAST).strides()).containsExactly(60, 1, 15, 3);
        assertThat(image.to(TensorOptions.DEFAULT, false, false, MemoryFormat.CHANNELS_LAST)
                        .strides())
                .containsExactly(60, 1, 15, 3);
        Tensor like = Torch.emptyLike(image.clone(MemoryFormat.CHANNELS_LAST));
        assertThat(like.strides()).containsExactly(60, 1, 15, 3);
    }

    @Test
    void typesArePromoted() {
        Tensor bytes = Torch.tensor(new byte[] {1, 2});
        Tensor longs = Torch.tensor(1L, 2L);

        assertThat(bytes.add(longs).dtype()).isEqualTo(DType.INT64);
        assertThat(bytes.div(2).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(longs.add(Torch.tensor(1f, 1f).to(DType.FLOAT16)).dtype()).isEqualTo(DType.FLOAT16);
        assertThat(Torch.tensor(true).add(Torch.tensor(true)).dtype()).isEqualTo(DType.BOOL);
        assertThat(longs.gt(1).dtype()).isEqualTo(DType.BOOL);
    }

    @Test
    void generatorsAndRandomFactories() {
        Tensor first = Torch.rand(new long[] {3}, new Generator(4));
        Tensor second = Torch.rand(new long[] {3}, new Generator(4));
        Tensor third = Torch.rand(new long[] {3}, (Generator) null);

        assertThat(Torch.equal(first, second)).isTrue();
        assertThat(Torch.equal(first, third)).isFalse();
        assertThat(Torch.randperm(5, new Generator(1)).sort().values().toLongArray())
                .containsExactly(0, 1, 2, 3, 4);
        assertThat(Torch.empty(3).normal_(0, 1, new Generator(1)).numel()).isEqualTo(3);
    }

    // ---- complex, quantized and sparse tensors

    @Test
    void complexNumbers() {
        Tensor z = Torch.complex(Torch.tensor(3f, 0f), Torch.tensor(4f, 1f));

        assertValues(z.abs(), 5, 1);
        assertValues(Torch.viewAsReal(z.conj().resolveConj()), 3, -4, 0, -1);
        assertValues(Torch.imag(z.conj()), -4, -1);
        assertValues(Torch.real(z.mul(z)), -7, -1);
        assertThat(z.isComplex()).isTrue();
        assertValues(Torch.viewAsReal(Torch.polar(Torch.ones(1), Torch.zeros(1))), 1, 0);
        assertValues(Torch.real(Torch.fftFft(Torch.ones(4))), 4, 0, 0, 0);
        assertValues(Torch.fftIrfft(Torch.fftRfft(Torch.arange(4.0))), 0, 1, 2, 3);
        assertValues(Torch.real(Torch.fftFft(Torch.ones(4), null, -1, "ortho")), 2, 0, 0, 0);
        assertThat(z.sum().item()).isEqualTo(Scalar.complex(3, 5));
    }

    @Test
    void quantizedTensors() {
        Tensor x = Torch.tensor(0f, 0.5f, 1f, 100f);
        Tensor quantized = Torch.quantizePerTensor(x, 0.1, 10, DType.QUINT8);

        assertThat(quantized.dtype()).isEqualTo(DType.QUINT8);
        assertThat(quantized.qScale()).isEqualTo(0.1);
        assertThat(quantized.qZeroPoint()).isEqualTo(10);
        assertThat(quantized.qscheme()).isEqualTo(QScheme.PER_TENSOR_AFFINE);
        assertValues(quantized.intRepr(), 10, 15, 20, 255);
        assertValues(quantized.dequantize(), 0, 0.5, 1, 24.5);
        assertValues(quantized, 0, 0.5, 1, 24.5);
    }

    @Test
    void quantizedByChannel() {
        Tensor scales = Torch.tensor(new double[] {0.5, 0.25});
        Tensor quantized =
                Torch.quantizePerChannel(matrix(), scales, Torch.zeros(new long[] {2}, DType.INT64), 0, DType.QINT8);

        assertThat(quantized.qscheme()).isEqualTo(QScheme.PER_CHANNEL_AFFINE);
        assertValues(quantized.intRepr(), 2, 4, 12, 16);
        assertValues(quantized.qPerChannelScales(), 0.5, 0.25);
        assertThat(quantized.qPerChannelAxis()).isZero();
        assertValues(quantized.dequantize(), 1, 2, 3, 4);
    }

    @Test
    void sparseTensors() {
        Tensor indices = Torch.tensor(new long[][] {{0, 1}, {1, 0}});
        Tensor sparse = Torch.sparseCooTensor(indices, Torch.tensor(5f, 6f), new long[] {2, 2});

        assertThat(sparse.layout()).isEqualTo(Layout.SPARSE_COO);
        assertValues(sparse.toDense(), 0, 5, 6, 0);
        assertValues(sparse, 0, 5, 6, 0);
        assertValues(Torch.mm(sparse, matrix()), 15, 20, 6, 12);
        assertThat(matrix().toSparseCsr().layout()).isEqualTo(Layout.SPARSE_CSR);
        assertValues(matrix().toSparseCsr().crowIndices(), 0, 2, 4);
    }

    // ---- the operators that networks are made of

    @Test
    void losses() {
        Tensor logits = Torch.tensor(new float[][] {{2, 1}, {0, 3}});
        Tensor target = Torch.tensor(0L, 1L);
        double first = Math.log(1 + Math.exp(-1));
        double second = Math.log(1 + Math.exp(-3));

        assertValues(Torch.crossEntropyLoss(logits, target), (first + second) / 2);
        assertValues(Torch.crossEntropyLoss(logits, target, null, 0), first, second);
        assertValues(Torch.crossEntropyLoss(logits, target, Torch.tensor(1f, 0f)), first);
        assertValues(Torch.nllLoss(Torch.logSoftmax(logits, 1), target, null, 2), first + second);
        assertValues(Torch.mseLoss(logits, Torch.zeros(2, 2), 2), 14);
    }

    @Test
    void recurrentNetworks() {
        Tensor input = Torch.ones(3, 1, 2);
        Tensor hidden = Torch.zeros(1, 1, 2);
        List<Tensor> parameters = List.of(Torch.zeros(8, 2), Torch.zeros(8, 2), Torch.zeros(8), Torch.zeros(8));

        List<Tensor> lstm =
                Torch.lstm(input, List.of(hidden, hidden.add(1)), parameters, true, 1, 0, false, false, false);

        // All gates are one half and the candidate is zero: the cell is halved three times.
        assertThat(lstm).hasSize(3);
        assertShape(lstm.get(0), 3, 1, 2);
        assertValues(lstm.get(2), 0.125, 0.125);
        assertValues(lstm.get(1), 0.5 * Math.tanh(0.125), 0.5 * Math.tanh(0.125));
    }

    @Test
    void normalisationAndPooling() {
        Tensor x = Torch.arange(16.0).reshape(1, 1, 4, 4);

        assertValues(Torch.maxPool2d(x, 2, 2), 5, 7, 13, 15);
        assertValues(Torch.avgPool2d(x, 2, 2), 2.5, 4.5, 10.5, 12.5);
        assertValues(Torch.adaptiveAvgPool2d(x, 1, 1), 7.5);
        Tensor mean = Torch.zeros(1);
        Tensor variance = Torch.ones(1);
        Tensor normal = Torch.batchNorm(x, null, null, mean, variance, true, 0.1, 0, false);
        assertValues(normal.mean(), 0);
        assertValues(normal.std(false), 1);
        assertValues(mean, 0.75);
        assertThat(variance.toFloat()).isCloseTo(0.9f + 0.1f * 340 / 15, within(EPSILON));
        assertValues(Torch.layerNorm(matrix(), new long[] {2}, null, null, 0), -1, 1, -1, 1);
        assertValues(Torch.embedding(matrix(), Torch.tensor(1L, 1L)), 3, 4, 3, 4);
        assertThat(Torch.scaledDotProductAttention(matrix(), matrix(), matrix()).shape())
                .containsExactly(2, 2);
    }

    @Test
    void linearAlgebra() {
        assertValues(Torch.linalgInv(matrix()), -2, 1, 1.5, -0.5);
        assertValues(Torch.linalgDet(matrix()), -2);
        assertValues(Torch.linalgSolve(matrix(), Torch.tensor(5f, 11f)), 1, 2);
        Tensor symmetric = Torch.tensor(new float[][] {{2, 1}, {1, 2}});
        assertValues(Torch.linalgEigh(symmetric).eigenvalues(), 1, 3);
        assertValues(Torch.linalgCholesky(symmetric), Math.sqrt(2), 0, Math.sqrt(0.5), Math.sqrt(1.5));
        assertValues(Torch.linalgMatrixPower(matrix(), 2), 7, 10, 15, 22);
        Torch.QR parts = Torch.linalgQr(matrix());
        assertValues(parts.Q().matmul(parts.R()), 1, 2, 3, 4);
    }

    @Test
    void scatterAndGather() {
        Tensor index = Torch.tensor(new long[][] {{1, 0}});

        assertValues(Torch.gather(matrix(), 0, index), 3, 2);
        assertValues(Torch.zeros(2, 2).scatter_(0, index, 9), 0, 9, 9, 0);
        assertValues(Torch.ones(2, 2).scatter_(0, index, 3, "multiply"), 1, 3, 3, 1);
        assertValues(Torch.zeros(2, 2).scatterAdd(0, index, matrix()), 0, 2, 1, 0);
        assertValues(matrix().indexSelect(1, Torch.tensor(1L, 1L)), 2, 2, 4, 4);
        assertValues(matrix().maskedSelect(matrix().gt(2)), 3, 4);
        assertValues(matrix().maskedFill(matrix().gt(2), 0), 1, 2, 0, 0);
        assertValues(matrix().take(Torch.tensor(3L, 0L)), 4, 1);
        assertValues(matrix().indexAdd(0, Torch.tensor(0L, 0L), matrix(), 2), 9, 14, 3, 4);
    }
}
