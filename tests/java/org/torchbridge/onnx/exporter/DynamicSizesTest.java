package org.torchbridge.onnx.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.AdaptiveAvgPool2d;
import org.torchbridge.nn.Conv2d;
import org.torchbridge.nn.Embedding;
import org.torchbridge.nn.Flatten;
import org.torchbridge.nn.GRU;
import org.torchbridge.nn.GroupNorm;
import org.torchbridge.nn.LSTM;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.MultiheadAttention;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;
import org.torchbridge.nn.TransformerEncoderLayer;
import org.torchbridge.onnx.Onnx;
import org.torchbridge.onnx.OnnxExport;
import org.torchbridge.onnx.OnnxExportOptions;

/** Sizes that stay open: the model is for others too. */
class DynamicSizesTest extends ExportTest {
    private static final OnnxExportOptions BATCH = OnnxExportOptions.options().dynamic("0", 0, "batch");

    /** ONNX Runtime gives the same for two sizes, and the model read again for a third. */
    private void assertOpen(
            Module module, Function<List<Tensor>, ?> forward, OnnxExportOptions options, Tensor example, Tensor other) {
        module.eval();

        OnnxExport export = Onnx.export(module, forward, file(), List.of(example), options.verify(true));

        assertThat(export.warnings()).isEmpty();
        Tensor expected = (Tensor) forward.apply(List.of(other));
        Tensor actual = (Tensor) export.model().toModule().run("forward", other);
        assertThat(Torch.allclose(actual, expected, 1e-4, 1e-5)).isTrue();
    }

    private void assertOpen(String expression, OnnxExportOptions options, Object... inputs) {
        assertSame(options, expression, inputs);
    }

    @Test
    void aBatchStaysOpenOverFlatten() {
        Sequential net = new Sequential(
                new Conv2d(3, 4, 3), new ReLU(), new AdaptiveAvgPool2d(1), new Flatten(), new Linear(4, 2));

        assertOpen(net, in -> net.call(in.get(0)), BATCH, random(2, 3, 8, 8), random(6, 3, 8, 8));
    }

    @Test
    void heightAndWidthStayOpenOverConvolutionsAndNorms() {
        Sequential net = new Sequential(new Conv2d(3, 4, 3, Conv2d.options().padding(1)), new GroupNorm(2, 4));
        OnnxExportOptions options = BATCH.dynamic("0", 2, "height").dynamic("0", 3, "width");

        assertOpen(net, in -> net.call(in.get(0)), options, random(2, 3, 8, 6), random(1, 3, 5, 10));
    }

    @Test
    void batchAndTimeStayOpenOverRecurrentNetworks() {
        OnnxExportOptions options =
                OnnxExportOptions.options().dynamic("0", 0, "time").dynamic("0", 1, "batch");
        LSTM lstm = new LSTM(3, 4, LSTM.options().numLayers(2).bidirectional(true));
        GRU gru = new GRU(3, 4);

        assertOpen(lstm, in -> lstm.call(in.get(0)).output(), options, random(5, 2, 3), random(7, 3, 3));
        assertOpen(gru, in -> gru.call(in.get(0)).output(), options, random(5, 2, 3), random(7, 3, 3));
    }

    @Test
    void batchAndTimeStayOpenOverAttention() {
        OnnxExportOptions options =
                OnnxExportOptions.options().dynamic("0", 0, "time").dynamic("0", 1, "batch");
        MultiheadAttention attention = new MultiheadAttention(4, 2);
        TransformerEncoderLayer encoder = new TransformerEncoderLayer(4, 2);

        assertOpen(
                attention,
                in -> attention.call(in.get(0), in.get(0), in.get(0)).attnOutput(),
                options,
                random(5, 2, 4),
                random(7, 3, 4));
        assertOpen(encoder, in -> encoder.call(in.get(0)), options, random(5, 2, 4), random(7, 3, 4));
    }

    @Test
    void timeStaysOpenOverEmbeddings() {
        Embedding embedding = new Embedding(10, 4);
        OnnxExportOptions options = BATCH.dynamic("0", 1, "time");

        assertOpen(
                embedding,
                in -> embedding.call(in.get(0)),
                options,
                Torch.randint(10, new long[] {2, 3}),
                Torch.randint(10, new long[] {4, 6}));
    }

