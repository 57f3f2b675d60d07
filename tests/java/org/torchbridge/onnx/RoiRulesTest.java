package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Functional;

class RoiRulesTest extends RuleTest {
    private static Tensor floats(float... values) {
        return Torch.tensor(values);
    }

    /** Boxes within an image of 8 x 8 pixels, and beyond its edge. */
    private static Tensor boxes() {
        return floats(0.5f, 1, 5.2f, 6, 2, 2.5f, 7.9f, 7, -1, 4, 3, 10, 3, 3, 3.2f, 3.1f)
                .reshape(4, 4);
    }

    private static OneNode align(long version, String mode) {
        return OneNode.of("RoiAlign", version)
                .text("mode", mode)
                .integer("output_height", 3)
                .integer("output_width", 2);
    }

    private static OneNode given(OneNode node) {
        return node.input(random(2, 3, 8, 8)).input(boxes()).input(longs(0, 1, 1, 0));
    }

    @Test
    void regionsAreAveraged() {
        for (long version : new long[] {10, 16}) {
            assertSame(given(align(version, "avg")));
            assertSame(given(align(version, "avg").integer("sampling_ratio", 2)));
        }
        assertSame(given(align(16, "avg").text("coordinate_transformation_mode", "output_half_pixel")));
        assertSame(given(align(16, "avg").real("spatial_scale", 0.5)));
    }

    @Test
    void regionsHaveLargestElements() {
        for (long version : new long[] {10, 16}) {
            assertSame(given(align(version, "max")));
            assertSame(given(align(version, "max").integer("sampling_ratio", 2)));
        }
        assertSame(given(align(16, "max").real("spatial_scale", 0.5)));
    }

    @Test
    void gradientsFlowToTheImagesOfRegions() {
        Tensor images = random(1, 1, 8, 8);
        for (String mode : List.of("avg", "max")) {
            assertGradients(align(16, mode)
                    .input(images)
                    .weight(boxes().slice(0, 0L, 2L, 1))
                    .weight(0, 0));
        }
    }

    @Test
    void unknownWaysToPoolRegionsAreRefused() {
        assertRefused(given(align(16, "sum")), "mode sum");
        assertRefused(
                given(align(16, "avg").text("coordinate_transformation_mode", "full")),
                "coordinate_transformation_mode full");
    }

    @Test
    void regionsWithWholeBordersHaveLargestElements() {
        assertSame(OneNode.of("MaxRoiPool", 7)
                .integers("pooled_shape", 2, 3)
                .real("spatial_scale", 0.5)
                .input(random(2, 3, 8, 8))
                .input(floats(0, 1, 2, 9, 12, 1, 0, 0, 15, 15).reshape(2, 5)));
    }

    private static OneNode suppressed(boolean centred, int inputs) {
        Tensor sizes = Torch.rand(2, 6, 2).add(0.5);
        Tensor places = Torch.rand(2, 6, 2).mul(2);
        Tensor boxes = Torch.cat(List.of(places, centred ? sizes : places.add(sizes)), -1);
        OneNode node = OneNode.of("NonMaxSuppression", 11).integer("center_point_box", centred ? 1 : 0);
        node.input(boxes).input(Torch.rand(2, 3, 6));
        Tensor[] limits = {longs(2), floats(0.3f), floats(0.4f)};
        for (int i = 2; i < inputs; i++) {
            node.weight(limits[i - 2]);
        }
        return node;
    }

    @Test
    void overlappingBoxesAreSuppressedWithinTheirClass() {
        assertSame(suppressed(false, 5));
        assertSame(suppressed(true, 5));
        assertSame(suppressed(false, 4));
    }

    @Test
    void withoutANumberNoBoxIsChosen() {
        assertSame(suppressed(false, 2));
    }

    @Test
    void limitsOfBoxesMayComeWhenTheModelRuns() {
        assertSame(suppressed(false, 2).input(longs(3)).input(floats(0.5f)).input(floats(0.1f)));
    }

    private static OneNode deformed(Tensor x, Tensor weight, Tensor offset) {
        return OneNode.of("DeformConv", 19).input(x).weight(weight).input(offset);
    }

    @Test
    void kernelsThatAreNotDeformedConvolve() {
        Tensor x = random(2, 4, 5, 6);
        Tensor weight = random(6, 2, 3, 2);
        Tensor bias = random(6);
        OneNode plain = OneNode.of("Conv", 11).input(x).weight(weight).weight(bias);
        OneNode node = deformed(x, weight, Torch.zeros(2, 24, 3, 6)).weight(bias);
        for (OneNode each : List.of(plain, node)) {
            each.integer("group", 2)
                    .integers("strides", 2, 1)
                    .integers("pads", 1, 0, 1, 2)
                    .integers("dilations", 1, 2);
        }
        node.integer("offset_group", 2);
        assertResults(node, plain.expected());
        OneNode halved = deformed(x, weight, Torch.zeros(2, 24, 3, 6))
                .none()
                .input(Torch.full(new long[] {2, 12, 3, 6}, 0.5))
                .integer("offset_group", 2)
                .integer("group", 2)
                .integers("strides", 2, 1)
                .integers("pads", 1, 0, 1, 2)
                .integers("dilations", 1, 2);
        assertResults(
                halved,
                List.of(plain.expected().get(0).sub(bias.reshape(6, 1, 1)).mul(0.5)));
    }

    @Test
    void deformedKernelsTakeElementsFromElsewhere() {
        Tensor x = random(1, 1, 6, 6);
        Tensor weight = random(2, 1, 1, 1);
        // One element further down, half an element to the right.
        Tensor offset = Torch.cat(List.of(Torch.ones(1, 1, 6, 6), Torch.full(new long[] {1, 1, 6, 6}, 0.5)), 1);
        Tensor below = Functional.pad(x, 0, 1, 0, 1).slice(2, 1L, 7L, 1);
        Tensor moved = below.slice(3, 0L, 6L, 1).add(below.slice(3, 1L, 7L, 1)).mul(0.5);
        assertResults(deformed(x, weight, offset), List.of(Functional.conv2d(moved, weight)));
    }
}
