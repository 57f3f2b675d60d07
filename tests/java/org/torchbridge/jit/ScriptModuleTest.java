package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.jit.Programs.expected;
import static org.torchbridge.jit.Programs.tensor;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;

class ScriptModuleTest {
    private final Tensor x = tensor("x");
    private ScriptModule model;

    @BeforeEach
    void load() {
        model = Programs.load("net.pt");
    }

    @Test
    void scriptComputesWhatPythonDoes() {
        assertClose(model.train(false).call(x), tensor("y"));
    }

    @Test
    void traceComputesWhatPythonDoes() {
        assertThat(Programs.load("traced.pt").call(x).shape()).containsExactly(5, 3);
        assertThat(Programs.load("traced.pt").toString()).isEqualTo(expected("traced_text"));
    }

    @Test
    void isPrintedAsPythonDoes() {
        assertThat(model.toString()).isEqualTo(expected("text"));
    }

    @Test
    void hasPythonsNamesInPythonsOrder() {
        assertThat(List.copyOf(model.stateDict().keySet())).isEqualTo(expected("keys"));
        assertThat(List.copyOf(model.namedParameters().keySet())).isEqualTo(expected("parameters"));
        assertThat(List.copyOf(model.namedBuffers().keySet())).isEqualTo(expected("buffers"));
        assertThat(List.copyOf(model.namedModules().keySet())).isEqualTo(expected("modules"));
        assertThat(List.copyOf(model.namedChildren().keySet())).isEqualTo(expected("children"));
        assertThat(model.children()).allMatch(ScriptModule.class::isInstance);
    }

    @Test
    void parametersKeepWhetherTheyAreLearned() {
        assertThat(model.getParameter("conv.bias").requiresGrad()).isFalse();
        assertThat(model.getParameter("conv.weight").requiresGrad()).isTrue();
    }

    @Test
    void parametersAndBuffersAreThoseOfTheProgram() {
        model.eval();
        Tensor before = model.call(x);
        try (var mode = Torch.noGrad()) {
            model.getParameter("fc.bias").tensor().add_(1);
            model.getBuffer("scale").tensor().mul_(2);
        }
        assertClose(model.call(x), before.mul(2).add(2));
    }

    @Test
    void aParameterIsReplaced() {
        model.eval();
        model.setParameter("fc.weight", new Parameter(Torch.zeros(3, 8)));
        model.setParameter("fc.bias", new Parameter(Torch.ones(3)));
        model.setBuffer("scale", new Buffer(Torch.tensor(3.0)));
        assertClose(model.call(x), Torch.full(new long[] {5, 3}, 6.0));

        model.call(x).sum().backward();
        assertThat(model.getParameter("fc.bias").grad().toFloatArray()).containsExactly(30, 30, 30);
    }

