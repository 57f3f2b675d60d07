package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.onnx.ModelText.attribute;

import org.junit.jupiter.api.Test;
import org.torchbridge.FileFormatException;
import org.torchbridge.onnx.proto.AttributeProto;
import org.torchbridge.onnx.proto.GraphProto;

class ScanRulesTest extends RuleTest {
    /** Sums rows, and tells the sum before each row as well. */
    private static GraphProto sums() {
        return new ModelText(16)
                .input("sum", "float", 2)
                .input("row", "float", 2)
                .node("Add", "sum row", "more")
                .node("Mul", "sum row", "product")
                .output("more", "product")
                .graph();
    }

    private static ModelText scan(long opset, AttributeProto... attributes) {
        ModelText model = new ModelText(opset).input("start", "float", 2).input("rows", "float", "n", "m");
        AttributeProto[] all = new AttributeProto[attributes.length + 2];
        System.arraycopy(attributes, 0, all, 2, attributes.length);
        all[0] = attribute("body", sums());
        all[1] = attribute("num_scan_inputs", 1L);
        return model.node("Scan", "start rows", "last products", all).output("last", "products");
    }

    @Test
    void statesGoFromSliceToSlice() {
        assertSame(scan(9), random(2), random(5, 2));
        assertSame(scan(16), random(2), random(5, 2));
    }

    @Test
    void inputsAndOutputsMayBeGoneOverBackwards() {
        assertSame(scan(16, attribute("scan_input_directions", new long[] {1})), random(2), random(5, 2));
        assertSame(scan(16, attribute("scan_output_directions", new long[] {1})), random(2), random(5, 2));
    }

    @Test
    void anyAxisMayBeGoneOver() {
        assertSame(scan(16, attribute("scan_input_axes", new long[] {1})), random(2), random(2, 5));
        assertSame(scan(16, attribute("scan_output_axes", new long[] {1})), random(2), random(5, 2));
        assertSame(
                scan(
                        16,
                        attribute("scan_input_axes", new long[] {-1}),
                        attribute("scan_output_axes", new long[] {-1}),
                        attribute("scan_output_directions", new long[] {1})),
                random(2),
                random(2, 5));
    }

    @Test
    void severalTensorsAreGoneOverTogether() {
        GraphProto body = new ModelText(16)
                .input("state", "float")
                .input("a", "float", 2)
                .input("b", "float", 3)
                .node("ReduceSum", "a", "sum", attribute("keepdims", 0L))
                .node("Add", "state sum", "next")
                .node("Add", "b next", "made")
                .output("next", "made")
                .graph();
        assertSame(
                new ModelText(16)
                        .input("state", "float")
                        .input("a", "float", "n", 2)
                        .input("b", "float", 3, "n")
                        .node(
                                "Scan",
                                "state a b",
                                "last all",
                                attribute("body", body),
                                attribute("num_scan_inputs", 2L),
                                attribute("scan_input_axes", 0, 1),
                                attribute("scan_input_directions", 0, 1))
                        .output("last", "all"),
                random(),
                random(4, 2),
                random(3, 4));
    }

    @Test
    void versionEightGoesOverEachEntryOfABatch() {
        for (long direction = 0; direction < 2; direction++) {
            assertSame(
                    new ModelText(8)
                            .input("start", "float", "batch", 2)
                            .input("rows", "float", "batch", "n", 2)
                            .node(
                                    "Scan",
                                    "_ start rows",
                                    "last products",
                                    attribute("body", sums()),
                                    attribute("num_scan_inputs", 1L),
                                    attribute("directions", new long[] {direction}))
                            .output("last", "products"),
                    random(3, 2),
                    random(3, 4, 2));
        }
    }

    @Test
    void bodiesThatDoNotFitAreAnError() {
        OnnxModel model = new ModelText(16)
                .input("start", "float", 2)
                .input("rows", "float", "n", 2)
                .node("Scan", "start rows", "last", attribute("body", sums()), attribute("num_scan_inputs", 7L))
                .output("last")
                .load();

        assertThatThrownBy(model::toModule)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("(Scan) has 2 inputs, of which 3 are gone over");
    }
}
