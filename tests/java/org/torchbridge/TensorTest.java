package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tensors from Java's values and back, zero-copy memory, shapes and types. */
class TensorTest {
    /** Types that libtorch has for kernels of its own, without conversion to and from numbers. */
    private static final Set<DType> WITHOUT_NUMBERS = EnumSet.range(DType.UINT1, DType.INT7);

    static {
        WITHOUT_NUMBERS.addAll(EnumSet.range(DType.BITS1X8, DType.BITS16));
        WITHOUT_NUMBERS.addAll(EnumSet.of(
                DType.QINT8, DType.QUINT8, DType.QINT32, DType.QUINT4X2, DType.QUINT2X4, DType.FLOAT4_E2M1FN_X2));
    }

    // ---- from Java

    @Test
    void typeFollowsTheArray() {
        assertThat(Torch.tensor(1f, 2f).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(Torch.tensor(1d, 2d).dtype()).isEqualTo(DType.FLOAT64);
        assertThat(Torch.tensor(1, 2).dtype()).isEqualTo(DType.INT32);
        assertThat(Torch.tensor(1L, 2L).dtype()).isEqualTo(DType.INT64);
        assertThat(Torch.tensor(true, false).dtype()).isEqualTo(DType.BOOL);
        assertThat(Torch.tensor(new short[] {1}).dtype()).isEqualTo(DType.INT16);
        assertThat(Torch.tensor(new byte[] {-1}).dtype()).isEqualTo(DType.INT8);
    }

    @Test
    void numbersHaveNoDimensions() {
        assertThat(Torch.tensor((Object) 3).shape()).isEmpty();
        assertThat(Torch.tensor((Object) 3).dtype()).isEqualTo(DType.INT64);
        assertThat(Torch.tensor((Object) 3.5).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(Torch.tensor((Object) true).dtype()).isEqualTo(DType.BOOL);
        assertThat(Torch.tensor(Scalar.complex(1, 2)).dtype()).isEqualTo(DType.COMPLEX64);
        assertThat(Torch.tensor((Object) 3.5).toDouble()).isEqualTo(3.5);
    }

    @Test
    void arraysOfAnyRank() {
        Tensor cube = Torch.tensor(new int[][][] {{{1, 2, 3}, {4, 5, 6}}});

        assertThat(cube.shape()).containsExactly(1, 2, 3);
        assertThat(cube.toIntArray()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(Torch.tensor(new boolean[2][3][1][2]).shape()).containsExactly(2, 3, 1, 2);
    }

    @Test
    void emptyArraysKeepTheirTypeAndRank() {
        assertThat(Torch.tensor(new float[0]).shape()).containsExactly(0);
        assertThat(Torch.tensor(new double[0][3]).shape()).containsExactly(0, 0);
        assertThat(Torch.tensor(new double[0][3]).dtype()).isEqualTo(DType.FLOAT64);
        assertThat(Torch.tensor(new long[2][0]).shape()).containsExactly(2, 0);
        assertThat(Torch.tensor(new long[2][0][4]).shape()).containsExactly(2, 0, 0);
        assertThat(Torch.tensor(List.of()).shape()).containsExactly(0);
        assertThat(Torch.tensor(List.of()).dtype()).isEqualTo(DType.FLOAT32);
    }

    @Test
    void listsAsPythonTakesThem() {
        assertThat(Torch.tensor(List.of(1, 2L)).dtype()).isEqualTo(DType.INT64);
        assertThat(Torch.tensor(List.of(1, 2.5)).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(Torch.tensor(List.of(true, false)).dtype()).isEqualTo(DType.BOOL);
        assertThat(Torch.tensor(List.of(true, 3)).toLongArray()).containsExactly(1, 3);
        Tensor mixed = Torch.tensor(List.of(List.of(1, 2), List.of(0.5, 4)));
        assertThat(mixed.shape()).containsExactly(2, 2);
        assertThat(mixed.toFloatArray()).containsExactly(1, 2, 0.5f, 4);
        Tensor complex = Torch.tensor(List.of(1, Scalar.complex(2, -3)));
        assertThat(complex.dtype()).isEqualTo(DType.COMPLEX64);
        assertThat(Torch.viewAsReal(complex).toFloatArray()).containsExactly(1, 0, 2, -3);
    }

    @Test
    void boxedArraysAndListsOfArraysAreListsToo() {
        assertThat(Torch.tensor(new Integer[] {1, 2}).dtype()).isEqualTo(DType.INT64);
        assertThat(Torch.tensor(new Double[][] {{1.0}, {2.5}}).toDoubleArray()).containsExactly(1, 2.5);
        assertThat(Torch.tensor(List.of(new float[] {1, 2}, new float[] {3, 4})).shape())
                .containsExactly(2, 2);
    }

    @Test
    void aGivenTypeIsReachedWithoutLoss() {
        assertThat(Torch.tensor(List.of(0.1, 0.2), DType.FLOAT64).toDoubleArray())
                .containsExactly(0.1, 0.2);
        assertThat(Torch.tensor(0.1, DType.FLOAT64).toDouble()).isEqualTo(0.1);
        assertThat(Torch.tensor(new float[] {1.9f, -1.9f}, DType.INT32).toIntArray())
                .containsExactly(1, -1);
        assertThat(Torch.tensor(new int[] {0, 7}, DType.BOOL).toBooleanArray()).containsExactly(false, true);
    }

    @Test
    void buffersOnTheHeapAndOffIt() {
        assertThat(Torch.tensor(FloatBuffer.wrap(new float[] {9, 1, 2}, 1, 2)).toFloatArray())
                .containsExactly(1, 2);
        assertThat(Torch.tensor(DoubleBuffer.wrap(new double[] {1})).dtype()).isEqualTo(DType.FLOAT64);
        assertThat(Torch.tensor(LongBuffer.wrap(new long[] {1})).dtype()).isEqualTo(DType.INT64);
        assertThat(Torch.tensor(IntBuffer.wrap(new int[] {1})).dtype()).isEqualTo(DType.INT32);
        assertThat(Torch.tensor(ShortBuffer.wrap(new short[] {1})).dtype()).isEqualTo(DType.INT16);
        ByteBuffer bytes = ByteBuffer.allocateDirect(3)
                .put((byte) 7)
                .put((byte) 8)
                .put((byte) 9)
                .flip();
        assertThat(Torch.tensor(bytes).toByteArray()).containsExactly(7, 8, 9);
        assertThat(bytes.remaining()).isEqualTo(3);
    }

    @Test
    void whatIsNoNumberIsRefused() {
        assertThatThrownBy(() -> Torch.tensor((Object) "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no tensor can be made from a String");
        assertThatThrownBy(() -> Torch.tensor((Object) null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from a null");
        assertThatThrownBy(() -> Torch.tensor(new char[] {'a'})).hasMessageContaining("from a char[]");
        assertThatThrownBy(() -> Torch.tensor((Object) 'a')).hasMessageContaining("from a Character");
        assertThatThrownBy(() -> Torch.tensor(List.of("a"))).hasMessageContaining("from a String");
        assertThatThrownBy(() -> Torch.tensor(new Object[] {1, null})).hasMessageContaining("from a null");
    }

    @Test
    void raggedValuesAreRefused() {
        assertThatThrownBy(() -> Torch.tensor(new float[][] {{1, 2}, {3}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the values are ragged: a row of dimension 1 has 1 elements; 2 are expected, as in the"
                        + " first row");
        assertThatThrownBy(() -> Torch.tensor(new float[][] {null, {3}})).hasMessage("an array of dimension 1 is null");
        assertThatThrownBy(() -> Torch.tensor(new float[][] {{3}, null})).hasMessage("an array of dimension 1 is null");
        assertThatThrownBy(() -> Torch.tensor(List.of(List.of(1), List.of(1, 2))))
                .hasMessageContaining("a row of dimension 1 has 2 elements; 1 are expected");
        assertThatThrownBy(() -> Torch.tensor(List.of(List.of(1), 2)))
                .hasMessageContaining("2 stands where a row of 1");
        assertThatThrownBy(() -> Torch.tensor(List.of(1, List.of(2)))).isInstanceOf(IllegalArgumentException.class);
    }

    // ---- back to Java

    @Test
    void readingConverts() {
        Tensor tensor = Torch.tensor(new double[] {-1.5, 0, 300});

        assertThat(tensor.toFloatArray()).containsExactly(-1.5f, 0, 300);
        assertThat(tensor.toDoubleArray()).containsExactly(-1.5, 0, 300);
        assertThat(tensor.toLongArray()).containsExactly(-1, 0, 300);
        assertThat(tensor.toIntArray()).containsExactly(-1, 0, 300);
        assertThat(tensor.toShortArray()).containsExactly((short) -1, (short) 0, (short) 300);
        assertThat(tensor.toBooleanArray()).containsExactly(true, false, true);
        assertThat(Torch.tensor(200, 255).to(DType.UINT8).toByteArray()).containsExactly((byte) 200, (byte) 255);
    }

    @Test
    void readingFollowsTheShapeNotTheMemory() {
        Tensor turned = Torch.tensor(new int[][] {{1, 2, 3}, {4, 5, 6}}).t();

        assertThat(turned.isContiguous()).isFalse();
        assertThat(turned.toIntArray()).containsExactly(1, 4, 2, 5, 3, 6);
    }

    @Test
    void oneElementAsANumber() {
        assertThat(Torch.tensor(2.5f, 1f).get(0).toFloat()).isEqualTo(2.5f);
        assertThat(Torch.tensor((Object) 7).toLong()).isEqualTo(7);
        assertThat(Torch.tensor((Object) 7).toInt()).isEqualTo(7);
        assertThat(Torch.tensor((Object) 0).toBoolean()).isFalse();
        assertThatThrownBy(() -> Torch.tensor(1, 2).toInt())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("a Tensor with 2 elements cannot be converted to Scalar");
        assertThatThrownBy(() -> Torch.tensor((Object) (1L << 40)).toInt()).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void nestedArraysHaveTheTensorsShape() {
        float[][][] cube = {{{1, 2}, {3, 4}, {5, 6}}};

        assertThat(Torch.tensor(cube).toArray()).isInstanceOf(float[][][].class);
        assertThat(Arrays.deepEquals((float[][][]) Torch.tensor(cube).toArray(), cube))
                .isTrue();
        assertThat(Torch.tensor((Object) 5).toArray()).isEqualTo(new long[] {5});
        assertThat(Torch.zeros(2, 0).toArray()).isEqualTo(new float[2][0]);
        assertThat((Object[]) Torch.zeros(0, 2).toArray()).isEmpty();
    }

    @Test
    void nestedArraysOfEveryJavaType() {
        assertThat(Torch.tensor(true).toArray()).isEqualTo(new boolean[] {true});
        assertThat(Torch.tensor(new byte[] {-1}).toArray()).isEqualTo(new byte[] {-1});
        assertThat(Torch.tensor(new short[] {-1}).toArray()).isEqualTo(new short[] {-1});
        assertThat(Torch.tensor(new double[] {0.1}).toArray()).isEqualTo(new double[] {0.1});
        assertThat(Torch.tensor(List.of(255), DType.UINT8).toArray()).isEqualTo(new short[] {255});
        assertThat(Torch.tensor(List.of(65535), DType.UINT16).toArray()).isEqualTo(new int[] {65535});
        assertThat(Torch.tensor(List.of(1.5), DType.BFLOAT16).toArray()).isEqualTo(new float[] {1.5f});
        assertThat(Torch.tensor(List.of(Scalar.complex(1, -2))).toArray()).isEqualTo(new float[][] {{1, -2}});
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeThatHoldsNumbersGoesThereAndBack(DType type) {
        if (WITHOUT_NUMBERS.contains(type)) {
            assertThat(type.isQuantized() || !type.isFloatingPoint() || type == DType.FLOAT4_E2M1FN_X2)
                    .isTrue();
            return;
        }
        Tensor tensor = Torch.tensor(new double[] {1, 2, 0.5}, type);

        assertThat(tensor.dtype()).isEqualTo(type);
        assertThat(tensor.storageBytes()).isEqualTo(3L * type.itemSize());
        double half = type.isInteger() ? 0 : 0.5;
        double[] expected = type == DType.BOOL ? new double[] {1, 1, 1} : new double[] {1, 2, half};
        assertThat(Torch.real(tensor).toDoubleArray()).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeHasMemory(DType type) {
        if (type.isQuantized()) {
            return;
        }
        Tensor tensor = Torch.empty(new long[] {4}, type);

        assertThat(tensor.dtype()).isEqualTo(type);
        assertThat(tensor.buffer().capacity()).isEqualTo(4 * type.itemSize());
    }

    // ---- shared memory

    @Test
    void aDirectBufferIsATensorsMemory() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(24).order(ByteOrder.nativeOrder());
        buffer.asFloatBuffer().put(new float[] {1, 2, 3, 4, 5, 6});

        Tensor tensor = Torch.fromBuffer(buffer, DType.FLOAT32, 2, 3);

        assertThat(tensor.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
        buffer.putFloat(4, 20);
        assertThat(tensor.get(0, 1).toFloat()).isEqualTo(20);
        tensor.get(1, 2).fill_(60);
        assertThat(buffer.getFloat(20)).isEqualTo(60);
    }

    @Test
    void aBufferCountsFromItsPosition() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
        buffer.putInt(1).putInt(2).putInt(3).putInt(4).position(4).limit(12);

        assertThat(Torch.fromBuffer(buffer, DType.INT32, 2).toIntArray()).containsExactly(2, 3);
        assertThat(Torch.fromBuffer(buffer.slice().order(ByteOrder.nativeOrder()), DType.INT32, 2)
                        .toIntArray())
                .containsExactly(2, 3);
        assertThatThrownBy(() -> Torch.fromBuffer(buffer, DType.INT32, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shape [3] of torch.int32 needs 12 bytes; the buffer has 8");
    }

    @Test
    void onlyWritableDirectBuffersAreShared() {
        assertThatThrownBy(() -> Torch.fromBuffer(ByteBuffer.allocate(8), DType.FLOAT32, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("on the Java heap");
        assertThatThrownBy(() -> Torch.fromBuffer(ByteBuffer.allocateDirect(8).asReadOnlyBuffer(), DType.FLOAT32, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("read-only");
        assertThatThrownBy(() -> Torch.fromBuffer(ByteBuffer.allocateDirect(8), DType.FLOAT32, -2, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTensorKeepsItsBufferAlive() throws InterruptedException {
        Tensor tensor = ofForgottenBuffer();
        Tensor view = tensor.get(Index.from(1000));
        tensor.close();

        collectGarbage();

        assertThat(view.toIntArray()).containsOnly(7).hasSize(1 << 20);
    }

    private static Tensor ofForgottenBuffer() {
        int count = 1000 + (1 << 20);
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 * count).order(ByteOrder.nativeOrder());
        for (int i = 0; i < count; i++) {
            buffer.putInt(4 * i, 7);
        }
        return Torch.fromBuffer(buffer, DType.INT32, count);
    }

    @Test
    void aTensorsMemoryIsABuffer() {
        Tensor tensor = Torch.tensor(1, 2, 3);
        ByteBuffer buffer = tensor.buffer();

        assertThat(buffer.order()).isEqualTo(ByteOrder.nativeOrder());
        assertThat(buffer.asIntBuffer().get(2)).isEqualTo(3);
        buffer.putInt(0, 100);
        assertThat(tensor.toIntArray()).containsExactly(100, 2, 3);
        assertThat(tensor.get(Index.from(1)).buffer().getInt(0)).isEqualTo(2);
        assertThat(Torch.empty(0).buffer().capacity()).isZero();
    }

    @Test
    void aBufferKeepsTheMemoryAlive() throws InterruptedException {
        IntBuffer slice;
        try (Scope scope = Scope.open()) {
            Tensor tensor = Torch.full(new long[] {1 << 20}, 5, DType.INT32);
            slice = tensor.buffer().asIntBuffer().slice();
            tensor.close();
        }

        collectGarbage();
        Tensor other = Torch.full(new long[] {1 << 20}, 6, DType.INT32);

        assertThat(slice.get(0)).isEqualTo(5);
        assertThat(slice.get((1 << 20) - 1)).isEqualTo(5);
        assertThat(other.get(0).toInt()).isEqualTo(6);
    }

    @Test
    void theMemoryGoesWithTheBuffer() throws InterruptedException {
        long before = Torch.memory().bytes();
        for (int i = 0; i < 20; i++) {
            Tensor tensor = Torch.zeros(1 << 20);
            tensor.buffer();
            tensor.close();
        }

        for (int i = 0; i < 100 && Torch.memory().bytes() > before + (8 << 20); i++) {
            collectGarbage();
        }

        assertThat(Torch.memory().bytes()).isLessThanOrEqualTo(before + (8 << 20));
    }

    private static void collectGarbage() throws InterruptedException {
        System.gc();
        Thread.sleep(20);
    }

    @Test
    void onlyContiguousMemoryIsABuffer() {
        assertThatThrownBy(() -> Torch.zeros(2, 3).t().buffer())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("call contiguous() first");
        assertThatThrownBy(() -> Torch.zeros(new long[] {2}, TensorOptions.of(Device.META))
                        .buffer())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("dense tensor on the CPU");
    }

    // ---- the raw presets

    @Test
    void presetsTensorsAreTheSameTensors() {
        org.bytedeco.pytorch.Tensor raw = torch.ones(2, 3);

        Tensor tensor = Tensor.wrap(raw);
        tensor.fill_(4);
        assertThat(raw.sum().item_float()).isEqualTo(24);
        raw.close();
        assertThat(tensor.sum().toFloat()).isEqualTo(24);
        assertThatThrownBy(() -> Tensor.wrap(raw)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void tensorsAreThoseOfThePresets() {
        Tensor tensor = Torch.ones(2, 3);

        org.bytedeco.pytorch.Tensor raw = tensor.unwrap();
        raw.fill_(new org.bytedeco.pytorch.Scalar(4));
        assertThat(tensor.sum().toFloat()).isEqualTo(24);
        tensor.close();
        assertThat(raw.sum().item_float()).isEqualTo(24);
        assertThatThrownBy(tensor::unwrap).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anUndefinedTensorOfThePresetsIsNull() {
        assertThat(Tensor.wrap(new org.bytedeco.pytorch.Tensor())).isNull();
    }

    // ---- shape and kind

    @Test
    void shapeAndMemory() {
        Tensor tensor = Torch.zeros(4, 3, 2).get(":, 1:");

        assertThat(tensor.shape()).containsExactly(4, 2, 2);
        assertThat(tensor.strides()).containsExactly(6, 2, 1);
        assertThat(tensor.storageOffset()).isEqualTo(2);
        assertThat(tensor.storageBytes()).isEqualTo(96);
        assertThat(tensor.dim()).isEqualTo(3);
        assertThat(tensor.numel()).isEqualTo(16);
        assertThat(tensor.size(-1)).isEqualTo(2);
        assertThat(tensor.isContiguous()).isFalse();
        assertThat(tensor.contiguous().isContiguous()).isTrue();
        assertThat(tensor.layout()).isEqualTo(Layout.STRIDED);
    }

    @Test
    void contiguousIsWhatPythonSaysItIs() {
        assertThat(Torch.zeros(3, 1, 2).transpose(0, 1).isContiguous()).isTrue();
        assertThat(Torch.zeros(0, 2).t().isContiguous()).isTrue();
        assertThat(Torch.zeros(2).expand(new long[] {3, 2}).isContiguous()).isFalse();
        assertThat(Torch.zeros(1, 3, 2, 2)
                        .contiguous(MemoryFormat.CHANNELS_LAST)
                        .isContiguous())
                .isFalse();
        assertThat(Torch.tensor((Object) 1).isContiguous()).isTrue();
    }

    @Test
    void sameIsNotEqual() {
        Tensor tensor = Torch.ones(2);

        assertThat(tensor.isSame(tensor.add_(0))).isTrue();
        assertThat(tensor.isSame(tensor.alias())).isFalse();
        assertThat(tensor.isSame(Torch.ones(2))).isFalse();
    }

    @Test
    void closedTensorsSayWhatHappened() {
        Tensor tensor = Torch.ones(2);
        tensor.close();

        assertThat(tensor.isClosed()).isTrue();
        assertThat(tensor).hasToString("tensor(closed)");
        assertThatThrownBy(() -> tensor.add(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was closed");
        assertThatThrownBy(() -> Torch.ones(2).add(tensor)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(tensor::shape).isInstanceOf(IllegalStateException.class);
    }
}
