package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.onnx.proto.TensorProto;

class ConstantRulesTest extends RuleTest {
    private static Tensor longScalar(long value) {
        return longs(value).reshape(new long[0]);
    }

    private static Tensor floatScalar(double value) {
        return Torch.tensor(new float[] {(float) value}).reshape(new long[0]);
    }

    @Test
    void constantsComeInManyForms() {
        assertSame(OneNode.of("Constant", 13).tensor("value", random(2, 3)));
        assertSame(OneNode.of("Constant", 13).integer("value_int", 5));
        assertSame(OneNode.of("Constant", 13).integers("value_ints", 5, -6));
        assertSame(OneNode.of("Constant", 13).real("value_float", 0.1));
        assertSame(OneNode.of("Constant", 13).reals("value_floats", 0.1f, 2));
    }

    @Test
    void tensorsOfASizeAreFilled() {
        assertSame(OneNode.of("ConstantOfShape", 9).input(longs(2, 3)));
        for (DType dtype : List.of(DType.FLOAT32, DType.INT64, DType.UINT8, DType.BOOL)) {
            assertSame(OneNode.of("ConstantOfShape", 9)
                    .tensor("value", longs(1).to(dtype))
                    .weight(2, 3));
        }
        assertSame(OneNode.of("ConstantOfShape", 9).weight(new long[0]));
    }

    @Test
    void typesAreChanged() {
        Tensor x = Torch.tensor(new float[] {-1.7f, 0, 2.5f, 300});
        for (int to : new int[] {
            TensorProto.DataType.INT32_VALUE,
            TensorProto.DataType.INT64_VALUE,
            TensorProto.DataType.BOOL_VALUE,
            TensorProto.DataType.DOUBLE_VALUE,
            TensorProto.DataType.FLOAT16_VALUE,
            TensorProto.DataType.BFLOAT16_VALUE
        }) {
            assertSame(OneNode.of("Cast", 13).integer("to", to).input(x));
        }
        assertSame(OneNode.of("Cast", 9)
                .integer("to", TensorProto.DataType.FLOAT_VALUE)
                .input(x.gt(0)));
    }

    @Test
    void typesAreTakenFromAnotherTensor() {
        assertSame(OneNode.of("CastLike", 15).input(random(3).mul(5)).input(longs(0)));
        assertGradients(OneNode.of("CastLike", 15).input(random(3)).weight(random(1)));
    }

    @Test
    void numbersGoUpOrDownInSteps() {
        for (long[] range : new long[][] {{0, 5, 1}, {2, 9, 3}, {9, 2, -3}, {10, 0, -5}}) {
            assertSame(OneNode.of("Range", 11)
                    .input(longScalar(range[0]))
                    .input(longScalar(range[1]))
                    .input(longScalar(range[2])));
            assertSame(OneNode.of("Range", 11)
                    .weight(longScalar(range[0]))
                    .input(longScalar(range[1]))
                    .weight(longScalar(range[2])));
        }
        assertSame(OneNode.of("Range", 11)
                .input(floatScalar(0.5))
                .input(floatScalar(2))
                .input(floatScalar(0.4)));
        assertSame(OneNode.of("Range", 11)
                .weight(floatScalar(0))
                .input(floatScalar(2))
                .weight(floatScalar(1)));
    }

    @Test
    void thereIsNothingWhereStepsLeadAwayFromTheLimit() {
        for (long[] range : new long[][] {{5, 2, 1}, {2, 5, -1}, {3, 3, 1}}) {
            assertSame(OneNode.of("Range", 11)
                    .input(longScalar(range[0]))
                    .input(longScalar(range[1]))
                    .input(longScalar(range[2])));
            assertSame(OneNode.of("Range", 11)
                    .input(longScalar(range[0]))
                    .input(longScalar(range[1]))
                    .weight(longScalar(range[2])));
        }
    }

    @Test
    void diagonalsAreOnes() {
        assertSame(OneNode.of("EyeLike", 9).input(random(3, 4)));
        assertSame(OneNode.of("EyeLike", 9)
                .integer("k", 1)
                .integer("dtype", TensorProto.DataType.INT64_VALUE)
                .input(random(3, 4)));
        assertSame(OneNode.of("EyeLike", 9).integer("k", -2).input(random(4, 3).to(DType.INT32)));
    }

    @Test
    void identityHandsEverythingOn() {
        assertSame(OneNode.of("Identity", 13).input(random(2, 3)));
        assertSame(OneNode.of("Identity", 1).input(longs(1, 2)));
    }

    /** Counted in single precision: halves would stop at 2048. */
    @Test
    void rangesOfHalvesGoOn() {
        OneNode node = OneNode.of("Range", 27)
                .integer("stash_type", 1)
                .input(half(0))
                .input(half(6000))
                .input(half(1));

        assertResults(node, List.of(Torch.arange(6000).to(DType.FLOAT16)));
    }

    private static Tensor half(float value) {
        return Torch.tensor(new float[] {value}).reshape(new long[0]).to(DType.FLOAT16);
    }
}
