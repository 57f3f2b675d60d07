package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The operators that ONNX Runtime's optimiser fuses others to. */
class MicrosoftRulesTest extends RuleTest {
    private static final int BATCH = 2;
    private static final int LENGTH = 3;
    private static final int HEADS = 2;
    private static final int HIDDEN = 8;

    private static OneNode node(String operator) {
        return OneNode.of("com.microsoft", operator, 1);
    }

    private static Tensor ints(int... values) {
        return Torch.tensor(values);
    }

    // ---- activations

    @Test
    void geluIsExactOrByTheHyperbolicTangent() {
        assertSame(node("Gelu").input(random(3, 4)));
        assertSame(node("BiasGelu").input(random(3, 4)).weight(random(4)));
        assertSame(node("FastGelu").input(random(3, 4)));
        assertSame(node("FastGelu").input(random(3, 4)).weight(random(4)));
    }

    @Test
    void quickGeluIsASigmoidOfAScale() {
        assertSame(node("QuickGelu").input(random(3, 4)));
        assertSame(node("QuickGelu").real("alpha", 0.5).input(random(3, 4)));
    }

    // ---- products

    @Test
    void fusedMatricesAreTurnedAndScaled() {
        assertSame(node("FusedMatMul").input(random(2, 3, 4)).weight(random(4, 5)));
        assertSame(node("FusedMatMul")
                .flag("transA")
                .flag("transB")
                .real("alpha", 0.5)
                .input(random(2, 4, 3))
                .input(random(2, 5, 4)));
        assertSame(node("TransposeMatMul").flag("transB").input(random(3, 4)).input(random(5, 4)));
    }

