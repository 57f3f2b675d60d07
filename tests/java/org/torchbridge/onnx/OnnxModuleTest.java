package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Identity;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;
import org.torchbridge.optim.SGD;

/** An imported model is a module as the original was: {@code tests/python/make_onnx_modules.py}. */
class OnnxModuleTest {
    private static final OnnxModel MODEL = OnnxModel.load(Path.of("tests", "resources", "onnx_modules", "resnet.onnx"));

    private Tensor images;

    @BeforeEach
    void draw() {
        Torch.manualSeed(1);
        images = Torch.randn(4, 3, 16, 16);
    }

    private void step(Module module, Tensor loss) {
        SGD optimizer = new SGD(module.parameters(), 0.1);
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
    }

    /** The names of the parameters that a step of training changes. */
    private Set<String> changed(ScriptModule module) {
        Map<String, Tensor> before = new LinkedHashMap<>();
        module.namedParameters()
                .forEach((name, each) -> before.put(name, each.tensor().detach().clone()));
        step(module, module.call(images).square().sum());
        return module.namedParameters().keySet().stream()
                .filter(name -> !module.namedParameters().get(name).tensor().equal(before.get(name)))
                .collect(Collectors.toSet());
    }

    // ---- names

    /** Though the exporter has folded the normalisations away and made names up for what is left. */
    @Test
    void childrenAndParametersHaveTheirNames() {
        ScriptModule module = MODEL.toModule();

        assertThat(module.namedChildren().keySet())
                .containsExactly("conv1", "relu", "layer1", "layer2", "avgpool", "fc");
        assertThat(module.getSubmodule("layer2.0").namedParameters())
                .containsOnlyKeys(
                        "conv1.weight",
                        "conv1.bias",
                        "conv2.weight",
                        "conv2.bias",
                        "downsample.0.weight",
                        "downsample.0.bias");
        assertThat(module.namedParameters()).hasSize(24).containsKeys("conv1.weight", "layer1.1.conv2.bias", "fc.bias");
    }

    @Test
    void itPrintsAsATree() {
        assertThat(MODEL.toModule().getSubmodule("layer1").toString())
                .isEqualTo(
                        """
                        RecursiveScriptModule(
                          original_name=Layer1
                          (0): RecursiveScriptModule(
                            original_name=_0
                            (conv1): RecursiveScriptModule(original_name=Conv1)
                            (relu): RecursiveScriptModule(original_name=Relu)
                            (conv2): RecursiveScriptModule(original_name=Conv2)
                            (downsample): RecursiveScriptModule(
                              original_name=Downsample
                              (0): RecursiveScriptModule(original_name=_0)
                            )
                          )
                          (1): RecursiveScriptModule(
                            original_name=_1
                            (conv1): RecursiveScriptModule(original_name=Conv1)
                            (relu): RecursiveScriptModule(original_name=Relu)
                            (conv2): RecursiveScriptModule(original_name=Conv2)
                          )
                        )""");
    }

    // ---- training

    @Test
    void aFrozenChildStaysAsItIs() {
        ScriptModule module = MODEL.toModule();
        module.getSubmodule("layer1").requiresGrad(false);

        assertThat(changed(module))
                .contains("conv1.weight", "layer2.1.conv2.weight", "fc.bias")
                .noneMatch(name -> name.startsWith("layer1."));
    }

    @Test
    void optionsMakeBuffersOfTheWeightsThatDoNotTrain() {
        ScriptModule module = MODEL.toModule(OnnxOptions.options().trainable(name -> name.startsWith("fc")));

        assertThat(module.namedParameters()).containsOnlyKeys("fc.weight", "fc.bias");
        assertThat(module.namedBuffers()).hasSize(22).containsKey("layer1.0.conv1.weight");
        assertThat(changed(module)).containsExactlyInAnyOrder("fc.weight", "fc.bias");
    }

