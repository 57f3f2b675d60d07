package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

class TransformerTest {
    private static final TransformerEncoderLayer.Options SMALL =
            TransformerEncoderLayer.options().dimFeedforward(3).dropout(0);

    @Test
    void theDefaultsArePythons() {
        Transformer.Options defaults = Transformer.options();
        assertThat(List.of(defaults.dModel(), defaults.nhead(), defaults.numEncoderLayers()))
                .containsExactly(512L, 8L, 6L);
        assertThat(defaults.numDecoderLayers()).isEqualTo(6);
        assertThat(new TransformerEncoderLayer(4, 2).linear1.outFeatures()).isEqualTo(2048);
        assertThat(new TransformerDecoderLayer(4, 2).dropout3.p()).isEqualTo(0.1);
    }

    @Test
    void theActivationIsAnyFunction() {
        Tensor x = Torch.randn(3, 2, 4);
        TransformerEncoderLayer gelu =
                new TransformerEncoderLayer(4, 2, SMALL.activation(TransformerEncoderLayer.Activation.GELU));
        TransformerEncoderLayer own =
                new TransformerEncoderLayer(4, 2, SMALL.activation(hidden -> Functional.gelu(hidden)));
        own.loadStateDict(gelu.stateDict());
        assertThat(own.call(x).equal(gelu.call(x))).isTrue();

        Transformer model = new Transformer(
                Transformer.options().dModel(4).nhead(2).dimFeedforward(3).activation(Tensor::tanh));
        assertThat(model.call(x, x).shape()).containsExactly(3, 2, 4);
    }

    @Test
    void layersStartEqualAndLearnApart() {
        TransformerEncoderLayer layer = new TransformerEncoderLayer(4, 2, SMALL);
        TransformerEncoder encoder = new TransformerEncoder(layer, 3);
        assertThat(encoder.numLayers()).isEqualTo(3);
        Tensor first = encoder.layers.get(0).linear1.weight.tensor();
        Tensor second = encoder.layers.get(1).linear1.weight.tensor();
        assertThat(second.equal(first)).isTrue();
        try (GradMode mode = Torch.noGrad()) {
            first.zero_();
        }
        assertThat(second.equal(first)).isFalse();
        assertThat(layer.linear1.weight.tensor().equal(second)).isTrue();
    }

    @Test
    void anEncoderGoesIntoASequential() {
        Sequential model = new Sequential(
                new Linear(5, 4),
                new TransformerEncoder(new TransformerEncoderLayer(4, 2, SMALL), 1),
                new Linear(4, 2));
        assertThat(model.call(Torch.randn(3, 2, 5)).shape()).containsExactly(3, 2, 2);
    }

    @Test
    void theFusedKernelsComputeWhatTheWeightsSay() {
        MultiheadAttention attention =
                new MultiheadAttention(8, 2, MultiheadAttention.options().batchFirst(true));
        Tensor x = Torch.randn(2, 5, 8);
        MultiheadAttention.CallOptions causal = MultiheadAttention.callOptions()
                .attnMask(Transformer.generateSquareSubsequentMask(5))
                .isCausal(true);
        MultiheadAttention.Output weighted = attention.call(x, x, x, causal);
        MultiheadAttention.Output fused = attention.call(x, x, x, causal.needWeights(false));
        assertThat(fused.attnOutputWeights()).isNull();
        assertThat(weighted.attnOutputWeights().triu(1).countNonzero().toLong()).isZero();
        assertThat(Torch.allclose(fused.attnOutput(), weighted.attnOutput(), 1e-5, 1e-6))
                .isTrue();
    }

    @Test
    void aQueryThatMayNotAttendHasNoWeights() {
        MultiheadAttention attention = new MultiheadAttention(4, 2);
        Tensor x = Torch.randn(2, 1, 4);
        MultiheadAttention.CallOptions masked =
                MultiheadAttention.callOptions().attnMask(Torch.tensor(new boolean[][] {{true, true}, {false, false}}));
        assertThat(attention.call(x, x, x, masked).attnOutputWeights().isnan().toBooleanArray())
                .containsExactly(true, true, false, false);
        Tensor output = attention.call(x, x, x, masked.needWeights(false)).attnOutput();
        assertThat(output.get(0).equal(attention.outProj.bias.tensor().expand(1, 4)))
                .isTrue();
    }

