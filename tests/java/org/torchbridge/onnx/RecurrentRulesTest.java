package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;

class RecurrentRulesTest extends RuleTest {
    private static final int TIMES = 4;
    private static final int BATCH = 3;
    private static final int FEATURES = 2;
    private static final int HIDDEN = 5;

    private static final Map<String, Integer> GATES = Map.of("RNN", 1, "GRU", 3, "LSTM", 4);

    private static final Map<String, String> LIBTORCH =
            Map.of("RNN", "aten::rnn_tanh", "GRU", "aten::gru", "LSTM", "aten::lstm");

    private static OneNode network(String operator) {
        return OneNode.of(operator, 14).integer("hidden_size", HIDDEN).outputs(operator.equals("LSTM") ? 3 : 2);
    }

    /** An input that is given, and weights; what comes behind them is the test's. */
    private static OneNode network(String operator, String direction) {
        int gates = GATES.get(operator);
        int directions = directions(direction);
        return network(operator)
                .text("direction", direction)
                .input(random(TIMES, BATCH, FEATURES))
                .weight(random(directions, gates * HIDDEN, FEATURES))
                .weight(random(directions, gates * HIDDEN, HIDDEN));
    }

    private static OneNode withBias(String operator, String direction) {
        return network(operator, direction).weight(random(directions(direction), 2 * GATES.get(operator) * HIDDEN));
    }

    private static int directions(String direction) {
        return direction.equals("bidirectional") ? 2 : 1;
    }

    private static Tensor state(String direction) {
        return random(directions(direction), BATCH, HIDDEN);
    }

    private static Tensor lengths() {
        return Torch.tensor(new int[] {4, 1, 3});
    }

    // ---- directions, biases, states, lengths