    @Test
    void batchesOfMatricesMayBeTurnedToTheRows() {
        assertSame(node("FusedMatMul")
                .flag("transBatchA")
                .flag("transBatchB")
                .flag("transB")
                .input(random(3, 2, 4))
                .input(random(5, 2, 4)));
        assertSame(node("FusedMatMul")
                .flag("transBatchA")
                .flag("transA")
                .input(random(4, 2, 3))
                .input(random(2, 4, 5)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Relu", "Tanh", "Sigmoid", "LeakyRelu"})
    void gemmIsFusedWithAnActivation(String activation) {
        OneNode node = node("FusedGemm").text("activation", activation).flag("transB");
        if (activation.equals("LeakyRelu")) {
            node.real("activation_alpha", 0.2);
        }
        assertSame(node.input(random(2, 3)).weight(random(4, 3)).weight(random(4)));
    }

    @Test
    void convolutionsAreFusedWithAnActivationAndASummand() {
        assertSame(node("FusedConv")
                .text("activation", "Relu")
                .integers("pads", 1, 1, 1, 1)
                .input(random(1, 2, 4, 5))
                .weight(random(3, 2, 3, 3))
                .weight(random(3))
                .input(random(1, 3, 4, 5)));
        assertSame(node("FusedConv")
                .text("activation", "LeakyRelu")
                .reals("activation_params", 0.3f)
                .input(random(1, 2, 4, 5))
                .weight(random(3, 2, 3, 3)));
        assertSame(node("FusedConv")
                .text("activation", "HardSigmoid")
                .reals("activation_params", 0.3f, 0.4f)
                .input(random(1, 2, 4, 5))
                .weight(random(3, 2, 3, 3)));
        assertSame(node("FusedConv")
                .text("activation", "Clip")
                .reals("activation_params", -0.3f, 0.4f)
                .input(random(1, 2, 4, 5))
                .weight(random(3, 2, 3, 3)));
    }

    @Test
    void theRestOfItsLinearAlgebra() {
        assertSame(node("Inverse").input(random(2, 3, 3)));
        assertSame(node("Trilu").integer("upper", 0).input(random(3, 3)));
        assertSame(node("Trilu").input(random(3, 3)).input(Torch.tensor(1L)));
        assertSame(node("ExpandDims").input(random(3, 4)).input(ints(-1).select(0, 0)));
    }

    // ---- normalisation

    @Test
    void skippedInputsAreAddedBeforeTheyAreNormalized() {
        assertSame(node("SkipLayerNormalization")
                .input(random(BATCH, LENGTH, HIDDEN))
                .input(random(BATCH, LENGTH, HIDDEN))
                .weight(random(HIDDEN)));
        assertSame(node("SkipLayerNormalization")
                .real("epsilon", 0.1)
                .input(random(BATCH, LENGTH, HIDDEN))
                .input(random(1, LENGTH, HIDDEN))
                .weight(random(HIDDEN))
                .weight(random(HIDDEN))
                .weight(random(HIDDEN)));
    }

    @Test
    void theSumThatIsNormalizedIsTheFourthOutput() {
        OneNode node = node("SkipLayerNormalization")
                .outputNames("y", "", "", "sum")
                .input(random(BATCH, LENGTH, HIDDEN))
                .input(random(BATCH, LENGTH, HIDDEN))
                .weight(random(HIDDEN))
                .weight(random(HIDDEN))
                .weight(random(HIDDEN));
        assertSame(node);
        assertSame(node("SkipSimplifiedLayerNormalization")
                .outputNames("y", "", "", "sum")
                .input(random(BATCH, LENGTH, HIDDEN))
                .input(random(BATCH, LENGTH, HIDDEN))
                .weight(random(HIDDEN))
                .weight(random(HIDDEN)));
    }

    /** ONNX Runtime has it in ONNX's own domain. */
    @Test
    void rootMeanSquaresAloneMayNormalize() {
        assertSame(OneNode.of("SimplifiedLayerNormalization", 17)
                .integer("axis", -1)
                .real("epsilon", 1e-3)
                .input(random(BATCH, LENGTH, HIDDEN))
                .weight(random(HIDDEN)));
    }

    private static OneNode embedding(OneNode node, boolean segments) {
        Tensor words = ints(1, 5, 2, 0, 3, 3).reshape(BATCH, LENGTH);
        OneNode given = node.input(words);
        given = segments ? given.input(ints(0, 1, 1, 0, 0, 1).reshape(BATCH, LENGTH)) : given.none();
        given = given.weight(random(6, HIDDEN)).weight(random(10, HIDDEN));
        given = segments ? given.weight(random(2, HIDDEN)) : given.none();
        return given.weight(random(HIDDEN)).weight(random(HIDDEN));
    }

    @Test
    void embeddingsOfWordsPositionsAndSegmentsAreNormalized() {
        assertSame(embedding(node("EmbedLayerNormalization").outputs(2), true)
                .input(ints(1, 1, 0, 1, 1, 1).reshape(BATCH, LENGTH)));
        assertSame(embedding(node("EmbedLayerNormalization").outputs(3).real("epsilon", 0.1), false));
        assertSame(embedding(node("EmbedLayerNormalization").outputs(2), false)
                .none()
                .input(ints(4, 0, 1, 2, 3, 9).reshape(BATCH, LENGTH)));
    }

    // ---- attention

    private static OneNode attention() {
        return node("Attention")
                .integer("num_heads", HEADS)
                .input(random(BATCH, LENGTH, HIDDEN))
                .weight(random(HIDDEN, 3 * HIDDEN))
                .weight(random(3 * HIDDEN));
    }

    @Test
    void queriesKeysAndValuesComeFromOneProduct() {
        assertSame(attention());
        assertSame(attention().real("scale", 0.7));
    }

    @Test
    void valuesMayHaveAnotherSize() {
        assertSame(node("Attention")
                .integer("num_heads", HEADS)
                .integers("qkv_hidden_sizes", HIDDEN, HIDDEN, 4)
                .input(random(BATCH, LENGTH, HIDDEN))
                .weight(random(HIDDEN, 2 * HIDDEN + 4))
                .weight(random(2 * HIDDEN + 4)));
    }

    @Test
    void masksSayWhichKeysCount() {
        assertSame(attention().input(ints(1, 1, 0, 1, 0, 0).reshape(BATCH, LENGTH)));
        assertSame(attention().input(ints(2, 3)));
        assertSame(attention().input(Torch.ones(BATCH, LENGTH, LENGTH).tril().to(DType.INT32)));
    }

    /** A mask is added, so that it leaves numbers where no key counts. */
    @Test
    void rowsWithoutAnyKeyAreNumbersToo() {
        assertSame(attention().input(ints(0, 0, 0, 1, 0, 0).reshape(BATCH, LENGTH)));
    }

    @Test
    void causalAttentionSeesWhatCameBefore() {
        assertSame(attention().flag("unidirectional"));
        assertSame(
                attention().flag("unidirectional").input(ints(1, 1, 0, 1, 1, 1).reshape(BATCH, LENGTH)));
    }

    @Test
    void attentionGoesOnFromPastKeysAndValues() {
        OneNode node =
                attention().flag("unidirectional").outputs(2).none().input(random(2, BATCH, HEADS, 4, HIDDEN / HEADS));
        assertSame(node);
    }

    @Test
    void biasesOfScoresAreAdded() {
        assertSame(attention().none().none().input(random(BATCH, HEADS, LENGTH, LENGTH)));
    }

    private static OneNode multiHead() {
        return node("MultiHeadAttention")
                .integer("num_heads", HEADS)
                .input(random(BATCH, LENGTH, HIDDEN))
                .input(random(BATCH, 5, HIDDEN))
                .input(random(BATCH, 5, HIDDEN));
    }

    @Test
    void queriesKeysAndValuesMayBeProjectedAlready() {
        assertSame(multiHead());
        assertSame(multiHead().real("scale", 0.3).weight(random(3 * HIDDEN)));
    }

    @Test
    void paddedKeysDoNotCount() {
        assertSame(multiHead().none().input(ints(1, 1, 1, 0, 0, 1, 1, 1, 1, 0).reshape(BATCH, 5)));
        assertSame(multiHead().none().input(ints(3, 5)));
    }

    @Test
    void scoresHaveABias() {
        assertSame(multiHead().none().none().input(random(BATCH, HEADS, LENGTH, 5)));
    }

    @Test
    void keysAndValuesMayBeOfHeads() {
        assertSame(node("MultiHeadAttention")
                .integer("num_heads", HEADS)
                .input(random(BATCH, LENGTH, HIDDEN))
                .input(random(BATCH, HEADS, 5, HIDDEN / HEADS))
                .input(random(BATCH, HEADS, 5, HIDDEN / HEADS)));
    }

    /** ONNX Runtime's CPU does not have it. */
    @Test
    void packedInputsAreQueriesKeysAndValuesOfEachHead() {
        List<Tensor> parts = List.of(
                random(BATCH, LENGTH, HEADS, 4), random(BATCH, LENGTH, HEADS, 4), random(BATCH, LENGTH, HEADS, 4));
        OneNode apart = node("MultiHeadAttention").integer("num_heads", HEADS);
        parts.forEach(part -> apart.input(part.flatten(2, 3)));
        List<Tensor> expected = results(apart);

        assertResults(node("MultiHeadAttention").integer("num_heads", HEADS).input(Torch.stack(parts, 3)), expected);
        assertResults(
                node("MultiHeadAttention")
                        .integer("num_heads", HEADS)
                        .input(parts.get(0).flatten(2, 3))
                        .input(Torch.stack(parts.subList(1, 3), 3)),
                expected);
    }

    @Test
    void keysAndValuesOfBeforeComeFirst() {
        assertSame(node("MultiHeadAttention")
                .integer("num_heads", HEADS)
                .flag("unidirectional")
                .outputs(3)
                .input(random(BATCH, LENGTH, HIDDEN))
                .input(random(BATCH, LENGTH, HIDDEN))
                .input(random(BATCH, LENGTH, HIDDEN))
                .none()
                .none()
                .none()
                .input(random(BATCH, HEADS, 4, HIDDEN / HEADS))
                .input(random(BATCH, HEADS, 4, HIDDEN / HEADS)));
    }

    @Test
    void rotationsDependOnPositions() {
        Tensor angles = random(10, 2);
        for (long interleaved = 0; interleaved < 2; interleaved++) {
            assertSame(node("RotaryEmbedding")
                    .integer("interleaved", interleaved)
                    .input(random(BATCH, LENGTH, HIDDEN))
                    .input(Torch.tensor(new long[] {3}))
                    .weight(angles.cos())
                    .weight(angles.sin()));
            assertSame(node("RotaryEmbedding")
                    .integer("interleaved", interleaved)
                    .input(random(BATCH, HEADS, LENGTH, 4))
                    .input(Torch.tensor(new long[] {0, 1, 2, 5, 6, 7}).reshape(BATCH, LENGTH))
                    .weight(angles.cos())
                    .weight(angles.sin()));
        }
    }
}
