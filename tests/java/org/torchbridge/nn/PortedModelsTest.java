package org.torchbridge.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.ported.ConvolutionalNetworks.MobileNet;
import org.torchbridge.nn.ported.ConvolutionalNetworks.UNet;
import org.torchbridge.nn.ported.ConvolutionalNetworks.Vgg;
import org.torchbridge.nn.ported.Embeddings.EmbeddingNet;
import org.torchbridge.nn.ported.Embeddings.VisionTransformer;
import org.torchbridge.nn.ported.GenerativeNetworks;
import org.torchbridge.nn.ported.GenerativeNetworks.Discriminator;
import org.torchbridge.nn.ported.GenerativeNetworks.Generator;
import org.torchbridge.nn.ported.GenerativeNetworks.Vae;
import org.torchbridge.nn.ported.Sequences.LanguageModel;
import org.torchbridge.nn.ported.Sequences.Seq2Seq;
import org.torchbridge.nn.ported.Sequences.TextClassifier;
import org.torchbridge.optim.Adam;
import org.torchbridge.optim.Optimizer;
import org.torchbridge.optim.SGD;
import org.torchbridge.testing.GoldenRow;
import org.torchbridge.testing.PythonProgram.Assignment;

/** Models as people write them print, start and learn as the same ones in tests/python/make_ported_models.py. */
class PortedModelsTest {
    private static final int STEPS = 5;

    /** Makes a model, shows it to the observer, trains it and returns the losses. */
    private interface Training {
        List<Tensor> run(Assignment observer);
    }

    private static final Map<String, Training> TRAININGS = new LinkedHashMap<>();

    static {
        TRAININGS.put("Vgg", PortedModelsTest::vgg);
        TRAININGS.put("UNet", PortedModelsTest::unet);
        TRAININGS.put("MobileNet", PortedModelsTest::mobileNet);
        TRAININGS.put("Gan", PortedModelsTest::gan);
        TRAININGS.put("Vae", PortedModelsTest::vae);
        TRAININGS.put("TextClassifier", PortedModelsTest::textClassifier);
        TRAININGS.put("LanguageModel", PortedModelsTest::languageModel);
        TRAININGS.put("Seq2Seq", PortedModelsTest::seq2Seq);
        TRAININGS.put("EmbeddingNet", PortedModelsTest::embeddingNet);
        TRAININGS.put("VisionTransformer", PortedModelsTest::visionTransformer);
    }

