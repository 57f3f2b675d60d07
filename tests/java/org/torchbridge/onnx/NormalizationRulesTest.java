package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;

class NormalizationRulesTest extends RuleTest {
    private static OneNode batchNorm(long version, Tensor x) {
        return batchNorm(version, x, Torch.rand(3).add(0.5));
    }

    private static OneNode batchNorm(long version, Tensor x, Tensor variance) {
        return OneNode.of("BatchNormalization", version)
                .input(x)
                .weight(Torch.arange(1, 4).to(DType.FLOAT32))
                .weight(Torch.ones(3))
                .weight(Torch.full(new long[] {3}, 0.5))
                .weight(variance);
    }

    private static OneNode withRatio(OneNode node, double ratio, boolean training) {
        return node.weight(Torch.tensor(new float[] {(float) ratio}).reshape(new long[0]))
                .weight(Torch.tensor(new boolean[] {training}).reshape(new long[0]));
    }

    @Test
    void batchesAreNormalizedWithTheirStatistics() {
        for (long version : new long[] {7, 9, 14, 15}) {
            assertSame(batchNorm(version, random(2, 3)));
            assertSame(batchNorm(version, random(2, 3, 4, 5)).real("epsilon", 0.1));
        }
    }

    @Test
    void inTrainingTheBatchHasItsOwnStatistics() {
        assertSame(batchNorm(15, random(4, 3, 2))
                .flag("training_mode")
                .real("momentum", 0.7)
                .outputs(3));
    }

    @Test
    void aModuleThatTrainsKeepsRunningStatistics() {
        Tensor x = random(4, 3, 2);
        Tensor variance = Torch.rand(3).add(0.5);
        OneNode node = batchNorm(15, x, variance).real("momentum", 0.7);
        List<Tensor> expected = batchNorm(15, x, variance)
                .real("momentum", 0.7)
                .flag("training_mode")
                .outputs(3)
                .expected();
        try (ScriptModule module = node.load().toModule()) {
            module.train();
            assertClose(module.call(x).detach(), expected.get(0), node);
            assertClose(module.namedBuffers().get("w3").tensor(), expected.get(1), node);
            // ONNX's variance is that of the 8 elements of a channel, libtorch's that of what they are a sample of.
            Tensor old = variance.mul(0.7);
            Tensor ofSample = expected.get(2).sub(old).mul(8.0 / 7).add(old);
            assertClose(module.namedBuffers().get("w4").tensor(), ofSample, node);
        }
    }

    @Test
    void statisticsOfSinglePositionsAreRefused() {
        assertRefused(batchNorm(7, random(2, 3, 4)).integer("spatial", 0), "spatial 0");
    }

    @Test
    void gradientsFlowThroughNormalizedBatches() {
        assertGradients(batchNorm(15, random(2, 3, 2)));
        assertGradients(OneNode.of("InstanceNormalization", 6)
                .input(random(2, 3, 4))
                .input(random(3))
                .input(random(3)));
    }

    @Test
    void instancesAreNormalizedChannelByChannel() {
        for (Tensor x : List.of(random(2, 3, 4), random(1, 3, 4, 5), random(2, 3, 2, 2, 2))) {
            assertSame(OneNode.of("InstanceNormalization", 7)
                    .real("epsilon", 0.01)
                    .input(x)
                    .weight(random(3))
                    .weight(random(3)));
        }
    }

    @Test
    void nothingIsDroppedWithoutTraining() {
        assertSame(OneNode.of("Dropout", 7).real("ratio", 0.3).input(random(2, 3)));
        assertSame(OneNode.of("Dropout", 10).input(random(2, 3)));
        assertSame(withRatio(OneNode.of("Dropout", 13).input(random(2, 3)), 0.4, false)
                .outputs(2));
    }

    @Test
    void aModuleThatTrainsDropsAShare() {
        dropsAQuarter(OneNode.of("Dropout", 7).real("ratio", 0.25).input(Torch.ones(10_000)), true);
        dropsAQuarter(withRatio(OneNode.of("Dropout", 13).input(Torch.ones(10_000)), 0.25, false), true);
        dropsAQuarter(withRatio(OneNode.of("Dropout", 13).input(Torch.ones(10_000)), 0.25, true), false);
    }

    private static void dropsAQuarter(OneNode node, boolean told) {
        try (ScriptModule module = node.load().toModule()) {
            if (told) {
                module.train();
            }
            Tensor kept = module.call(node.inputs().get(0));
            assertThat(kept.eq(0).sum().toLong()).isBetween(2200L, 2800L);
            assertThat(kept.max().toDouble()).isEqualTo(1 / 0.75, within(1e-6));
            module.eval();
            assertThat(module.call(node.inputs().get(0)).eq(0).sum().toLong()).isZero();
        }
    }
}
