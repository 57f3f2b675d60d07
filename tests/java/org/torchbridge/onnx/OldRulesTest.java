package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Functional;

/** Versions before 7, which ONNX Runtime no longer runs: the values are libtorch's. */
class OldRulesTest extends RuleTest {
    private static OneNode at(String operator, long axis, Tensor a, Tensor b) {
        return OneNode.of(operator, 6)
                .flag("broadcast")
                .integer("axis", axis)
                .input(a)
                .input(b);
    }

    @Test
    void tensorsMeetAtAnAxis() {
        Tensor a = random(2, 3, 4, 5);
        Tensor b = random(3, 4);
        Tensor column = b.reshape(3, 4, 1);

        assertResults(at("Add", 1, a, b), List.of(a.add(column)));
        assertResults(at("Sub", 1, a, b), List.of(a.sub(column)));
        assertResults(at("Mul", -3, a, b), List.of(a.mul(column)));
        assertResults(at("Div", 1, a, b), List.of(a.div(column)));
        assertResults(at("Less", 1, a, b), List.of(a.lt(column)));
        assertResults(at("Pow", 0, a.abs(), random(2).fill_(2)), List.of(a.square()));
    }

    @Test
    void tensorsMeetAtTheEndWithoutAnAxis() {
        Tensor a = random(2, 3, 4);
        Tensor b = random(3, 4);

        assertResults(OneNode.of("Add", 6).flag("broadcast").input(a).input(b), List.of(a.add(b)));
        assertResults(
                OneNode.of("Mul", 1)
                        .flag("broadcast")
                        .integers("consumed_inputs", 0, 0)
                        .input(a)
                        .input(random(1).fill_(2)),
                List.of(a.mul(2)));
    }

    @Test
    void anAxisBehindTheDimensionsIsMalformed() {
        assertThatThrownBy(() -> at("Add", 2, random(2, 3), random(3)).load().toGraph())
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("meets at axis 2");
    }

    @Test
    void matricesAndTheirBias() {
        Tensor a = random(2, 3);
        Tensor b = random(3, 4);
        Tensor bias = random(4);
        OneNode node = OneNode.of("Gemm", 6).flag("broadcast").real("beta", 0.5);

        assertResults(node.input(a).weight(b).weight(bias), List.of(a.matmul(b).add(bias.mul(0.5))));
    }

    @Test
    void batchNormUsesItsStatistics() {
        Tensor x = random(2, 3, 4);
        Tensor scale = random(3);
        Tensor shift = random(3);
        Tensor mean = random(3);
        Tensor variance = random(3).abs().add(0.5);
        OneNode node = OneNode.of("BatchNormalization", 6).flag("is_test");
        Tensor expected = x.sub(mean.reshape(3, 1))
                .div(variance.add(1e-5).sqrt().reshape(3, 1))
                .mul(scale.reshape(3, 1))
                .add(shift.reshape(3, 1));

        assertResults(node.input(x).weight(scale).weight(shift).weight(mean).weight(variance), List.of(expected));
    }

    @Test
    void dropoutLeavesEverythingInInference() {
        Tensor x = random(5);
        assertResults(OneNode.of("Dropout", 6).flag("is_test").input(x), List.of(x));
    }

    @Test
    void slopesAreOfChannels() {
        Tensor x = random(2, 3, 4);
        Tensor slope = random(3);
        assertResults(OneNode.of("PRelu", 6).input(x).weight(slope), List.of(Functional.prelu(x, slope)));
    }

    @Test
    void imagesGrowByTheScalesOfTheirSides() {
        Tensor x = random(1, 2, 2, 3);
        OneNode node = OneNode.of("Upsample", 1).real("height_scale", 2).real("width_scale", 3);
        Tensor expected = x.repeatInterleave(2L, 2L, null).repeatInterleave(3L, 3L, null);

        assertResults(node.input(x), List.of(expected));
    }

    @Test
    void whatLaterIsAnInputWasAnAttribute() {
        Tensor x = random(2, 6);
        assertResults(OneNode.of("Reshape", 1).integers("shape", 0, 3, -1).input(x), List.of(x.reshape(2, 3, 2)));
        assertResults(
                OneNode.of("Pad", 1).integers("paddings", 0, 1, 0, 2).input(x), List.of(Torch.constantPadNd(x, 1, 2)));
        List<Tensor> parts = x.splitWithSizes(new long[] {4, 2}, 1);
        assertResults(
                OneNode.of("Split", 1)
                        .integer("axis", 1)
                        .integers("split", 4, 2)
                        .input(x)
                        .outputs(2),
                parts);
        assertResults(OneNode.of("Concat", 1).input(x).input(x), List.of(Torch.cat(List.of(x, x), 1)));
        assertResults(OneNode.of("Cast", 1).text("to", "DOUBLE").input(x), List.of(x.to(DType.FLOAT64)));
    }
}