    static Stream<GoldenRow> rows() {
        return GoldenRow.of("/nn/ported_models.txt");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aPortedModelIsPythons(GoldenRow row) {
        row.verify((name, observer) -> TRAININGS.get(name).run(observer));
    }

    private static List<Tensor> vgg(Assignment observer) {
        Vgg m = shown(new Vgg(new int[] {4, Vgg.M, 8, Vgg.M, 8}, 3), observer);
        Tensor x = Torch.randn(6, 3, 9, 8);
        Tensor y = Torch.randint(3, new long[] {6});
        CrossEntropyLoss criterion =
                new CrossEntropyLoss(CrossEntropyLoss.options().labelSmoothing(0.1));
        return sgd(m, () -> criterion.call(m.call(x), y));
    }

    private static List<Tensor> unet(Assignment observer) {
        UNet m = shown(new UNet(2, 3), observer);
        Tensor x = Torch.randn(2, 2, 10, 9);
        Tensor y = Torch.randint(3, new long[] {2, 10, 9});
        return adam(
                m,
                () -> Functional.crossEntropy(
                        m.call(x), y, CrossEntropyLoss.options().ignoreIndex(2)));
    }

    private static List<Tensor> mobileNet(Assignment observer) {
        MobileNet m = shown(new MobileNet(5), observer);
        Tensor x = Torch.randn(4, 3, 12, 12);
        Tensor y = Torch.randint(5, new long[] {4});
        return sgd(m, () -> Functional.nllLoss(Functional.logSoftmax(m.call(x), 1), y));
    }

    private static List<Tensor> gan(Assignment observer) {
        Generator g = new Generator(6, 4);
        g.apply(GenerativeNetworks::weightsInit);
        observer.assigned("g", g);
        Discriminator d = new Discriminator(4);
        d.apply(GenerativeNetworks::weightsInit);
        observer.assigned("d", d);
        return GenerativeNetworks.gan(g, d, STEPS);
    }

    private static List<Tensor> vae(Assignment observer) {
        Vae m = shown(new Vae(36, 16, 3), observer);
        Tensor x = Torch.rand(5, 1, 6, 6);
        return adam(m, () -> GenerativeNetworks.vaeLoss(m.call(x), x));
    }

    private static List<Tensor> textClassifier(Assignment observer) {
        TextClassifier m = shown(new TextClassifier(20, 6, 5, 1), observer);
        Tensor text = Torch.tensor(new long[][] {{4, 5, 6, 0, 0}, {7, 8, 9, 10, 11}, {3, 2, 0, 0, 0}});
        Tensor lengths = Torch.tensor(new long[] {3, 5, 2});
        Tensor y = Torch.tensor(new float[] {1, 0, 1});
        BCEWithLogitsLoss criterion =
                new BCEWithLogitsLoss(BCEWithLogitsLoss.options().posWeight(Torch.tensor(2.0f)));
        return adam(m, () -> criterion.call(m.call(text, lengths).squeeze(1), y));
    }

    private static List<Tensor> languageModel(Assignment observer) {
        LanguageModel m = shown(new LanguageModel(15, 8, 2, 12, 2, 0.2), observer);
        Tensor text = Torch.randint(15, new long[] {7, 3});
        return sgd(
                m,
                () -> Functional.crossEntropy(
                        m.call(text.get(":-1")).view(-1, 15), text.get("1:").reshape(-1)));
    }

    private static List<Tensor> seq2Seq(Assignment observer) {
        Seq2Seq m = shown(new Seq2Seq(12, 5, 6), observer);
        Tensor source = Torch.tensor(new long[][] {{3, 4, 5, 6}, {7, 8, 2, 0}});
        Tensor target = Torch.randint(1, 12, new long[] {2, 5});
        return adam(m, () -> Functional.crossEntropy(m.call(source, target).transpose(1, 2), target.get(":, 1:")));
    }

    private static List<Tensor> embeddingNet(Assignment observer) {
        EmbeddingNet m = shown(new EmbeddingNet(), observer);
        Tensor a = Torch.randn(5, 2, 14);
        Tensor p = Torch.randn(5, 2, 14);
        Tensor n = Torch.randn(5, 2, 14);
        TripletMarginLoss criterion =
                new TripletMarginLoss(TripletMarginLoss.options().margin(0.5).swap(true));
        return sgd(m, () -> criterion.call(m.call(a), m.call(p), m.call(n)));
    }

    private static List<Tensor> visionTransformer(Assignment observer) {
        VisionTransformer m = shown(new VisionTransformer(8, 2, 4), observer);
        Tensor x = Torch.randn(3, 1, 8, 8);
        Tensor y = Functional.oneHot(Torch.randint(4, new long[] {3}), 4).to(DType.FLOAT32);
        HuberLoss criterion = new HuberLoss(Reduction.MEAN, 0.5);
        return sgd(m, () -> criterion.call(m.call(x).softmax(-1), y));
    }

    private static <M extends Module> M shown(M model, Assignment observer) {
        observer.assigned("m", model);
        return model;
    }

    private static List<Tensor> sgd(Module model, Supplier<Tensor> loss) {
        return trained(new SGD(model.parameters(), SGD.options().lr(0.05).momentum(0.9)), loss);
    }

    private static List<Tensor> adam(Module model, Supplier<Tensor> loss) {
        return trained(new Adam(model.parameters(), 0.005), loss);
    }

    private static List<Tensor> trained(Optimizer<?> optimizer, Supplier<Tensor> loss) {
        List<Tensor> losses = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            optimizer.zeroGrad();
            Tensor latest = loss.get();
            latest.backward();
            optimizer.step();
            losses.add(latest);
        }
        return losses;
    }
}