    @Test
    void sizesStayOpenWhereProgramsComputeThem() {
        OnnxExportOptions rows = OnnxExportOptions.options().dynamic("x", 0, "rows");

        assertOpen("x.reshape(x.size(0), -1)", rows, random(2, 3, 4));
        assertOpen("x.view(-1, x.size(1) * x.size(2))", rows, random(2, 3, 4));
        assertOpen("x.flatten(0, 1)", rows, random(2, 3, 4));
        assertOpen("x.unsqueeze(0).expand(3, -1, -1, -1)", rows, random(2, 3, 4));
        assertOpen("x[:, :1].expand(x.size(0), 3, x.size(2))", rows, random(2, 3, 4));
        assertOpen("x.unflatten(0, [-1, 1])", rows, random(2, 3, 4));
        assertOpen("x.split(2)[0]", OnnxExportOptions.options().dynamic("x", 1, "columns"), random(5, 3));
        assertOpen("torch.arange(x.size(0)) + x.sum([1, 2])", rows, random(2, 3, 4));
        assertOpen("x[x.size(0) - 1]", rows, random(2, 3, 4));
        assertOpen("x.mean(0) * x.size(0)", rows, random(2, 3, 4));
        assertOpen("x.std(0)", rows, random(2, 3, 4));
    }

    @Test
    void heightAndWidthStayOpenOverResizing() {
        OnnxExportOptions options =
                OnnxExportOptions.options().dynamic("x", 2, "height").dynamic("x", 3, "width");

        assertOpen("torch.upsample_bilinear2d(x, None, False, [2.0, 1.5])", options, random(1, 2, 4, 6));
        assertOpen("torch.upsample_nearest2d(x, None, [2.0, 2.0])", options, random(1, 2, 4, 6));
        assertOpen("torch.upsample_bilinear2d(x, [x.size(2) * 2, x.size(3) * 3], True)", options, random(1, 2, 4, 6));
    }

    @Test
    void outputsNameTheOpenSizesThatTheyHave() {
        OnnxExportOptions options = BATCH.dynamic("0", 2, "height").dynamic("0", 3, "width");
        Conv2d padded = new Conv2d(3, 4, 3, Conv2d.options().padding(1).stride(1, 2));

        OnnxExport export = Onnx.export(padded, file(), List.of(random(2, 3, 8, 6)), options.outputNames("map"));

        assertThat(export.model().outputs()).hasToString("[map: float[batch, 4, height, ?]]");
    }

    @Test
    void sizesThatAreEqualInTheExampleAreToldApart() {
        OnnxExportOptions options =
                OnnxExportOptions.options().dynamic("0", 0, "rows").dynamic("1", 0, "columns");

        OnnxExport export = Onnx.export(
                new ReLU(), in -> in.get(0).mm(in.get(1).t()), file(), List.of(random(3, 4), random(3, 4)), options);

        assertThat(export.model().outputs()).hasToString("[output: float[rows, columns]]");
    }

    @Test
    void twoInputsShareAnOpenSize() {
        OnnxExportOptions options =
                OnnxExportOptions.options().dynamic("x", 0, "batch").dynamic("y", 0, "batch");

        assertOpen(
                "torch.cat([x, y], 1) * torch.cosine_similarity(x, y)[:, None]", options, random(2, 3), random(2, 3));
    }

    @Test
    void attentionWithAMaskOfItsOwnStaysOpen() {
        OnnxExportOptions options = OnnxExportOptions.options()
                .dynamic("x", 2, "queries")
                .dynamic("y", 2, "keys")
                .dynamic("z", 2, "keys");

        assertOpen(
                "torch.scaled_dot_product_attention(x, y, z)",
                options,
                random(2, 2, 3, 4),
                random(2, 2, 5, 4),
                random(2, 2, 5, 4));
        assertOpen(
                "torch.scaled_dot_product_attention(x, y, z, None, 0.0, True)",
                options,
                random(2, 2, 3, 4),
                random(2, 2, 5, 4),
                random(2, 2, 5, 4));
    }
}
