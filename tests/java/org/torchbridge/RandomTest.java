package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random numbers are Python's for the same seed; the fixture comes from {@code tests/python/make_random.py}. */
class RandomTest {
    private static final Map<String, Supplier<Tensor>> DRAWS = Map.ofEntries(
            Map.entry("rand", () -> Torch.rand(5, 7)),
            Map.entry("rand64", () -> Torch.rand(new long[] {19}, DType.FLOAT64)),
            Map.entry("randn", () -> Torch.randn(3, 5)),
            Map.entry("randnLong", () -> Torch.randn(40)),
            Map.entry("randn64", () -> Torch.randn(new long[] {17}, DType.FLOAT64)),
            Map.entry("randint", () -> Torch.randint(-5, 100, new long[] {4, 6})),
            Map.entry("randintWide", () -> Torch.randint(0, 1L << 40, new long[] {9})),
            Map.entry("randperm", () -> Torch.randperm(37)),
            Map.entry("bernoulli", () -> Torch.bernoulli(Torch.full(new long[] {30}, 0.3))),
            Map.entry("bernoulli_", () -> Torch.empty(30).bernoulli_(0.7)),
            Map.entry("normal", () -> Torch.normal(Torch.arange(8.0), Torch.arange(1.0, 9.0))),
            Map.entry("normal_", () -> Torch.empty(20).normal_(2, 3)),
            Map.entry("uniform_", () -> Torch.empty(11).uniform_(-2, 5)),
            Map.entry("exponential_", () -> Torch.empty(6).exponential_(1.5)),
            Map.entry("multinomial", () -> Torch.multinomial(Torch.arange(1.0, 11.0), 6)),
            Map.entry("multinomialReplaced", () -> Torch.multinomial(Torch.arange(1.0, 11.0), 25, true)),
            Map.entry("random_", () -> Torch.empty(new long[] {8}, DType.INT64).random_(3, 60)),
            Map.entry("dropout", () -> Torch.dropout(Torch.ones(24), 0.25, true)),
            Map.entry("twoInARow", () -> Torch.cat(List.of(Torch.rand(3), Torch.randn(3), Torch.rand(2)))));

    static Stream<List<String>> draws() {
        return Lines.of("/random/draws.tsv").stream();
    }

    @ParameterizedTest
    @MethodSource("draws")
    void drawsAreThoseOfPython(List<String> line) {
        Torch.manualSeed(Long.parseLong(line.get(1)));

        Tensor result = DRAWS.get(line.get(0)).get();

        assertThat(result.shape()).isEqualTo(Lines.longs(line.get(2)));
        assertThat(result.toDoubleArray()).as(line.get(0)).isEqualTo(Lines.doubles(line.get(3)));
    }

    @Test
    void aGeneratorOfOnesOwnDrawsWhatTheDefaultOneDraws() {
        Torch.manualSeed(3);
        float[] expected = Torch.rand(4).toFloatArray();
        Generator generator = new Generator(3);

        assertThat(Torch.rand(new long[] {4}, generator).toFloatArray()).isEqualTo(expected);
        assertThat(generator.initialSeed()).isEqualTo(3);
        assertThat(generator.manualSeed(3)).isSameAs(generator);
        assertThat(Torch.rand(new long[] {4}, generator).toFloatArray()).isEqualTo(expected);
    }

    @Test
    void aGeneratorLeavesTheDefaultOneAlone() {
        Torch.manualSeed(5);
        float[] expected = Torch.rand(4).toFloatArray();

        Torch.manualSeed(5);
        Torch.rand(new long[] {100}, new Generator(9));

        assertThat(Torch.rand(4).toFloatArray()).isEqualTo(expected);
    }

    @Test
    void aStateGoesOnWhereItWasTaken() {
        Generator generator = new Generator(11);
        Torch.randn(new long[] {7}, generator);
        Tensor state = generator.getState();
        float[] expected = Torch.randn(new long[] {5}, generator).toFloatArray();

        Generator other = new Generator(0).setState(state);

        assertThat(state.dtype()).isEqualTo(DType.UINT8);
        assertThat(Torch.randn(new long[] {5}, other).toFloatArray()).isEqualTo(expected);
        assertThatThrownBy(() -> other.setState(Torch.zeros(3))).isInstanceOf(TorchException.class);
    }

    @Test
    void theDefaultGeneratorHasAStateToo() {
        Generator generator = Torch.manualSeed(21);
        Tensor state = generator.getState();
        float[] expected = Torch.rand(3).toFloatArray();

        generator.setState(state);

        assertThat(generator).isSameAs(Torch.defaultGenerator());
        assertThat(generator.initialSeed()).isEqualTo(21);
        assertThat(Torch.rand(3).toFloatArray()).isEqualTo(expected);
    }
}
