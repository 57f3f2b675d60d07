package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.onnx.ModelText.attribute;

import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.onnx.proto.TensorProto;

/** Sizes are numbers of the program; a Reshape or an Expand at the end shows that they are right. */
class ShapeRulesTest extends RuleTest {
    private static ModelText sizes(long opset) {
        return new ModelText(opset).input("x", "float", "a", "b", "c").node("Shape", "x", "s");
    }

    private static Tensor scalar(long value) {
        return longs(value).reshape(new long[0]);
    }

    @Test
    void theShapeIsWholeOrAPart() {
        assertSame(OneNode.of("Shape", 13).input(random(2, 3, 4)));
        assertSame(OneNode.of("Shape", 15).integer("start", 1).input(random(2, 3, 4)));
        assertSame(
                OneNode.of("Shape", 15).integer("start", -2).integer("end", -1).input(random(2, 3, 4)));
        assertSame(OneNode.of("Shape", 15).integer("start", 5).input(random(2, 3, 4)));
        assertSame(OneNode.of("Size", 13).input(random(2, 3, 4)));
    }

    @Test
    void partsOfTheShapeOfUnknownNumberOfDimensions() {
        ModelText model = new ModelText(15)
                .input("x", "float", "a")
                .input("shape", "int64", "n")
                .node("Reshape", "x shape", "h")
                .node("Shape", "h", "all")
                .node("Shape", "h", "rest", attribute("start", 1L))
                .node("Size", "h", "count")
                .output("all", "rest", "count");
        assertSame(model, random(12), longs(2, 3, 2));
    }

    @Test
    void sizesAreTakenAndPutTogether() {
        ModelText model = sizes(13)
                .weight("0", scalar(0))
                .weight("1", scalar(1))
                .weight("-1", longs(-1))
                .weight("axes", longs(0))
                .node("Gather", "s 0", "batch")
                .node("Unsqueeze", "batch axes", "row")
                .node("Gather", "s -1", "last")
                .node("Concat", "row last -1", "shape", attribute("axis", 0L))
                .node("Reshape", "x shape", "y")
                .output("y");
        assertSame(model, random(2, 3, 4));
        assertSame(model, random(1, 5, 2));
    }

    @Test
    void sizesAreCountedWith() {
        ModelText model = sizes(13)
                .weight("0", scalar(0))
                .weight("1", scalar(1))
                .weight("two", scalar(2))
                .weight("axes", longs(0))
                .node("Gather", "s 0", "a")
                .node("Gather", "s 1", "b")
                .node("Mul", "a b", "product")
                .node("Add", "product two", "sum")
                .node("Sub", "sum b", "difference")
                .node("Div", "difference two", "half")
                .node("Mod", "half b", "rest")
                .node("Max", "rest two", "largest")
                .node("Min", "largest b", "smallest")
                .output("product", "sum", "difference", "half", "rest", "largest", "smallest");
        assertSame(model, random(2, 3, 4));
        assertSame(model, random(5, 1, 2));
    }

    @Test
    void rowsOfSizesAreCountedWithElementByElement() {
        ModelText model = sizes(13)
                .weight("factors", longs(1, 2, 3))
                .weight("two", longs(2))
                .node("Mul", "s factors", "products")
                .node("Div", "products two", "halves")
                .node("Equal", "s factors", "same")
                .node("Less", "s two", "small")
                .node("ReduceProd", "s", "count", attribute("keepdims", 0L))
                .output("products", "halves", "same", "small", "count");
        assertSame(model, random(2, 4, 3));
    }

    @Test
    void sizesAreSlicedForwardsAndBackwards() {
        ModelText model = sizes(13)
                .weight("0", longs(0))
                .weight("1", longs(1))
                .weight("-1", longs(-1))
                .weight("end", longs(Long.MAX_VALUE))
                .weight("begin", longs(Long.MIN_VALUE))
                .node("Slice", "s 1 end 0", "tail")
                .node("Slice", "s 0 -1", "head")
                .node("Slice", "s -1 begin 0 -1", "reversed")
                .output("tail", "head", "reversed");
        assertSame(model, random(2, 4, 3));
    }

    @Test
    void sizesChangeTheirTypeAndShape() {
        ModelText model = sizes(13)
                .weight("0", longs(0))
                .weight("1", longs(1))
                .weight("none", Torch.zeros(new long[] {0}).to(DType.INT64))
                .node("Cast", "s", "narrow", attribute("to", (long) TensorProto.DataType.INT32_VALUE))
                .node("Cast", "s", "real", attribute("to", (long) TensorProto.DataType.FLOAT_VALUE))
                .node("Gather", "s 1", "row")
                .node("Squeeze", "row 0", "number")
                .node("Reshape", "number 1", "again")
                .node("Reshape", "row none", "scalar")
                .node("Identity", "s", "same")
                .output("narrow", "real", "row", "number", "again", "scalar", "same");
        assertSame(model, random(2, 4, 3));
    }

    @Test
    void sizesOfOneTensorShapeAnother() {
        ModelText model = sizes(13)
                .input("y", "float", "d", 1)
                .weight("0", longs(0))
                .weight("2", longs(2))
                .node("Slice", "s 0 2", "front")
                .node("Expand", "y front", "expanded")
                .node("ConstantOfShape", "front", "zeros")
                .node("Add", "expanded zeros", "z")
                .output("z");
        assertSame(model, random(2, 3, 4), random(2, 1));
    }

    @Test
    void computedSizesGoOnAsTensors() {
        ModelText model = sizes(13)
                .weight("three", longs(3))
                .node("Cast", "s", "real", attribute("to", (long) TensorProto.DataType.FLOAT_VALUE))
                .node("Sqrt", "real", "root")
                .node("Equal", "s three", "isThree")
                .node("Not", "isThree", "isOther")
                .node("Where", "isOther s three", "chosen")
                .output("root", "chosen");
        assertSame(model, random(2, 3, 4));
    }

    @Test
    void sizesBeyondTheirNumberAreMalformed() {
        ModelText model =
                sizes(13).weight("3", scalar(3)).node("Gather", "s 3", "y").output("y");
        assertThatThrownBy(() -> model.load().toGraph()).hasMessageContaining("takes element 3 of 3 sizes");
    }
}