    @Test
    void aParameterHasToBeOneOfTheProgram() {
        assertThatThrownBy(() -> model.add("extra", new Parameter(Torch.ones(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Net has no attribute 'extra'")
                .hasMessageContaining("factor");
        assertThatThrownBy(() -> model.add("scale", new Parameter(Torch.ones(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'scale' of Net is a buffer, not a parameter");
        assertThatThrownBy(() -> model.getSubmodule("fc").compute("weight", fc -> Torch.ones(3, 8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be computed");
        assertThatThrownBy(() -> model.delete("fc"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whose program uses it");
    }

    @Test
    void movesToAnotherTypeAndBack() {
        model.eval();
        Tensor before = model.call(x);
        model.double_();
        assertThat(model.call(x.to(DType.FLOAT64)).dtype()).isEqualTo(DType.FLOAT64);
        assertClose(
                model.float_().stateDict().get("fc.weight"),
                Programs.load("net.pt").stateDict().get("fc.weight"));
        assertClose(model.call(x), before);
    }

    @Test
    void movesToTheMetaDeviceAsAPartOfAJavaModule() {
        ScriptModule fc = (ScriptModule) model.getSubmodule("fc");
        new Sequential(fc, new Linear(3, 2)).to(Device.META);
        assertThat(fc.call(Torch.ones(new long[] {2, 8}, TensorOptions.of(Device.META)))
                        .device())
                .isEqualTo(Device.META);
    }

    @Test
    void loadsAStateDict() {
        ScriptModule other = Programs.load("net.pt");
        try (var mode = Torch.noGrad()) {
            other.parameters().forEach(parameter -> parameter.tensor().fill_(0.1));
        }
        model.loadStateDict(other.stateDict());
        assertClose(
                model.eval().<ScriptModule>deepCopy().call(x),
                other.train(false).call(x));
        model.loadStateDict(Programs.load("net.pt").stateDict(), true, true);
        assertClose(model.call(x), tensor("y"));
    }

    @Test
    void trainingModeIsThatOfTheProgram() {
        assertThat(model.isTraining()).isTrue();
        assertThat(model.train(false)).isSameAs(model);
        assertThat(model.modules()).noneMatch(Module::isTraining);
        assertThat(model.attribute("training")).isEqualTo(false);
        assertThat(((ScriptModule) model.getSubmodule("body.2")).attribute("training"))
                .isEqualTo(false);
        new Sequential(model, new ReLU()).train();
        assertThat(model.modules()).allMatch(Module::isTraining);
        assertThat(Programs.load("traced.pt").isTraining()).isFalse();
    }

    @Test
    void attributesAreReadAndSet() {
        assertThat(model.attribute("classes")).isEqualTo(List.of("cat", "dog", "owl"));
        assertThat(model.attributes()).containsEntry("factor", 2L).doesNotContainKeys("scale", "fc");
        assertThat(model.attribute("fc")).isSameAs(model.getSubmodule("fc"));
        model.eval();
        Tensor before = model.call(x);
        model.attribute("factor", 6);
        assertClose(model.call(x), before.mul(3));
        assertThatThrownBy(() -> model.attribute("factor", "six"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'factor' of Net is the text \"six\"; int is expected");
        assertThatThrownBy(() -> model.attribute("none"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Net has no attribute 'none'; it has [");
    }

    @Test
    void aCopyIsAModuleOfItsOwn() {
        model.eval();
        ScriptModule copy = model.deepCopy();
        Tensor before = model.call(x);
        assertClose(copy.call(x), before);
        try (var mode = Torch.noGrad()) {
            copy.parameters().forEach(parameter -> parameter.tensor().zero_());
        }
        copy.attribute("factor", 1);
        copy.train(true);
        assertClose(model.call(x), before);
        assertThat(copy.train(false).call(x).abs().sum().toDouble()).isZero();
        assertThat(model.isTraining()).isFalse();
        assertThat(copy.toString()).isEqualTo(model.toString());
        assertThat(copy.getParameter("conv.bias").requiresGrad()).isFalse();
    }

    @Test
    void goesIntoASequential() {
        model.eval();
        Sequential both = new Sequential(model, new ReLU());
        assertClose(both.call(x), tensor("y").relu());
        assertThat(both.namedParameters()).containsKey("0.body.3.weight");
    }

    @Test
    void hooksRunAroundItsCalls() {
        List<String> seen = new ArrayList<>();
        RemovableHandle before = model.registerForwardPreHook((module, inputs) -> {
            seen.add("before " + inputs.size());
            return null;
        });
        model.registerForwardHook((module, inputs, output) -> ((Tensor) output).mul(0));
        assertThat(model.call(x).abs().sum().toDouble()).isZero();
        assertThat(((Tensor) model.run("forward", x)).abs().sum().toDouble()).isZero();
        before.remove();
        model.call(x);
        assertThat(seen).containsExactly("before 1", "before 1");
    }

    @Test
    void gradientsReachInputsAndParameters() {
        Tensor input = x.clone().requiresGrad(true);
        model.call(input).sum().backward();
        assertThat(input.grad()).isNotNull();
        assertThat(model.getParameter("conv.weight").grad()).isNotNull();
        model.zeroGrad();
        assertThat(model.parameters()).allMatch(parameter -> parameter.grad() == null);
    }

    @Test
    void methodsAreListedAsPythonWritesThem() {
        assertThat(model.methods())
                .containsEntry("forward", "forward(Tensor x) -> Tensor")
                .containsEntry("label", "label(Tensor x) -> List[str]");
        model.eval();
        assertThat(model.run("label", x)).isEqualTo(expected("labels"));
    }

    @Test
    void aProgramOfSeveralTensorsIsNotCalledWithOne() {
        ScriptModule values = Programs.load("values.pt");
        assertThatThrownBy(() -> values.call(x))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was not given its argument 'y'");
        assertThat(values.run("forward", Torch.ones(1), Torch.ones(1)).toString())
                .isEqualTo("[tensor([2.]), tensor([0.])]");
    }

    @Test
    void profilingChangesNoValue() {
        model.train(false).profiling(true);
        for (int i = 0; i < 4; i++) {
            assertClose(model.call(x), tensor("y"));
        }
    }

    @Test
    void frozenItIsTheSameProgramOfConstants() {
        ScriptModule frozen = model.freeze();
        assertClose(frozen.call(x), tensor("y"));
        assertThat(frozen.parameters()).isEmpty();
        assertThat(frozen.isTraining()).isFalse();
        assertThat(model.isTraining()).isTrue();
        assertThat(frozen.methods()).containsOnlyKeys("forward");
        assertThat(model.freeze("label", "classes").run("label", x)).isEqualTo(expected("labels"));
    }

    @Test
    void optimizedItComputesTheSame() {
        ScriptModule optimized = model.optimizeForInference();
        assertClose(optimized.call(x), tensor("y"));
        assertThat(optimized.methods()).containsOnlyKeys("forward");
        assertThat(optimized.toGraph("forward").kinds())
                .containsKeys("mkldnn::_convolution_pointwise", "mkldnn::_linear_pointwise");
        model.close();
        assertClose(optimized.call(x), tensor("y"));
    }

    @Test
    void optimizedInBfloat16ItComputesAboutTheSame() {
        Tensor y = model.optimizeForInference(DType.BFLOAT16).call(x);
        assertThat(y.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(Torch.allclose(y, tensor("y"), 0.05, 0.05)).isTrue();
        assertClose(model.optimizeForInference(DType.FLOAT32).call(x), tensor("y"));
        assertThatThrownBy(() -> model.optimizeForInference(DType.FLOAT16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FLOAT32 or BFLOAT16");
    }

    @Test
    void optimizedItHasNothingToTrainAndCannotBeSaved() {
        ScriptModule optimized = model.optimizeForInference();
        assertThat(optimized.parameters()).isEmpty();
        assertThat(optimized.isTraining()).isFalse();
        assertThat(model.parameters()).isNotEmpty().anyMatch(Parameter::requiresGrad);
        assertThatThrownBy(optimized::toByteArray)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("save the module that it was made of");
    }

    @Test
    void optimizedItCanKeepOtherMethods() {
        ScriptModule optimized = model.optimizeForInference("label");
        assertThat(optimized.methods()).containsKeys("forward", "label");
        assertClose(optimized.call(x), tensor("y"));
    }

    @Test
    void closedItSaysSo() {
        Module fc = model.getSubmodule("fc");
        model.close();
        model.close();
        assertThatThrownBy(() -> model.call(x))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this script module was closed");
        assertThatThrownBy(() -> ((ScriptModule) fc).call(x)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> model.run("label", x)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> model.attribute("factor")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> model.stateDict()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> model.toByteArray()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> model.methods()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> model.toGraph("forward")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> model.freeze()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatFailsInAProgramSaysWhatAndWhere() {
        assertThatThrownBy(() -> model.call(Torch.ones(2)))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("Expected 3D (unbatched) or 4D (batched) input to conv2d")
                .satisfies(e -> assertThat(((TorchException) e).nativeTrace()).contains("make_torchscript.py"));
        ScriptModule values = Programs.load("values.pt");
        assertThatThrownBy(() -> values.run("fails", 3))
                .isInstanceOf(TorchException.class)
                .hasMessage("x is 3");
        assertThat(values.run("fails", 0)).isEqualTo(0L);
    }

    static void assertClose(Tensor actual, Tensor expected) {
        assertThat(Torch.allclose(actual, expected, 1e-5, 1e-6))
                .as("%s is %s", actual, expected)
                .isTrue();
    }
}
