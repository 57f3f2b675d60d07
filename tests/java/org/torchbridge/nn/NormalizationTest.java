package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.vision.models.ResNet;

/** What the rows of {@link NormalizationGoldenTest} do not show: errors, and what happens to a whole model. */
class NormalizationTest {

    @Test
    void layersSayWhatShapeTheyExpect() {
        assertThatThrownBy(() -> new BatchNorm1d(3).call(Torch.randn(3)))
                .hasMessage("the input of BatchNorm1d has 1 dimensions; 2 or 3 are expected: (N, 3) or (N, 3, L)");
        assertThatThrownBy(() -> new BatchNorm2d(3).call(Torch.randn(2, 3)))
                .hasMessage("the input of BatchNorm2d has 2 dimensions; 4 are expected: (N, 3, H, W)");
        assertThatThrownBy(() -> new BatchNorm3d(3).call(Torch.randn(2, 3)))
                .hasMessage("the input of BatchNorm3d has 2 dimensions; 5 are expected: (N, 3, D, H, W)");
        assertThatThrownBy(() -> new InstanceNorm2d(3).call(Torch.randn(2, 3)))
                .hasMessage(
                        "the input of InstanceNorm2d has 2 dimensions; 3 or 4 are expected: (3, H, W) or (N, 3, H, W)");
        assertThatThrownBy(() -> new InstanceNorm1d(3, InstanceNorm1d.options().affine(true)).call(Torch.randn(2, 4)))
                .hasMessage("the input of InstanceNorm1d has the shape [2, 4]; 3 channels are expected");
        assertThatThrownBy(() -> new SyncBatchNorm(3).call(Torch.randn(3)))
                .hasMessage("the input of SyncBatchNorm has the shape [3]; (N, 3, *) is expected");
        assertThatThrownBy(() -> new BatchNorm2d(3).call(Torch.randn(2, 4, 5, 5)))
                .hasMessage("the input of BatchNorm2d has the shape [2, 4, 5, 5]; 3 channels are expected");
        assertThatThrownBy(() -> new LocalResponseNorm(3).call(Torch.randn(2, 3)))
                .hasMessageContaining("2 dimensions; three or more are expected");
        assertThatThrownBy(() -> new CrossMapLRN2d(3).call(Torch.randn(2, 3, 4)))
                .hasMessageContaining("3 dimensions; 4 are expected");
        assertThatThrownBy(() -> Functional.groupNorm(Torch.randn(4), 2))
                .hasMessageContaining("the shape [4]; two or more dimensions are expected");
        assertThatThrownBy(() -> new GroupNorm(2, 3))
                .hasMessageContaining("numGroups is 2 and numChannels 3; a multiple of the groups is expected");
    }

    @Test
    void oneValueHasNoVariance() {
        String message = "which is one value to take a mean and a variance of; more than one is expected";
        assertThatThrownBy(() -> new BatchNorm1d(3).call(Torch.randn(1, 3))).hasMessageContaining(message);
        assertThatThrownBy(() -> new InstanceNorm1d(3).call(Torch.randn(2, 3, 1)))
                .hasMessageContaining(message);
        assertThatThrownBy(() -> Functional.groupNorm(Torch.randn(1, 2), 2)).hasMessageContaining(message);
    }

    @Test
    void batchNormsOfAModelBecomeSynchronised() {
        ResNet model = ResNet.resnet18();
        BatchNorm before = model.bn1;
        model.eval();
        Tensor input = Torch.randn(1, 3, 32, 32);
        Tensor expected = model.call(input);

        assertThat(SyncBatchNorm.convertSyncBatchnorm(model)).isSameAs(model);

        assertThat(model.modules()).noneMatch(BatchNorm2d.class::isInstance);
        assertThat(model.bn1).isInstanceOf(SyncBatchNorm.class);
        assertThat(model.bn1.weight).isSameAs(before.weight);
        assertThat(model.bn1.isTraining()).isFalse();
        assertThat(Torch.equal(model.call(input), expected)).isTrue();
    }

    @Test
    void aBatchNormItselfIsConverted() {
        BatchNorm1d norm = new BatchNorm1d(3);
        assertThat(SyncBatchNorm.convertSyncBatchnorm(norm)).isInstanceOf(SyncBatchNorm.class);
    }

    @Test
    void aFieldThatIsTooNarrowIsNamed() {
        Layer narrow = new Layer() {
            public BatchNorm1d norm = new BatchNorm1d(3);

            @Override
            public Tensor forward(Tensor input) {
                return norm.call(input);
            }
        };
        assertThatThrownBy(() -> SyncBatchNorm.convertSyncBatchnorm(narrow))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the child 'norm'")
                .hasMessageContaining("declare it as a BatchNorm");
    }

    @Test
    void parametersAreResetToTheirFirstValues() {
        BatchNorm1d norm = new BatchNorm1d(3);
        norm.call(Torch.randn(4, 3));
        Init.constant_(norm.weight.tensor(), 5);
        norm.resetParameters();
        assertThat(norm.stateDict().get("weight").toFloatArray()).containsOnly(1);
        assertThat(norm.stateDict().get("running_mean").toFloatArray()).containsOnly(0);
        assertThat(norm.stateDict().get("running_var").toFloatArray()).containsOnly(1);
        assertThat(norm.stateDict().get("num_batches_tracked").toLong()).isZero();
    }

    @Test
    void aLazyNormTakesTheStateOfAnother() {
        BatchNorm2d norm = new BatchNorm2d(3);
        norm.call(Torch.randn(2, 3, 4, 4));
        LazyBatchNorm2d lazy = new LazyBatchNorm2d();
        lazy.loadStateDict(norm.stateDict());
        Tensor input = Torch.randn(2, 3, 4, 4);
        lazy.eval();
        norm.eval();
        assertThat(Torch.equal(lazy.call(input), norm.call(input))).isTrue();
        assertThat(lazy.toString()).isEqualTo(norm.toString());
    }

    @Test
    void aLazyInstanceNormTakesTheChannelsOfAnInputWithoutBatch() {
        LazyInstanceNorm1d lazy = new LazyInstanceNorm1d();
        lazy.call(Torch.randn(3, 5));
        assertThat(lazy.numFeatures()).isEqualTo(3);
    }
}
