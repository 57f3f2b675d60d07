package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Layout;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** What the rows of {@link EmbeddingsGoldenTest} do not show. */
class EmbeddingTest {
    private static final Tensor NUMBERS = Torch.tensor(new long[] {1, 0, 2});

    @Test
    void pretrainedVectorsAreFrozenAndShared() {
        Tensor vectors = Torch.ones(3, 2);
        Embedding embedding = Embedding.fromPretrained(vectors);
        assertThat(embedding.weight.requiresGrad()).isFalse();
        vectors.fill_(7);
        assertThat(embedding.call(NUMBERS).toFloatArray()).containsOnly(7);
        assertThat(EmbeddingBag.fromPretrained(vectors, false, EmbeddingBag.options())
                        .weight
                        .requiresGrad())
                .isTrue();
        assertThatThrownBy(() -> Embedding.fromPretrained(Torch.ones(3)))
                .hasMessageContaining("the shape [3]; two dimensions are expected");
    }

    @Test
    void aSparseGradientIsOne() {
        Embedding embedding = new Embedding(4, 2, Embedding.options().sparse(true));
        embedding.call(NUMBERS).sum().backward();
        assertThat(embedding.weight.grad().layout()).isEqualTo(Layout.SPARSE_COO);
    }

    @Test
    void aBagStandsInASequential() {
        Sequential model = new Sequential(new EmbeddingBag(5, 4), new Linear(4, 2));
        assertThat(model.call(Torch.zeros(new long[] {3, 6}, DType.INT64)).shape())
                .containsExactly(3, 2);
    }

    @Test
    void hooksSeeTheOffsets() {
        EmbeddingBag bag = new EmbeddingBag(5, 4);
        bag.registerForwardPreHook((module, inputs) -> {
            assertThat(inputs).hasSize(3);
            assertThat(inputs.get(2)).isNull();
            return null;
        });
        assertThat(bag.call(NUMBERS, Torch.tensor(new long[] {0, 1})).shape()).containsExactly(2, 4);
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        assertThatThrownBy(() -> new Embedding(3, 2, Embedding.options().paddingIdx(3)))
                .hasMessage("paddingIdx is 3; a number from -3 to 2 is expected, as there are 3 embeddings");
        assertThatThrownBy(
                        () -> EmbeddingBag.options().mode(EmbeddingBag.Mode.MAX).sparse(true))
                .hasMessage("the mode is MAX and sparse is set; SUM or MEAN is expected with it");
        assertThatThrownBy(() -> EmbeddingBag.options().scaleGradByFreq(true).mode(EmbeddingBag.Mode.MAX))
                .hasMessageContaining("scaleGradByFreq is set");
        assertThatThrownBy(() -> new Embedding(3, 2).call(Torch.tensor(0L, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the numbers to look up are from 0 to 3; numbers from 0 to 2 are expected, as there are 3"
                        + " embeddings");
        EmbeddingBag bag = new EmbeddingBag(5, 4);
        assertThatThrownBy(() -> bag.call(NUMBERS))
                .hasMessageContaining("the offsets are null; offsets of 1 dimension");
        assertThatThrownBy(() -> bag.call(NUMBERS.view(1, 3), NUMBERS)).hasMessageContaining("each row is a bag");
        assertThatThrownBy(() -> bag.call(NUMBERS.view(1, 1, 3)))
                .hasMessageContaining("3 dimensions; 1 or 2 are expected");
        assertThatThrownBy(() -> bag.call(NUMBERS.view(1, 3), null, Torch.ones(1, 3)))
                .hasMessage("the mode is MEAN and there are perSampleWeights; SUM is expected with them");
        EmbeddingBag sum = new EmbeddingBag(5, 4, EmbeddingBag.options().mode(EmbeddingBag.Mode.SUM));
        assertThatThrownBy(() -> sum.call(NUMBERS.view(1, 3), null, Torch.ones(3)))
                .hasMessage("perSampleWeights has the shape [3]; that of the input is expected, [1, 3]");
    }
}
