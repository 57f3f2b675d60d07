package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.utils.PackedSequence;
import org.torchbridge.nn.utils.Rnn;

class RecurrentTest {

    @Test
    void inputsOfOtherShapesAreRefusedInPythonsWords() {
        LSTM lstm = new LSTM(3, 4);
        assertRefused(() -> lstm.call(Torch.zeros(1, 5, 2, 3)), "LSTM: Expected input to be 2D or 3D, got 4D instead");
        assertRefused(
                () -> lstm.call(Torch.zeros(5, 2, 7)), "input.size(-1) must be equal to input_size. Expected 3, got 7");
        PackedSequence packed = Rnn.packSequence(List.of(Torch.zeros(5, 2, 3), Torch.zeros(4, 2, 3)));
        assertRefused(() -> lstm.call(packed), "input must have 2 dimensions, got 3");
        assertRefused(
                () -> new GRUCell(3, 4).call(Torch.zeros(1, 2, 3)),
                "GRUCell: Expected input to be 1D or 2D, got 3D instead");
    }

    @Test
    void statesOfOtherShapesAreRefusedInPythonsWords() {
        Tensor batch = Torch.zeros(5, 2, 3);
        Tensor single = Torch.zeros(5, 3);
        RNN rnn = new RNN(3, 4);
        assertRefused(
                () -> rnn.call(batch, Torch.zeros(1, 4)),
                "For batched 3-D input, hx should also be 3-D but got 2-D tensor");
        assertRefused(
                () -> rnn.call(single, Torch.zeros(1, 1, 4)),
                "For unbatched 2-D input, hx should also be 2-D but got 3-D tensor");
        assertRefused(() -> rnn.call(batch, Torch.zeros(1, 3, 4)), "Expected hidden size (1, 2, 4), got [1, 3, 4]");
        LSTM lstm = new LSTM(3, 4, LSTM.options().projSize(2));
        assertRefused(
                () -> lstm.call(batch, new LSTM.State(Torch.zeros(1, 2), Torch.zeros(1, 2, 4))),
                "For batched 3-D input, hx and cx should also be 3-D but got (2-D, 3-D) tensors");
        assertRefused(
                () -> lstm.call(batch, new LSTM.State(Torch.zeros(1, 2, 2), Torch.zeros(1, 2, 2))),
                "Expected hidden[1] size (1, 2, 4), got [1, 2, 2]");
        assertRefused(
                () -> new LSTMCell(3, 4).call(single, new LSTM.State(single, batch)),
                "LSTMCell: Expected hx[1] to be 1D or 2D, got 3D instead");
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefused() {
        assertRefused(
                () -> LSTM.options().dropout(1.5), "the dropout probability is 1.5; a number from 0 to 1 is expected");
        assertRefused(() -> LSTM.options().numLayers(0), "numLayers is 0; a positive number is expected");
        assertRefused(() -> new LSTM(3, 0), "hiddenSize is 0; a positive number is expected");
        assertRefused(
                () -> new LSTM(3, 4, LSTM.options().projSize(4)),
                "projSize is 4; it has to be smaller than hiddenSize, 4");
        assertRefused(
                () -> new GRU(3, 4, GRU.options().projSize(2)),
                "projSize is 2; it is supported for an LSTM only, not for an RNN or GRU");
        assertRefused(
                () -> new GRU(3, 4, GRU.options().nonlinearity(RNNBase.Nonlinearity.RELU)),
                "the nonlinearity is RELU; only an RNN has another one than TANH");
    }

    @Test
    void weightsAreFoundByLayerAndDirection() {
        GRU gru = new GRU(3, 4, GRU.options().numLayers(2).bidirectional(true));
        List<List<Parameter>> weights = gru.allWeights();
        assertThat(weights).hasSize(4).allMatch(each -> each.size() == 4);
        assertThat(weights.get(1).get(2)).isSameAs(gru.getParameter("bias_ih_l0_reverse"));
        assertThat(weights.get(2).get(0).tensor().shape()).containsExactly(12, 8);
        assertThat(gru.namedParameters().keySet())
                .startsWith("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_ih_l0_reverse");
    }

    @Test
    void aReplacedWeightIsTheOneThatIsUsed() {
        RNN rnn = new RNN(3, 4);
        Tensor x = Torch.randn(2, 1, 3);
        rnn.setParameter("weight_ih_l0", new Parameter(Torch.zeros(4, 3)));
        Tensor first = rnn.call(x).output();
        assertThat(first.equal(rnn.call(Torch.randn(2, 1, 3)).output())).isTrue();

        RNN copy = rnn.deepCopy();
        assertThat(copy.call(x).output().equal(first)).isTrue();
        copy.resetParameters();
        assertThat(copy.call(x).output().equal(first)).isFalse();
        assertThat(rnn.call(x).output().equal(first)).isTrue();
    }

    @Test
    void aStateDictAndATypeGoInAndOut() {
        LSTM lstm = new LSTM(3, 4, LSTM.options().projSize(2));
        LSTM other = new LSTM(3, 4, LSTM.options().projSize(2));
        StateDict state = lstm.stateDict();
        other.loadStateDict(state);
        lstm.flattenParameters();
        Tensor x = Torch.randn(5, 2, 3);
        assertThat(other.call(x).output().equal(lstm.call(x).output())).isTrue();

        lstm.to(DType.FLOAT64);
        assertThat(lstm.call(x.to(DType.FLOAT64)).c().dtype()).isEqualTo(DType.FLOAT64);
    }

    @Test
    void aSequenceInTwoPartsIsTheWholeSequence() {
        LSTM lstm = new LSTM(3, 4, LSTM.options().numLayers(2));
        Tensor x = Torch.randn(6, 2, 3);
        LSTM.Output first = lstm.call(x.narrow(0, 0, 4));
        LSTM.Output second = lstm.call(x.narrow(0, 4, 2), first.state());
        LSTM.Output whole = lstm.call(x);
        Tensor parts = Torch.cat(List.of(first.output(), second.output()));
        assertThat(Torch.allclose(parts, whole.output(), 1e-5, 1e-6)).isTrue();
        assertThat(Torch.allclose(second.c(), whole.c(), 1e-5, 1e-6)).isTrue();

        LSTMCell cell = new LSTMCell(3, 4);
        LSTM.State state = cell.call(x.get(0));
        assertThat(cell.call(x.get(1), state).h().shape()).containsExactly(2, 4);
    }

    @Test
    void hooksSeeInputAndState() {
        GRU gru = new GRU(3, 4);
        List<Object> seen = new ArrayList<>();
        gru.registerForwardPreHook((module, inputs) -> {
            seen.addAll(inputs);
            return null;
        });
        Tensor x = Torch.randn(2, 1, 3);
        gru.call(x);
        PackedSequence packed = Rnn.packSequence(List.of(Torch.randn(2, 3)));
        Tensor h = Torch.zeros(1, 1, 4);
        gru.call(packed, h);
        assertThat(seen).containsExactly(x, null, packed, h);
    }

    @Test
    void packedSequencesMoveAndOutliveTheirScope() {
        List<Tensor> sequences = List.of(Torch.randn(2, 3), Torch.randn(4, 3));
        PackedSequence packed = Scope.call(() -> Rnn.packSequence(sequences, false));
        assertThat(packed.batchSizes().toLongArray()).containsExactly(2, 2, 1, 1);
        assertThat(packed.to(DType.FLOAT64).data().dtype()).isEqualTo(DType.FLOAT64);
        PackedSequence there = packed.cpu();
        assertThat(there.data().isSame(packed.data())).isTrue();
        assertThat(there.sortedIndices().toLongArray()).containsExactly(1, 0);
        assertThat(Rnn.unpackSequence(there)).hasSize(2).allMatch(each -> each.size(1) == 3);
    }

    @Test
    void sequencesThatDoNotFitAreRefused() {
        PackedSequence packed = Rnn.packSequence(List.of(Torch.zeros(4, 1), Torch.zeros(2, 1)));
        assertRefused(
                () -> Rnn.padPackedSequence(packed, false, 0, 3L),
                "totalLength is 3; at least the length of the longest sequence, 4, is expected");
        assertRefused(
                () -> Rnn.unpadSequence(Torch.zeros(4, 2), Torch.tensor(1L)),
                "there are 1 lengths; one for each of the 2 sequences is expected");
        assertThatThrownBy(() -> Rnn.packSequence(List.of(Torch.zeros(2, 1), Torch.zeros(4, 1))))
                .hasMessageContaining("sorted in decreasing order");
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
