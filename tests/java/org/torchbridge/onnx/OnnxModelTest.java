package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.FileFormatException;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.proto.ModelProto;

class OnnxModelTest {
    private static final int MUTATIONS = 300;

    @TempDir
    private Path folder;

    private static ModelText text() {
        return new ModelText(17)
                .input("x", "float", "batch", 2)
                .weight("fc.weight", Torch.ones(3, 2))
                .weight("fc.bias", Torch.ones(3))
                .node("Gemm", "x fc.weight fc.bias", "h", ModelText.attribute("transB", 1))
                .node("Relu", "h", "y")
                .output("y");
    }

    @Test
    void aModelTellsWhatItIs() {
        ModelProto proto = text().proto().toBuilder()
                .setProducerName("pytorch")
                .setProducerVersion("2.1")
                .build();
        OnnxModel model = OnnxModel.load(new ByteArrayInputStream(proto.toByteArray()));

        assertThat(model.irVersion()).isEqualTo(8);
        assertThat(model.producer()).isEqualTo("pytorch 2.1");
        assertThat(model.opsets()).containsEntry("", 17L);
        assertThat(model.inputs()).hasToString("[x: float[batch, 2]]");
        assertThat(model.outputs()).hasToString("[y: unknown]");
        assertThat(model.weights()).hasToString("{fc.weight=float[3, 2], fc.bias=float[3]}");
        assertThat(model.operators()).containsEntry("Gemm", 1).containsEntry("Relu", 1);
    }

    @Test
    void weightsThatAreListedAsInputsNeedNotBeGiven() {
        OnnxModel model = text().input("fc.bias", "float", 3).load();

        assertThat(model.inputs()).hasSize(1);
    }

    @Test
    void parametersOfModulesTrain() {
        ScriptModule module = text().load().toModule();

        module.call(Torch.ones(1, 2)).sum().backward();

        assertThat(module.namedParameters()).containsOnlyKeys("fc.weight", "fc.bias");
        assertThat(module.parameters())
                .allSatisfy(parameter -> assertThat(parameter.grad()).isNotNull());
    }

    @Test
    void filesAreReadWhenTheirWeightsAreUsed() throws Exception {
        Path file = folder.resolve("model.onnx");
        Files.write(file, text().proto().toByteArray());

        assertThat(OnnxModel.load(file).toGraph().slots()).containsOnlyKeys("fc.weight", "fc.bias");
    }

    @Test
    void whatIsNoModelIsRefusedByName() throws Exception {
        Path file = folder.resolve("picture.onnx");
        Files.write(file, "no model at all".getBytes());

        assertThatThrownBy(() -> OnnxModel.load(file))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("picture.onnx is not an ONNX model");
        assertThatThrownBy(() -> OnnxModel.load(new byte[0])).isInstanceOf(FileFormatException.class);
        assertThatThrownBy(() -> OnnxModel.load(folder.resolve("missing.onnx"))).isInstanceOf(TorchException.class);
    }

    @Test
    void versionsOfTheFormatFromLongAgoAreRefused() {
        byte[] old = text().proto().toBuilder().setIrVersion(2).build().toByteArray();

        assertThatThrownBy(() -> OnnxModel.load(old))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void damagedModelsGiveAnExceptionOrAProgram() {
        byte[] good = text().proto().toByteArray();
        Random random = new Random(1);
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bad = random.nextBoolean() ? good.clone() : Arrays.copyOf(good, random.nextInt(good.length));
            for (int k = 0; k < 3 && bad.length > 0; k++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            assertThatCode(() -> {
                        try {
                            OnnxModel.load(bad).toGraph();
                        } catch (TorchException expected) {
                            assertThat(expected.getMessage()).isNotBlank();
                        }
                    })
                    .doesNotThrowAnyException();
        }
    }
}