    @Test
    void aNewHeadIsTrained() {
        ScriptModule module = MODEL.toModule();
        Module head = module.getSubmodule("fc");
        head.add("weight", new Parameter(Torch.randn(2, 6)));
        head.add("bias", new Parameter(Torch.zeros(2)));
        Tensor labels = Torch.tensor(0L, 1L, 0L, 1L);

        double first = Functional.crossEntropy(module.call(images), labels).toDouble();
        for (int i = 0; i < 50; i++) {
            step(module, Functional.crossEntropy(module.call(images), labels));
        }

        assertThat(module.call(images).shape()).containsExactly(4, 2);
        assertThat(Functional.crossEntropy(module.call(images), labels).toDouble())
                .isLessThan(first / 2);
    }

    @Test
    void aLayerTakesThePlaceOfAChildAndTrains() {
        ScriptModule module = MODEL.toModule();
        Linear head = new Linear(6, 2);
        Tensor before = head.weight.tensor().detach().clone();

        module.setChild("fc", head);
        Tensor scores = module.call(images);
        step(module, scores.square().sum());

        assertThat(scores.shape()).containsExactly(4, 2);
        assertThat(head.weight.tensor().equal(before)).isFalse();
    }

    /** The exporter writes {@code relu_1} for the second call of {@code relu}. */
    @Test
    void whatIsCalledTwiceIsReplacedInBothCalls() {
        ScriptModule block = (ScriptModule) MODEL.toModule().getSubmodule("layer1.1");
        Tensor features = Torch.randn(2, 4, 8, 8);
        Tensor inner = ((Layer) block.getSubmodule("conv1")).call(features);
        Tensor linear = ((Layer) block.getSubmodule("conv2")).call(inner).add(features);

        block.setChild("relu", new Identity());

        assertThat(Torch.allclose(block.call(features), linear, 1e-5, 1e-6)).isTrue();
    }

    @Test
    void childrenAreCalledAndSlicedLikeTheModule() {
        ScriptModule module = MODEL.toModule();
        ScriptModule layer = (ScriptModule) module.getSubmodule("layer1");
        Tensor features = Torch.randn(2, 4, 8, 8);

        Tensor first = layer.slice(0, 1).call(features);

        assertThat(layer.slice(1, 2).call(first).equal(layer.call(features))).isTrue();
    }

    // ---- parts and forms

    @Test
    void theHeadIsCutOff() {
        ScriptModule features = MODEL.toModule(OnnxOptions.options().outputs("/Flatten_output_0"));

        assertThat(features.namedChildren().keySet()).containsExactly("conv1", "relu", "layer1", "layer2", "avgpool");
        Tensor scores = Functional.linear(
                features.call(images),
                MODEL.toModule().namedParameters().get("fc.weight").tensor(),
                MODEL.toModule().namedParameters().get("fc.bias").tensor());
        assertThat(Torch.allclose(scores, MODEL.toModule().call(images), 1e-5, 1e-6))
                .isTrue();
    }

    @Test
    void sizesStayOpen() {
        assertThat(MODEL.toModule().call(Torch.randn(1, 3, 24, 16)).shape()).containsExactly(1, 5);
    }

    @Test
    void theFormForInferenceComputesTheSameWithoutParameters() {
        ScriptModule fast = MODEL.toModule(OnnxOptions.inference());

        assertThat(fast.parameters()).isEmpty();
        assertThat(Torch.allclose(fast.call(images), MODEL.toModule().call(images), 1e-4, 1e-5))
                .isTrue();
    }

    @Test
    void inBfloat16ItComputesAboutTheSame() {
        Tensor scores = MODEL.toModule(OnnxOptions.inference().bfloat16(true)).call(images);

        assertThat(scores.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(Torch.allclose(scores, MODEL.toModule().call(images), 0.05, 0.05))
                .isTrue();
    }

    @Test
    void bfloat16IsForInferenceAlone() {
        assertThatThrownBy(() -> OnnxOptions.options().bfloat16(true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("OnnxOptions.inference()");
    }
}
