package org.torchbridge.nn.ported;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Bilinear;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Dropout;
import org.torchbridge.nn.Embedding;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.GRU;
import org.torchbridge.nn.GRUCell;
import org.torchbridge.nn.Init;
import org.torchbridge.nn.LSTM;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.PairLayer;
import org.torchbridge.nn.Transformer;
import org.torchbridge.nn.TransformerEncoder;
import org.torchbridge.nn.TransformerEncoderLayer;
import org.torchbridge.nn.utils.PackedSequence;
import org.torchbridge.nn.utils.Rnn;

/** The models of sequences of tests/python/make_ported_models.py. */
public final class Sequences {
    private Sequences() {}

    public static final class TextClassifier extends PairLayer {
        Embedding embedding;
        LSTM lstm;
        Dropout dropout = new Dropout(0.5);
        Linear fc;

        public TextClassifier(long vocabulary, long embedDim, long hidden, long classes) {
            embedding = new Embedding(vocabulary, embedDim, Embedding.options().paddingIdx(0));
            lstm = new LSTM(
                    embedDim,
                    hidden,
                    LSTM.options().numLayers(2).batchFirst(true).dropout(0.2).bidirectional(true));
            fc = new Linear(2 * hidden, classes);
        }

        @Override
        public Tensor forward(Tensor text, Tensor lengths) {
            Tensor embedded = dropout.call(embedding.call(text));
            PackedSequence packed = Rnn.packPaddedSequence(embedded, lengths, true, false);
            Tensor h = lstm.call(packed).h();
            Tensor hidden = Torch.cat(List.of(h.get(-2), h.get(-1)), 1);
            return fc.call(dropout.call(hidden));
        }
    }

    static final class PositionalEncoding extends Layer {
        Dropout dropout;
        Buffer pe;

        PositionalEncoding(long dModel, double dropout, long maxLen) {
            this.dropout = new Dropout(dropout);
            Tensor position = Torch.arange(maxLen).unsqueeze(1);
            Tensor divTerm =
                    Torch.arange(0, dModel, 2).mul(-Math.log(10000.0) / dModel).exp();
            Tensor encoding = Torch.zeros(maxLen, 1, dModel);
            encoding.set(":, 0, 0::2", position.mul(divTerm).sin());
            encoding.set(":, 0, 1::2", position.mul(divTerm).cos());
            pe = new Buffer(encoding, false);
        }

        @Override
        public Tensor forward(Tensor x) {
            return dropout.call(x.add(pe.tensor().narrow(0, 0, x.size(0))));
        }
    }

    public static final class LanguageModel extends Layer {
        long dModel;
        PositionalEncoding posEncoder;
        TransformerEncoder transformerEncoder;
        Embedding encoder;
        Linear decoder;

        public LanguageModel(long ntoken, long dModel, long nhead, long dHid, long nlayers, double dropout) {
            this.dModel = dModel;
            posEncoder = new PositionalEncoding(dModel, dropout, 50);
            TransformerEncoderLayer encoderLayers = new TransformerEncoderLayer(
                    dModel,
                    nhead,
                    TransformerEncoderLayer.options()
                            .dimFeedforward(dHid)
                            .dropout(dropout)
                            .activation(TransformerEncoderLayer.Activation.GELU));
            transformerEncoder = new TransformerEncoder(encoderLayers, nlayers);
            encoder = new Embedding(ntoken, dModel);
            decoder = new Linear(dModel, ntoken);
            initWeights();
            decoder.weight = encoder.weight;
        }

        private void initWeights() {
            double initrange = 0.1;
            Init.uniform_(encoder.weight.tensor(), -initrange, initrange);
            Init.zeros_(decoder.bias.tensor());
        }

        @Override
        public Tensor forward(Tensor text) {
            Tensor mask = Transformer.generateSquareSubsequentMask(text.size(0));
            Tensor src = encoder.call(text).mul(Math.sqrt(dModel));
            src = posEncoder.call(src);
            Tensor output = transformerEncoder.call(
                    src, TransformerEncoder.callOptions().mask(mask));
            return decoder.call(output);
        }
    }

    /** What the decoder goes on from. */
    record State(Tensor outputs, Tensor hidden) {}

    static final class Encoder extends Module {
        Embedding embedding;
        GRU gru;
        Linear bridge;

        Encoder(long vocabulary, long embed, long hidden) {
            embedding = new Embedding(vocabulary, embed);
            gru = new GRU(embed, hidden, GRU.options().batchFirst(true).bidirectional(true));
            bridge = new Linear(2 * hidden, hidden);
        }

        State forward(Tensor source) {
            GRU.Output output = gru.call(embedding.call(source));
            Tensor h = output.h();
            Tensor hidden =
                    bridge.call(Torch.cat(List.of(h.get(0), h.get(1)), 1)).tanh();
            return new State(output.output(), hidden);
        }
    }

    static final class Attention extends Module {
        Linear attn;
        Linear v;

        Attention(long hidden) {
            attn = new Linear(3 * hidden, hidden);
            v = new Linear(hidden, 1, false);
        }

        Tensor forward(Tensor state, Tensor encoderOutputs, Tensor mask) {
            long steps = encoderOutputs.size(1);
            Tensor hidden = state.unsqueeze(1).repeat(1, steps, 1);
            Tensor energy =
                    attn.call(Torch.cat(List.of(hidden, encoderOutputs), 2)).tanh();
            Tensor scores = v.call(energy).squeeze(2).maskedFill(mask.eq(0), -1e10);
            return Functional.softmax(scores, 1);
        }
    }

    static final class Decoder extends Module {
        Embedding embedding;
        Attention attention;
        GRUCell cell;
        Bilinear relation;
        Linear out;

        Decoder(long vocabulary, long embed, long hidden) {
            embedding = new Embedding(vocabulary, embed);
            attention = new Attention(hidden);
            cell = new GRUCell(embed + 2 * hidden, hidden);
            relation = new Bilinear(hidden, 2 * hidden, hidden);
            out = new Linear(hidden, vocabulary);
        }

        State forward(Tensor token, Tensor state, Tensor encoderOutputs, Tensor mask) {
            Tensor weights = attention.forward(state, encoderOutputs, mask);
            Tensor context = Torch.bmm(weights.unsqueeze(1), encoderOutputs).squeeze(1);
            Tensor hidden = cell.call(Torch.cat(List.of(embedding.call(token), context), 1), state);
            return new State(out.call(relation.call(hidden, context).relu()), hidden);
        }
    }

    public static final class Seq2Seq extends PairLayer {
        Encoder encoder;
        Decoder decoder;

        public Seq2Seq(long vocabulary, long embed, long hidden) {
            encoder = new Encoder(vocabulary, embed, hidden);
            decoder = new Decoder(vocabulary, embed, hidden);
        }

        @Override
        public Tensor forward(Tensor source, Tensor target) {
            Tensor mask = source.ne(0);
            State encoded = encoder.forward(source);
            Tensor hidden = encoded.hidden;
            List<Tensor> outputs = new ArrayList<>();
            for (long t = 0; t < target.size(1) - 1; t++) {
                State decoded = decoder.forward(target.select(1, t), hidden, encoded.outputs, mask);
                hidden = decoded.hidden;
                outputs.add(decoded.outputs);
            }
            return Torch.stack(outputs, 1);
        }
    }
}
