package org.torchbridge.onnx;

import static org.torchbridge.onnx.ModelText.attribute;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Whole numbers that stand for real ones. Types that ONNX Runtime's Java does not show are cast within the model. */
class QuantizationRulesTest extends RuleTest {
    private static final String MICROSOFT = "com.microsoft";
    private static final int FLOAT = ElementType.FLOAT.code();
    private static final int INT32 = ElementType.INT32.code();

    private static Tensor scalar(double value) {
        return Torch.tensor((float) value);
    }

    private static Tensor scales(double... values) {
        return Torch.tensor(values).to(DType.FLOAT32);
    }

    private static Tensor numbers(DType dtype, long... values) {
        return Torch.tensor(values).to(dtype);
    }

    private static Tensor zero(DType dtype, long value) {
        return Torch.tensor(value).to(dtype);
    }

    /** Whole numbers of all that a type of eight bits has. */
    private static Tensor any(DType dtype, long... shape) {
        long low = dtype == DType.INT8 ? -128 : 0;
        return Torch.randint(low, low + 256, shape).to(dtype);
    }

    // ---- to whole numbers

    @ParameterizedTest
    @EnumSource(names = {"UINT8", "INT8"})
    void numbersAreRoundedMovedAndHeldWithinTheType(DType dtype) {
        assertSame(OneNode.of("QuantizeLinear", 13)
                .input(random(3, 50).mul(100))
                .input(scalar(0.5))
                .input(zero(dtype, 3)));
    }

    @Test
    void halvesGoToTheEvenNeighbour() {
        assertSame(OneNode.of("QuantizeLinear", 10)
                .input(scales(0.5, 1.5, 2.5, 3.5))
                .input(scalar(1))
                .input(zero(DType.UINT8, 0)));
    }