    @Test
    void hooksRunAroundEachPart() {
        Transformer model = new Transformer(Transformer.options()
                .dModel(4)
                .nhead(2)
                .numEncoderLayers(2)
                .numDecoderLayers(1)
                .dimFeedforward(3));
        AtomicInteger attentions = new AtomicInteger();
        model.modules().stream()
                .filter(MultiheadAttention.class::isInstance)
                .forEach(each -> each.registerForwardHook((module, inputs, output) -> {
                    attentions.incrementAndGet();
                    return null;
                }));
        model.call(Torch.randn(3, 2, 4), Torch.randn(2, 2, 4));
        assertThat(attentions).hasValue(4);
    }

    @Test
    void theSquareMaskHasTheWantedType() {
        Tensor mask = Transformer.generateSquareSubsequentMask(3, TensorOptions.of(DType.FLOAT64));
        assertThat(mask.dtype()).isEqualTo(DType.FLOAT64);
        double inf = Double.NEGATIVE_INFINITY;
        assertThat(mask.toDoubleArray()).containsExactly(0, inf, inf, 0, 0, inf, 0, 0, 0);
    }

    @Test
    void whatDoesNotFitIsRefusedInPythonsWords() {
        Tensor x = Torch.zeros(3, 2, 4);
        MultiheadAttention attention = new MultiheadAttention(4, 2);
        MultiheadAttention.CallOptions options = MultiheadAttention.callOptions();
        assertRefused(() -> new MultiheadAttention(5, 2), "embedDim is 5 and numHeads 2;");
        assertRefused(() -> MultiheadAttention.options().dropout(-1), "the dropout probability is -1.0;");
        assertRefused(() -> attention.call(Torch.zeros(4), x, x), "query should be unbatched 2D or batched 3D tensor");
        assertRefused(
                () -> attention.call(x, Torch.zeros(3, 4), x),
                "For batched (3-D) query, expected key and value to be 3-D but found 2-D and 3-D tensors");
        assertRefused(
                () -> attention.call(Torch.zeros(3, 2, 6), x, x), "was expecting embedding dimension of 4, but got 6");
        assertRefused(
                () -> attention.call(x, Torch.zeros(3, 1, 4), Torch.zeros(3, 1, 4)),
                "the key has a batch of 1 and the query one of 2; the same is expected");
        assertRefused(
                () -> attention.call(x, Torch.zeros(3, 2, 6), Torch.zeros(3, 2, 6)),
                "the key has 6 features; as many as the query has, 4, are expected");
        assertRefused(
                () -> attention.call(x, x, Torch.zeros(2, 2, 4)),
                "key shape [3, 2, 4] does not match value shape [2, 2, 4]");
        assertRefused(
                () -> attention.call(x, x, x, options.isCausal(true)), "Need attnMask if specifying the isCausal hint");
        assertRefused(
                () -> attention.call(x, x, x, options.attnMask(Torch.zeros(2, 3))),
                "The shape of the 2D attn_mask is [2, 3], but should be [3, 3].");
        assertRefused(
                () -> attention.call(x, x, x, options.attnMask(Torch.zeros(2, 3, 3))),
                "The shape of the 3D attn_mask is [2, 3, 3], but should be [4, 3, 3].");
        assertRefused(
                () -> attention.call(x, x, x, options.keyPaddingMask(Torch.zeros(3, 2))),
                "expecting key_padding_mask shape of [2, 3], but got [3, 2]");
        assertRefused(
                () -> attention.call(x, x, x, options.attnMask(Torch.tensor(1L))),
                "only bool and floating types of attn_mask are supported");
    }

    @Test
    void sourcesAndTargetsThatDoNotFitAreRefused() {
        Transformer model = new Transformer(Transformer.options()
                .dModel(4)
                .nhead(2)
                .numEncoderLayers(1)
                .numDecoderLayers(1)
                .dimFeedforward(3));
        assertRefused(
                () -> model.call(Torch.zeros(3, 2, 4), Torch.zeros(3, 1, 4)),
                "the batch number of src and tgt must be equal");
        assertRefused(
                () -> model.call(Torch.zeros(3, 2, 4), Torch.zeros(3, 2, 6)),
                "the feature number of src and tgt must be equal to d_model");
        assertRefused(
                () -> new TransformerEncoder(new TransformerEncoderLayer(4, 2, SMALL), 0),
                "numLayers is 0; a positive number is expected");
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
