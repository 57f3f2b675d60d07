package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class ResizeRulesTest extends RuleTest {
    private static final List<String> COORDINATES =
            List.of("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric");

    private static Tensor floats(float... values) {
        return Torch.tensor(values);
    }

    /** A resize with scales for its last two dimensions. */
    private static OneNode scaled(String mode, String coordinates, float height, float width) {
        return resize(mode, coordinates).input(random(1, 2, 5, 4)).none().weight(floats(1, 1, height, width));
    }

    /** A resize with sizes for its last two dimensions. */
    private static OneNode sized(String mode, String coordinates, long height, long width) {
        return resize(mode, coordinates).input(random(1, 2, 5, 4)).none().none().weight(1, 2, height, width);
    }

    private static OneNode resize(String mode, String coordinates) {
        return OneNode.of("Resize", 19).text("mode", mode).text("coordinate_transformation_mode", coordinates);
    }

    @Test
    void theNearestElementIsFoundInEveryWay() {
        for (String coordinates : COORDINATES) {
            for (String rounding : List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")) {
                assertSame(scaled("nearest", coordinates, 2, 1.5f).text("nearest_mode", rounding));
                assertSame(sized("nearest", coordinates, 4, 8).text("nearest_mode", rounding));
            }
        }
    }

    @Test
    void neighboursAreMixedLinearlyInEveryWay() {
        for (String coordinates : COORDINATES) {
            assertSame(scaled("linear", coordinates, 2, 1.5f));
            assertSame(scaled("linear", coordinates, 0.4f, 0.5f));
            assertSame(sized("linear", coordinates, 3, 7));
        }
    }

    @Test
    void neighboursAreMixedCubicallyInEveryWay() {
        for (String coordinates : COORDINATES) {
            assertSame(scaled("cubic", coordinates, 2, 1.5f));
            assertSame(sized("cubic", coordinates, 3, 7));
        }
        assertSame(scaled("cubic", "half_pixel", 2, 1.7f).real("cubic_coeff_a", -0.5));
        assertSame(scaled("cubic", "half_pixel", 2, 1.7f).flag("exclude_outside"));
    }

    @Test
    void anImageOfOneElementIsSpread() {
        for (String coordinates : COORDINATES) {
            assertSame(resize("linear", coordinates)
                    .input(random(1, 1, 1, 1))
                    .none()
                    .none()
                    .weight(1, 1, 3, 2));
        }
    }

    @Test
    void anImageBecomesOneElement() {
        for (String coordinates : COORDINATES) {
            assertSame(sized("linear", coordinates, 1, 1));
        }
    }

    @Test
    void shrunkenImagesAreFilteredWhereTheNodeSaysSo() {
        for (String mode : List.of("linear", "cubic")) {
            assertSame(OneNode.of("Resize", 18)
                    .text("mode", mode)
                    .flag("antialias")
                    .input(random(1, 2, 9, 8))
                    .none()
                    .weight(floats(1, 1, 0.5f, 0.6f)));
            assertSame(OneNode.of("Resize", 18)
                    .text("mode", mode)
                    .flag("antialias")
                    .flag("exclude_outside")
                    .input(random(1, 1, 9, 8))
                    .none()
                    .none()
                    .weight(1, 1, 3, 12));
        }
    }

    @Test
    void regionsAreCutOutAndResized() {
        for (String mode : List.of("nearest", "linear", "cubic")) {
            assertSame(resize(mode, "tf_crop_and_resize")
                    .input(random(1, 1, 5, 6))
                    .weight(floats(0, 0, 0.2f, 0.3f, 1, 1, 0.7f, 0.9f))
                    .none()
                    .weight(1, 1, 4, 3));
        }
        assertSame(resize("linear", "tf_crop_and_resize")
                .real("extrapolation_value", 7)
                .input(random(1, 1, 5, 6))
                .weight(floats(0, 0, 0.5f, -0.4f, 1, 1, 1.4f, 0.5f))
                .none()
                .weight(1, 1, 4, 5));
    }

    @Test
    void scalesAndSizesMayComeWhenTheModelRuns() {
        for (String mode : List.of("nearest", "linear", "cubic")) {
            assertSame(
                    resize(mode, "half_pixel").input(random(1, 2, 5, 4)).none().input(floats(1, 1, 0.6f, 2.3f)));
            assertSame(resize(mode, "align_corners")
                    .input(random(1, 2, 5, 4))
                    .none()
                    .none()
                    .sized(longs(1, 2, 3, 7)));
        }
    }

    @Test
    void axesMayBeChosen() {
        assertSame(OneNode.of("Resize", 18)
                .text("mode", "linear")
                .integers("axes", 3, 2)
                .input(random(1, 2, 5, 4))
                .none()
                .none()
                .weight(6, 3));
        assertSame(OneNode.of("Resize", 18)
                .integers("axes", 2, 3)
                .input(random(1, 2, 5, 4))
                .none()
                .weight(floats(2, 1.5f)));
    }

    @Test
    void theAspectRatioMayBeKept() {
        for (String policy : List.of("not_larger", "not_smaller")) {
            assertSame(OneNode.of("Resize", 18)
                    .text("mode", "linear")
                    .text("keep_aspect_ratio_policy", policy)
                    .integers("axes", 2, 3)
                    .input(random(1, 2, 6, 4))
                    .none()
                    .none()
                    .weight(9, 5));
        }
    }

    @Test
    void anyNumberOfDimensionsIsResized() {
        assertSame(OneNode.of("Resize", 13)
                .text("mode", "linear")
                .input(random(2, 3, 5))
                .none()
                .weight(floats(1, 1, 2)));
        assertSame(OneNode.of("Resize", 13)
                .text("mode", "linear")
                .input(random(1, 2, 3, 4, 2))
                .none()
                .none()
                .weight(1, 2, 5, 3, 4));
    }

    @Test
    void integersAreResizedToo() {
        Tensor bytes = random(1, 1, 4, 4).abs().mul(100).to(DType.UINT8);
        assertSame(OneNode.of("Resize", 13).input(bytes).none().weight(floats(1, 1, 2, 2)));
    }

    @Test
    void gradientsFlowThroughEveryMode() {
        for (String mode : List.of("nearest", "linear", "cubic")) {
            assertGradients(scaled(mode, "half_pixel", 1.6f, 0.7f));
        }
        assertGradients(scaled("linear", "half_pixel", 0.5f, 0.7f).flag("antialias"));
    }

    @Test
    void beforeVersionElevenCoordinatesAreDividedByTheScale() {
        for (String mode : List.of("nearest", "linear")) {
            assertSame(OneNode.of("Resize", 10)
                    .text("mode", mode)
                    .input(random(1, 1, 4, 5))
                    .weight(floats(1, 1, 2, 1.5f)));
            assertSame(OneNode.of("Resize", 10)
                    .text("mode", mode)
                    .input(random(1, 1, 4, 5))
                    .input(floats(1, 1, 0.6f, 0.5f)));
        }
    }

    @Test
    void upsamplingHadItsScalesAsAttributeAndAsInput() {
        for (String mode : List.of("nearest", "linear")) {
            assertSame(OneNode.of("Upsample", 7)
                    .text("mode", mode)
                    .reals("scales", 1, 1, 2, 3)
                    .input(random(1, 2, 3, 2)));
            assertSame(OneNode.of("Upsample", 9)
                    .text("mode", mode)
                    .input(random(1, 2, 3, 2))
                    .weight(floats(1, 1, 2, 3)));
        }
    }

    @Test
    void unknownModesAreRefused() {
        assertRefused(scaled("lanczos", "half_pixel", 2, 2), "mode lanczos");
        assertRefused(scaled("linear", "sideways", 2, 2), "coordinate_transformation_mode sideways");
        assertRefused(scaled("nearest", "half_pixel", 2, 2).text("nearest_mode", "up"), "nearest_mode up");
        assertRefused(
                scaled("nearest", "half_pixel", 2, 2).text("keep_aspect_ratio_policy", "thin"),
                "keep_aspect_ratio_policy thin");
        assertRefused(
                OneNode.of("Upsample", 9)
                        .text("mode", "cubic")
                        .input(random(1, 1, 2, 2))
                        .weight(floats(1, 1, 2, 2)),
                "mode cubic");
    }
}