    @Test
    void withoutAZeroPointNumbersAreBytes() {
        assertSame(
                OneNode.of("QuantizeLinear", 10).input(random(3, 50).mul(100)).input(scalar(0.5)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, -2})
    void eachPlaceOfAnAxisHasItsScaleAndZeroPoint(long axis) {
        assertSame(OneNode.of("QuantizeLinear", 13)
                .integer("axis", axis)
                .input(random(2, 3, 3, 2).mul(10).select(0, 0))
                .input(axis == -1 ? scales(0.1, 0.2) : scales(0.1, 0.2, 0.3))
                .weight(axis == -1 ? numbers(DType.UINT8, 1, 2) : numbers(DType.UINT8, 1, 2, 3)));
        assertSame(OneNode.of("DequantizeLinear", 13)
                .integer("axis", axis)
                .input(any(DType.INT8, 3, 3, 2))
                .input(axis == -1 ? scales(0.1, 0.2) : scales(0.1, 0.2, 0.3))
                .weight(axis == -1 ? numbers(DType.INT8, 1, 2) : numbers(DType.INT8, 1, 2, 3)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1})
    void blocksAlongAnAxisShareAScale(long axis) {
        Tensor x = random(4, 6);
        Tensor scale =
                axis == 0 ? random(2, 6).abs().add(0.1) : random(4, 3).abs().add(0.1);
        Tensor zero = any(DType.UINT8, axis == 0 ? new long[] {2, 6} : new long[] {4, 3});
        OneNode quantize =
                OneNode.of("QuantizeLinear", 21).integer("axis", axis).integer("block_size", 2);
        assertSame(quantize.input(x).input(scale).input(zero));
        OneNode dequantize =
                OneNode.of("DequantizeLinear", 21).integer("axis", axis).integer("block_size", 2);
        assertSame(dequantize.input(any(DType.UINT8, 4, 6)).input(scale).input(zero));
    }

    @Test
    void blocksNeedNotFillTheAxis() {
        assertSame(OneNode.of("DequantizeLinear", 21)
                .integer("axis", 1)
                .integer("block_size", 4)
                .input(any(DType.INT8, 2, 6))
                .input(random(2, 2)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"uint16", "int16", "uint4", "int4", "float8e4m3fn", "float8e5m2"})
    void narrowAndWideTypesAreKept(String type) {
        ElementType element = ElementType.valueOf(type.toUpperCase(java.util.Locale.ROOT));
        assertSame(
                new ModelText(21)
                        .input("x", "float", "n", "m")
                        .weight("scale", scalar(0.05))
                        .node("QuantizeLinear", "x scale", "q", attribute("output_dtype", element.code()))
                        .node("DequantizeLinear", "q scale", "y")
                        .node("Cast", "q", "z", attribute("to", (long) FLOAT))
                        .output("y", "z"),
                random(5, 7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"uint16", "int16", "uint4", "int4"})
    void zeroPointsMayBeOfAnyType(String type) {
        ElementType element = ElementType.valueOf(type.toUpperCase(java.util.Locale.ROOT));
        assertSame(
                new ModelText(21)
                        .input("x", "float", "n", "m")
                        .weight("scale", scalar(0.05))
                        .weight("two", zero(DType.INT32, 2))
                        .node("Cast", "two", "zero", attribute("to", element.code()))
                        .node("QuantizeLinear", "x scale zero", "q")
                        .node("DequantizeLinear", "q scale zero", "y")
                        .output("y"),
                random(5, 7));
    }

    @Test
    void sumsOfProductsAreDequantizedWithoutAZeroPoint() {
        assertSame(OneNode.of("DequantizeLinear", 10)
                .input(numbers(DType.INT32, 100_000, -5))
                .input(scalar(0.01)));
    }

    /** Into {0, 0.5, 1, 1.5, 2, 3, 4, 6}: the numbers are those of ONNX's own reference. */
    @Test
    void realNumbersOfFourBitsAreHeldWithinTheirRange() {
        OneNode node = OneNode.of("QuantizeLinear", 23).integer("output_dtype", ElementType.FLOAT4E2M1.code());
        assertResults(node.input(scales(0, 2.5, 4.8, -30, 9)).input(scalar(2)), List.of(scales(0, 1, 2, -6, 4)));
    }

    @Test
    void twoBitsHoldFourNumbers() {
        Tensor x = scales(-9, -1.5, 0.4, 1.5, 9);
        assertResults(
                twoBits(ElementType.INT2).input(x).input(scalar(1)), List.of(numbers(DType.INT8, -2, -2, 0, 1, 1)));
        assertResults(
                twoBits(ElementType.UINT2).input(x).input(scalar(1)), List.of(numbers(DType.UINT8, 0, 0, 0, 2, 3)));
    }

    private static OneNode twoBits(ElementType type) {
        return OneNode.of("QuantizeLinear", 25).integer("output_dtype", type.code());
    }

    @Test
    void theResultMayBeOfAnotherTypeThanTheScale() {
        Tensor x = numbers(DType.INT8, 3, -7);
        assertResults(
                OneNode.of("DequantizeLinear", 23)
                        .integer("output_dtype", ElementType.FLOAT16.code())
                        .input(x)
                        .input(scalar(0.5)),
                List.of(scales(1.5, -3.5).to(DType.FLOAT16)));
    }

    @Test
    void theDivisionMayBeOfAnotherPrecision() {
        Tensor x = scales(2.9);
        OneNode node = OneNode.of("QuantizeLinear", 23)
                .integer("precision", ElementType.FLOAT16.code())
                .input(x)
                .input(scalar(0.0008));
        long inHalf = Math.round(
                x.to(DType.FLOAT16).div(scalar(0.0008).to(DType.FLOAT16)).toDouble());

        assertResults(node.input(zero(DType.INT16, 0)), List.of(numbers(DType.INT16, inHalf)));
    }

    @Test
    void halfPrecisionScalesMakeHalfPrecision() {
        assertSame(OneNode.of("DequantizeLinear", 19)
                .input(any(DType.INT8, 2, 3))
                .input(scalar(0.25).to(DType.FLOAT16)));
    }

    @Test
    void rangesAreFoundWhenItRuns() {
        assertSame(OneNode.of("DynamicQuantizeLinear", 11).outputs(3).input(random(4, 5)));
        assertSame(OneNode.of("DynamicQuantizeLinear", 11)
                .outputs(3)
                .input(random(4, 5).abs().add(1)));
        assertSame(OneNode.of("DynamicQuantizeLinear", 11)
                .outputs(3)
                .input(random(4, 5).abs().neg().sub(1)));
    }

    @Test
    void nothingButZerosHasAScaleOfItsOwn() {
        assertSame(OneNode.of("DynamicQuantizeLinear", 11).outputs(3).input(Torch.zeros(2, 3)));
    }

    // ---- products

    @Test
    void productsOfWholeNumbersAreExact() {
        assertSame(OneNode.of("MatMulInteger", 10).input(any(DType.UINT8, 3, 4)).input(any(DType.UINT8, 4, 2)));
        assertSame(OneNode.of("MatMulInteger", 10)
                .input(any(DType.UINT8, 2, 3, 4))
                .input(any(DType.INT8, 4, 2))
                .input(zero(DType.UINT8, 7))
                .input(zero(DType.INT8, -3)));
    }

    @Test
    void columnsMayHaveTheirZeroPoints() {
        assertSame(OneNode.of("MatMulInteger", 10)
                .input(any(DType.UINT8, 3, 4))
                .input(any(DType.INT8, 4, 2))
                .input(zero(DType.UINT8, 7))
                .input(numbers(DType.INT8, -3, 5)));
    }

    @Test
    void convolutionsOfWholeNumbersArePaddedWithTheZeroPoint() {
        assertSame(OneNode.of("ConvInteger", 10)
                .integers("pads", 1, 0, 1, 2)
                .integers("strides", 2, 1)
                .input(any(DType.UINT8, 1, 2, 5, 5))
                .input(any(DType.UINT8, 3, 2, 3, 3))
                .input(zero(DType.UINT8, 9)));
        assertSame(OneNode.of("ConvInteger", 10)
                .text("auto_pad", "SAME_UPPER")
                .integer("group", 2)
                .input(any(DType.UINT8, 1, 2, 5, 5))
                .weight(any(DType.UINT8, 4, 1, 3, 3))
                .input(zero(DType.UINT8, 9))
                .input(zero(DType.UINT8, 100)));
    }

    private static OneNode linearMatMul(DType left, DType right) {
        return OneNode.of("QLinearMatMul", 10)
                .input(any(left, 2, 3, 4))
                .input(scalar(0.02))
                .input(zero(left, 11))
                .input(any(right, 4, 5));
    }

    @Test
    void quantizedMatricesAreMultiplied() {
        for (DType right : new DType[] {DType.UINT8, DType.INT8}) {
            assertSame(linearMatMul(DType.UINT8, right)
                    .input(scalar(0.03))
                    .input(zero(right, 5))
                    .input(scalar(0.1))
                    .input(zero(DType.UINT8, 120)));
        }
    }

    @Test
    void columnsOfAMatrixMayHaveTheirScales() {
        assertSame(linearMatMul(DType.UINT8, DType.INT8)
                .weight(scales(0.01, 0.02, 0.03, 0.04, 0.05))
                .weight(numbers(DType.INT8, 1, 2, 3, 4, 5))
                .input(scalar(0.1))
                .input(zero(DType.UINT8, 120)));
    }

    private static OneNode linearConv(DType weights) {
        return OneNode.of("QLinearConv", 10)
                .integers("pads", 1, 1, 1, 1)
                .input(any(DType.UINT8, 2, 2, 5, 4))
                .weight(scalar(0.02))
                .weight(zero(DType.UINT8, 100))
                .weight(any(weights, 4, 2, 3, 3));
    }

    @Test
    void quantizedConvolutionsHaveABias() {
        assertSame(linearConv(DType.UINT8)
                .weight(scalar(0.01))
                .weight(zero(DType.UINT8, 128))
                .weight(scalar(0.3))
                .weight(zero(DType.UINT8, 110))
                .weight(numbers(DType.INT32, 1000, -2000, 0, 500)));
    }

    @Test
    void channelsOfAKernelMayHaveTheirScales() {
        assertSame(linearConv(DType.INT8)
                .weight(scales(0.01, 0.02, 0.005, 0.03))
                .weight(numbers(DType.INT8, 0, 0, 0, 0))
                .weight(scalar(0.3))
                .weight(zero(DType.UINT8, 110)));
    }

    // ---- ONNX Runtime's

    private static OneNode microsoft(String operator) {
        return OneNode.of(MICROSOFT, operator, 1);
    }

    private static OneNode quantized(OneNode node, Tensor x, double scale, long zero) {
        return node.input(x).weight(scalar(scale)).weight(zero(x.dtype(), zero));
    }

    @Test
    void quantizedNumbersAreAddedAndMultiplied() {
        for (String operator : new String[] {"QLinearAdd", "QLinearMul"}) {
            OneNode node = quantized(microsoft(operator), any(DType.UINT8, 2, 3, 4), 0.02, 100);
            assertSame(quantized(node, any(DType.UINT8, 3, 1), 0.03, 120)
                    .weight(scalar(0.05))
                    .weight(zero(DType.UINT8, 90)));
        }
    }

    @Test
    void functionsOfQuantizedNumbers() {
        Tensor x = Torch.arange(256).to(DType.UINT8);
        assertSame(quantized(microsoft("QLinearSigmoid"), x, 0.04, 100)
                .weight(scalar(0.004))
                .weight(zero(DType.UINT8, 2)));
        assertSame(quantized(microsoft("QLinearLeakyRelu").real("alpha", 0.1), x, 0.04, 100)
                .weight(scalar(0.03))
                .weight(zero(DType.UINT8, 20)));
        assertSame(quantized(
                        microsoft("QLinearSoftmax").integer("opset", 13).integer("axis", -1),
                        any(DType.UINT8, 3, 8),
                        0.04,
                        100)
                .weight(scalar(1 / 256.0))
                .weight(zero(DType.UINT8, 0)));
    }

    @Test
    void quantizedNumbersArePooled() {
        assertSame(quantized(
                        microsoft("QLinearGlobalAveragePool").integer("channels_last", 0),
                        any(DType.UINT8, 2, 3, 4, 5),
                        0.04,
                        100)
                .weight(scalar(0.03))
                .weight(zero(DType.UINT8, 20)));
        assertSame(quantized(
                        microsoft("QLinearAveragePool")
                                .integers("kernel_shape", 2, 2)
                                .integers("strides", 2, 1)
                                .integers("pads", 1, 0, 0, 1),
                        any(DType.UINT8, 2, 3, 4, 5),
                        0.04,
                        100)
                .weight(scalar(0.03))
                .weight(zero(DType.UINT8, 20)));
    }

    @Test
    void quantizedTensorsAreJoined() {
        OneNode node = microsoft("QLinearConcat")
                .integer("axis", 1)
                .weight(scalar(0.05))
                .weight(zero(DType.UINT8, 10));
        assertSame(quantized(quantized(node, any(DType.UINT8, 2, 3), 0.04, 100), any(DType.UINT8, 2, 4), 0.05, 10));
    }

    @Test
    void quantizedMatricesAreMultipliedAndABiasIsAdded() {
        OneNode node =
                quantized(microsoft("QGemm").flag("transB").real("alpha", 0.5), any(DType.UINT8, 2, 3), 0.02, 100);
        assertSame(quantized(node, any(DType.INT8, 4, 3), 0.03, 5)
                .weight(numbers(DType.INT32, 100, -200, 300, 0))
                .weight(scalar(0.05))
                .weight(zero(DType.UINT8, 120)));
        OneNode real = quantized(microsoft("QGemm").flag("transA"), any(DType.UINT8, 3, 2), 0.02, 100);
        assertSame(real.input(any(DType.INT8, 3, 4))
                .weight(scales(0.01, 0.02, 0.03, 0.04))
                .weight(numbers(DType.INT8, 0, 1, 2, 3)));
    }

    @Test
    void productsOfWholeNumbersBecomeReal() {
        assertSame(microsoft("MatMulIntegerToFloat")
                .input(any(DType.UINT8, 3, 4))
                .input(any(DType.INT8, 4, 2))
                .weight(scalar(0.02))
                .weight(scales(0.03, 0.04))
                .weight(zero(DType.UINT8, 100))
                .weight(numbers(DType.INT8, 1, 2))
                .weight(random(2)));
    }

    @Test
    void realMatricesAreQuantizedOnTheWay() {
        assertSame(microsoft("DynamicQuantizeMatMul")
                .input(random(3, 4))
                .weight(any(DType.INT8, 4, 2))
                .weight(scalar(0.02))
                .weight(zero(DType.INT8, 3))
                .weight(random(2)));
    }

    @Test
    void quantizingIsTheSameInBothDomains() {
        assertSame(quantizedBy(microsoft("QuantizeLinear")));
        assertSame(microsoft("DequantizeLinear")
                .integer("axis", 0)
                .input(any(DType.UINT8, 2, 3))
                .weight(scales(0.1, 0.2))
                .weight(numbers(DType.UINT8, 3, 4)));
    }

    private static OneNode quantizedBy(OneNode node) {
        return node.input(random(2, 3)).weight(scalar(0.1)).weight(zero(DType.INT8, 3));
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 8})
    void weightsOfFewBitsInBlocks(long bits) {
        long bytes = 16 * bits / 8;
        OneNode node = microsoft("MatMulNBits")
                .integer("K", 32)
                .integer("N", 3)
                .integer("bits", bits)
                .integer("block_size", 16)
                .input(random(2, 5, 32))
                .weight(any(DType.UINT8, 3, 2, bytes))
                .weight(random(6));
        assertSame(node);
        assertSame(node.weight(any(DType.UINT8, 3 * 2 * bits / 8)));
    }
}