    @ParameterizedTest
    @ValueSource(strings = {"RNN", "GRU", "LSTM"})
    void sequencesAreReadForwardsBackwardsOrBothWays(String operator) {
        for (String direction : List.of("forward", "reverse", "bidirectional")) {
            assertSame(withBias(operator, direction));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RNN", "GRU", "LSTM"})
    void networksDoWithoutBias(String operator) {
        assertSame(network(operator, "bidirectional"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RNN", "GRU", "LSTM"})
    void networksStartFromGivenStates(String operator) {
        for (String direction : List.of("reverse", "bidirectional")) {
            OneNode node = withBias(operator, direction).none().input(state(direction));
            assertSame(operator.equals("LSTM") ? node.input(state(direction)) : node);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RNN", "GRU", "LSTM"})
    void eachSequenceOfABatchEndsWhereItsLengthSays(String operator) {
        for (String direction : List.of("forward", "reverse", "bidirectional")) {
            OneNode node = withBias(operator, direction).input(lengths()).input(state(direction));
            assertSame(operator.equals("LSTM") ? node.input(state(direction)) : node);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RNN", "GRU", "LSTM"})
    void sequencesOfOneLengthAreLeftToLibtorch(String operator) {
        for (String direction : List.of("forward", "reverse", "bidirectional")) {
            OneNode node = withBias(operator, direction)
                    .input(Torch.tensor(new int[] {TIMES, TIMES, TIMES}))
                    .input(state(direction));
            if (operator.equals("GRU")) {
                node.flag("linear_before_reset");
            }
            assertSame(operator.equals("LSTM") ? node.input(state(direction)) : node);
            assertThat(node.load().toGraph().kinds()).containsKeys("prim::If", LIBTORCH.get(operator));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RNN", "GRU", "LSTM"})
    void layoutOneHasTheBatchInFront(String operator) {
        int gates = GATES.get(operator);
        Tensor x = random(TIMES, BATCH, FEATURES);
        Tensor weight = random(2, gates * HIDDEN, FEATURES);
        Tensor recurrent = random(2, gates * HIDDEN, HIDDEN);
        Tensor start = random(2, BATCH, HIDDEN);
        List<Tensor> timesFirst = results(network(operator)
                .text("direction", "bidirectional")
                .input(x)
                .weight(weight)
                .weight(recurrent)
                .none()
                .none()
                .input(start));
        List<Tensor> batchFirst = results(network(operator)
                .flag("layout")
                .text("direction", "bidirectional")
                .input(x.transpose(0, 1))
                .weight(weight)
                .weight(recurrent)
                .none()
                .none()
                .input(start.transpose(0, 1)));

        assertThat(batchFirst.get(0).equal(timesFirst.get(0).permute(2, 0, 1, 3)))
                .isTrue();
        for (int i = 1; i < batchFirst.size(); i++) {
            assertThat(batchFirst.get(i).equal(timesFirst.get(i).transpose(0, 1)))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RNN", "GRU", "LSTM"})
    void doublePrecisionStaysDouble(String operator) {
        int gates = GATES.get(operator);
        List<Tensor> results = results(network(operator)
                .input(random(TIMES, BATCH, FEATURES).to(DType.FLOAT64))
                .weight(random(1, gates * HIDDEN, FEATURES).to(DType.FLOAT64))
                .weight(random(1, gates * HIDDEN, HIDDEN).to(DType.FLOAT64)));

        assertThat(results).allMatch(result -> result.dtype() == DType.FLOAT64);
    }

    // ---- gates

    @Test
    void theResetGateComesBeforeOrBehindTheProduct() {
        assertSame(withBias("GRU", "bidirectional").flag("linear_before_reset"));
        assertSame(withBias("GRU", "bidirectional").integer("linear_before_reset", 0));
        assertSame(withBias("GRU", "forward").flag("linear_before_reset").input(lengths()));
    }

    @Test
    void peepholesShowTheGatesTheCell() {
        for (String direction : List.of("forward", "bidirectional")) {
            assertSame(withBias("LSTM", direction)
                    .none()
                    .input(state(direction))
                    .input(state(direction))
                    .weight(random(directions(direction), 3 * HIDDEN)));
        }
    }

    @Test
    void theForgetGateMayBeWhatTheInputGateLeaves() {
        assertSame(withBias("LSTM", "bidirectional").flag("input_forget"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RNN", "GRU", "LSTM"})
    void clippingBoundsWhatGatesAreComputedOf(String operator) {
        assertSame(withBias(operator, "bidirectional").real("clip", 0.3));
    }

    // ---- activations

    @ParameterizedTest
    @ValueSource(strings = {"Relu", "Tanh", "Sigmoid", "Softsign", "Softplus"})
    void activationsWithoutNumbers(String name) {
        assertSame(withBias("RNN", "forward").texts("activations", name));
        assertSame(withBias("GRU", "forward").texts("activations", "Sigmoid", name));
        assertSame(withBias("LSTM", "forward").texts("activations", "Sigmoid", name, name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"LeakyRelu", "ThresholdedRelu", "Elu"})
    void activationsOfOneNumber(String name) {
        assertSame(withBias("RNN", "forward").texts("activations", name).reals("activation_alpha", 0.3f));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Affine", "ScaledTanh", "HardSigmoid"})
    void activationsOfTwoNumbers(String name) {
        assertSame(withBias("RNN", "forward")
                .texts("activations", name)
                .reals("activation_alpha", 0.3f)
                .reals("activation_beta", 0.6f));
    }

    /** ONNX Runtime takes 0 instead. */
    @Test
    void activationsHaveTheDefaultsOfTheOperatorsOfTheirNames() {
        OneNode without = withBias("RNN", "bidirectional").texts("activations", "HardSigmoid", "LeakyRelu");
        List<Tensor> results = results(without);

        assertResults(without.reals("activation_alpha", 0.2f, 0.01f).reals("activation_beta", 0.5f), results);
    }

    @Test
    void numbersBelongToActivationsInTheirOrderAndOnlyToThoseThatTakeOne() {
        assertSame(withBias("LSTM", "bidirectional")
                .texts("activations", "HardSigmoid", "Tanh", "LeakyRelu", "Sigmoid", "Tanh", "Elu")
                .reals("activation_alpha", 0.1f, 0.2f, 0.7f)
                .reals("activation_beta", 0.4f));
    }

    @Test
    void namesOfActivationsAreReadInAnyCase() {
        assertSame(withBias("GRU", "bidirectional").texts("activations", "sigmoid", "TANH", "hardSigmoid", "relu"));
    }

    @Test
    void tooFewActivationsAreAnError() {
        OnnxModel model =
                withBias("LSTM", "forward").texts("activations", "Sigmoid").load();

        assertThatThrownBy(model::toGraph)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("1 activations where 3 are needed");
    }

    // ---- training

    /** A bound that nothing reaches makes the network a loop of single operators. */
    @ParameterizedTest
    @ValueSource(strings = {"RNN", "GRU", "LSTM"})
    void theLoopHasTheGradientsOfTheFusedNetwork(String operator) {
        OneNode node = withBias(operator, "bidirectional");
        if (operator.equals("GRU")) {
            node.flag("linear_before_reset");
        }
        Map<String, Tensor> fused = gradients(node);
        Map<String, Tensor> loop = gradients(node.real("clip", 1e6));

        assertThat(fused).hasSize(3);
        fused.forEach((name, grad) -> assertClose(loop.get(name), grad, node));
    }

    private static Map<String, Tensor> gradients(OneNode node) {
        ScriptModule module = node.load().toModule();
        List<?> outputs = (List<?>) module.run("forward", node.inputs().toArray());
        outputs.forEach(output -> ((Tensor) output).square().sum().backward(null, true, false));
        Map<String, Tensor> gradients = new HashMap<>();
        module.namedParameters().forEach((name, parameter) -> gradients.put(name, parameter.grad()));
        return gradients;
    }

    // ---- sequences in reverse

    @Test
    void sequencesAreReversedUpToTheirLengths() {
        assertSame(OneNode.of("ReverseSequence", 10).input(random(4, 3, 2)).input(Torch.tensor(new long[] {4, 1, 2})));
        assertSame(OneNode.of("ReverseSequence", 10)
                .integer("time_axis", 1)
                .integer("batch_axis", 0)
                .input(random(3, 4))
                .weight(2, 1, 4));
    }
}
