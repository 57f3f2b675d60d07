package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Identity;

class PortableOperatorsTest {
    private final Tensor key = Torch.randn(2, 2, 5, 4);

    private static ScriptModule traced(Tensor example, UnaryOperator<Tensor> forward, boolean portable) {
        return ScriptModule.trace(
                new Identity(),
                in -> forward.apply(in.get(0)),
                List.of(example),
                TraceOptions.options().portable(portable).warnings(warning -> {
                    throw new AssertionError(warning);
                }));
    }

    /** The trace gives what forward does, for another batch too. */
    private static void assertSame(UnaryOperator<Tensor> forward, Tensor example) {
        ScriptModule traced = traced(example, forward, true);
        for (Tensor input : List.of(example, example.repeat(3, 1, 1, 1))) {
            assertThat(traced.call(input).allclose(forward.apply(input), 1e-5, 1e-6))
                    .isTrue();
        }
        assertThat(traced.toGraph("forward").kinds())
                .doesNotContainKeys("aten::scaled_dot_product_attention", "aten::rms_norm");
    }

    private UnaryOperator<Tensor> attention(Functional.AttentionOptions options) {
        return query -> Functional.scaledDotProductAttention(query, query, query, options);
    }

    @Test
    void attentionIsProductsAndASoftmax() {
        assertSame(attention(Functional.attentionOptions()), Torch.randn(2, 2, 5, 4));
        assertSame(attention(Functional.attentionOptions().isCausal(true).scale(0.3)), Torch.randn(2, 2, 5, 4));
    }

    @Test
    void masksAreChoicesOrNumbers() {
        Tensor choice = Torch.ones(new long[] {5, 5}, DType.BOOL).tril();
        assertSame(attention(Functional.attentionOptions().attnMask(choice)), Torch.randn(2, 2, 5, 4));
        assertSame(attention(Functional.attentionOptions().attnMask(Torch.randn(5, 5))), Torch.randn(2, 2, 5, 4));
    }

    @Test
    void whatAttendsToNothingIsZero() {
        Tensor choice = Torch.ones(new long[] {5, 5}, DType.BOOL).tril(-1);

        assertSame(attention(Functional.attentionOptions().attnMask(choice)), Torch.randn(2, 2, 5, 4));
    }

    @Test
    void headsCanBeShared() {
        Functional.AttentionOptions shared = Functional.attentionOptions().enableGqa(true);

        assertSame(
                query -> Functional.scaledDotProductAttention(
                        query, query.narrow(1, 0, 2), query.narrow(1, 0, 2), shared),
                Torch.randn(2, 4, 5, 4));
    }

    @Test
    void rmsNormIsAMeanOfSquares() {
        assertSame(x -> Functional.rmsNorm(x, 5, 4), Torch.randn(2, 2, 5, 4));
        assertSame(
                x -> Functional.rmsNorm(x, new long[] {4}, Torch.arange(4, DType.FLOAT32), 0.1),
                Torch.randn(2, 2, 5, 4));
        assertSame(
                x -> Functional.rmsNorm(x, 4),
                Torch.randn(new long[] {2, 2, 5, 4}, DType.FLOAT64).mul(1e-9));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFusedOperatorIsThereIfItMay(boolean portable) {
        ScriptModule traced = traced(key, attention(Functional.attentionOptions()), portable);

        assertThat(traced.toGraph("forward").kinds().containsKey("aten::scaled_dot_product_attention"))
                .isEqualTo(!portable);
    }
}
