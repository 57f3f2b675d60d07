package org.torchbridge.nn.ported;

import java.util.List;
import java.util.stream.Stream;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.AdaptiveMaxPool1d;
import org.torchbridge.nn.Conv1d;
import org.torchbridge.nn.Conv2d;
import org.torchbridge.nn.ELU;
import org.torchbridge.nn.Flatten;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.GELU;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.LayerNorm;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.MaxPool1d;
import org.torchbridge.nn.ModuleDict;
import org.torchbridge.nn.MultiheadAttention;
import org.torchbridge.nn.PReLU;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.Sequential;
import org.torchbridge.nn.Size;

/** The other models of tests/python/make_ported_models.py. */
public final class Embeddings {
    private Embeddings() {}

    public static final class EmbeddingNet extends Layer {
        Sequential convnet = new Sequential(
                new Conv1d(2, 6, 5),
                new PReLU(),
                new MaxPool1d(2, MaxPool1d.options().stride(2)),
                new Conv1d(
                        6,
                        8,
                        3,
                        Conv1d.options().padding(Conv1d.NamedPadding.SAME).paddingMode(Conv1d.PaddingMode.CIRCULAR)),
                new PReLU(),
                new AdaptiveMaxPool1d(2));
        Sequential fc =
                new Sequential(new Flatten(), new Linear(16, 12), new LayerNorm(12), new ELU(), new Linear(12, 4));

        @Override
        public Tensor forward(Tensor x) {
            return Functional.normalize(fc.call(convnet.call(x)), 2.0, 1);
        }
    }

    static final class Block extends Layer {
        LayerNorm norm1;
        MultiheadAttention attn;
        LayerNorm norm2;
        ModuleDict<Layer> mlp = new ModuleDict<>();
        Parameter gamma;

        Block(long dim, long heads) {
            norm1 = new LayerNorm(dim, LayerNorm.options().eps(1e-6));
            attn = new MultiheadAttention(
                    dim, heads, MultiheadAttention.options().dropout(0.1).batchFirst(true));
            norm2 = new LayerNorm(dim, LayerNorm.options().eps(1e-6));
            mlp.put("fc1", new Linear(dim, 2 * dim));
            mlp.put("act", new GELU());
            mlp.put("fc2", new Linear(2 * dim, dim));
            gamma = new Parameter(Torch.full(new long[] {dim}, 0.5));
        }

        @Override
        public Tensor forward(Tensor input) {
            Tensor y = norm1.call(input);
            y = attn.call(y, y, y, MultiheadAttention.callOptions().needWeights(false))
                    .attnOutput();
            Tensor x = input.add(gamma.tensor().mul(y));
            y = norm2.call(x);
            for (Layer layer : mlp.values()) {
                y = layer.call(y);
            }
            return x.add(y);
        }
    }

    public static final class VisionTransformer extends Layer {
        Conv2d patchEmbed;
        Parameter clsToken;
        Parameter posEmbed;
        Sequential blocks;
        LayerNorm norm;
        Linear head;

        public VisionTransformer(long dim, long depth, long classes) {
            patchEmbed = new Conv2d(1, dim, Size.of(4, 4), Conv2d.options().stride(4, 4));
            clsToken = new Parameter(Torch.zeros(1, 1, dim));
            posEmbed = new Parameter(Torch.randn(1, 5, dim).mul(0.02));
            blocks = new Sequential(
                    Stream.generate(() -> new Block(dim, 2)).limit(depth).toList());
            norm = new LayerNorm(dim);
            head = new Linear(dim, classes);
        }

        @Override
        public Tensor forward(Tensor images) {
            Tensor x = patchEmbed.call(images).flatten(2).transpose(1, 2);
            Tensor cls = clsToken.tensor().expand(x.size(0), -1, -1);
            x = Torch.cat(List.of(cls, x), 1);
            x = x.add(posEmbed.tensor());
            x = norm.call(blocks.call(x));
            return head.call(x.get(":, 0"));
        }
    }
}
