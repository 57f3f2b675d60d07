package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class ModulePathsTest {
    private static final class Block extends Layer {
        final Linear fc = new Linear(2, 3);
        final Sequential body = new Sequential(new Linear(3, 3), new BatchNorm2d(3));
        final Linear again = fc;
        Layer none;

        @Override
        public Tensor forward(Tensor input) {
            return body.get(0).call(fc.call(input));
        }
    }

    private final Block block = new Block();

    @Test
    void pathsLeadToModulesParametersAndBuffers() {
        assertThat(block.getSubmodule("")).isSameAs(block);
        assertThat(block.getSubmodule("body.1")).isSameAs(block.body.get(1));
        assertThat(block.getParameter("body.0.weight")).isSameAs(((Linear) block.body.get(0)).weight);
        assertThat(block.getBuffer("body.1.running_mean")).isSameAs(((BatchNorm2d) block.body.get(1)).runningMean);
        assertThat(block.tensor("fc.bias")).isSameAs(block.fc.bias.tensor());
        assertThat(block.tensor("body.1.running_var").toFloatArray()).containsOnly(1);
    }

    @Test
    void aPathThatLeadsNowhereSaysWhatThereIs() {
        assertThatThrownBy(() -> block.getSubmodule("body.7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Sequential has no module '7'; there are [0, 1]");
        assertThatThrownBy(() -> block.getParameter("fc.running_mean"))
                .hasMessage("Linear has no parameter 'running_mean'; there are [weight, bias]");
        assertThatThrownBy(() -> block.getBuffer("body.1.weight")).hasMessageContaining("has no buffer 'weight'");
        assertThatThrownBy(() -> block.tensor("fc.x")).hasMessageContaining("no parameter or buffer 'x'");
        assertThatThrownBy(() -> block.getSubmodule("body..0")).hasMessageContaining("has no module ''");
    }

    @Test
    void fieldsAreSetByPathFinalOnesToo() {
        Linear replacement = new Linear(2, 3);
        block.setSubmodule("fc", replacement);
        assertThat(block.namedChildren()).containsEntry("fc", replacement);
        block.setSubmodule("none", new ReLU());
        assertThat(block.none).isInstanceOf(ReLU.class);
        block.setSubmodule("body.0", new Identity());
        assertThat(block.body.get(0)).isInstanceOf(Identity.class);
        block.setSubmodule("body.2", new Flatten());
        assertThat(block.body.size()).isEqualTo(3);
        Parameter weight = new Parameter(Torch.ones(3, 2));
        block.setParameter("fc.weight", weight);
        assertThat(replacement.weight).isSameAs(weight);
        Buffer mean = new Buffer(Torch.ones(3));
        block.setBuffer("body.1.running_mean", mean);
        assertThat(block.getBuffer("body.1.running_mean")).isSameAs(mean);
        assertThatThrownBy(() -> block.setSubmodule("again", new ReLU()))
                .hasMessageContaining("Block has a field 'again' already");
    }

    @Test
    void parametersAndBuffersNeedNoField() {
        Identity module = new Identity();
        Parameter scale = new Parameter(Torch.ones(2));
        module.add("scale", scale);
        module.add("count", new Buffer(Torch.zeros(1)));
        module.add("scratch", new Buffer(Torch.zeros(1), false));
        assertThat(module.parameters()).containsExactly(scale);
        assertThat(module.namedBuffers()).containsOnlyKeys("count", "scratch");
        assertThat(module.stateDict()).containsOnlyKeys("scale", "count");
        assertThatThrownBy(() -> module.add("scale", new Identity())).hasMessageContaining("something else already");
        assertThatThrownBy(() -> block.fc.add("weight", scale)).hasMessageContaining("has a field 'weight' already");
        module.delete("scale");
        assertThat(module.parameters()).isEmpty();
        assertThatThrownBy(() -> module.delete("scale")).hasMessageContaining("nothing was added");
    }

    @Test
    void namesCanHaveAPrefixAndBeListedTwice() {
        assertThat(block.namedParameters("model", true, true).keySet())
                .containsExactly(
                        "model.fc.weight",
                        "model.fc.bias",
                        "model.body.0.weight",
                        "model.body.0.bias",
                        "model.body.1.weight",
                        "model.body.1.bias");
        assertThat(block.namedParameters("", true, false)).containsKeys("fc.weight", "again.weight");
        assertThat(block.namedParameters("", false, true)).isEmpty();
        assertThat(block.parameters(false)).isEmpty();
        assertThat(block.body.get(1).buffers(false)).hasSize(3);
        assertThat(block.namedModules("m", false).keySet())
                .containsExactly("m", "m.fc", "m.body", "m.body.0", "m.body.1", "m.again");
        assertThat(block.namedBuffers("m", true, true)).containsKey("m.body.1.running_mean");
    }

    @Test
    void whatIsComputedIsNoParameter() {
        Linear linear = new Linear(2, 3);
        linear.add("log_weight", new Parameter(Torch.zeros(3, 2)));
        linear.compute("weight", module -> module.tensor("log_weight").exp());
        assertThat(linear.namedParameters()).containsOnlyKeys("bias", "log_weight");
        assertThat(linear.stateDict()).containsOnlyKeys("bias", "log_weight");
        assertThat(linear.computed()).containsOnlyKeys("weight");
        assertThatThrownBy(() -> linear.getParameter("weight")).hasMessageContaining("no parameter 'weight'");
        assertThat(linear.tensor("weight").toFloatArray()).containsOnly(1);
        Tensor output = linear.call(Torch.ones(1, 2));
        output.sum().backward();
        assertThat(linear.getParameter("log_weight").grad().toFloatArray()).containsOnly(1);
        linear.to(DType.FLOAT64);
        assertThat(linear.weight.tensor().dtype()).isEqualTo(DType.FLOAT64);
        linear.setParameter("weight", new Parameter(Torch.ones(3, 2)));
        assertThat(linear.computed()).isEmpty();
        assertThat(linear.stateDict().keySet()).containsExactly("weight", "bias", "log_weight");
    }

    @Test
    void buffersCanBeComputedToo() {
        BatchNorm2d norm = new BatchNorm2d(2);
        norm.compute("running_mean", module -> Torch.ones(2));
        assertThat(norm.runningMean.tensor().toFloatArray()).containsOnly(1);
        assertThat(norm.stateDict()).doesNotContainKey("running_mean");
    }

    @Test
    void modulesAreConvertedAsInPython() {
        BatchNorm2d norm = new BatchNorm2d(2);
        norm.half();
        assertThat(norm.weight.tensor().dtype()).isEqualTo(DType.FLOAT16);
        assertThat(norm.numBatchesTracked.tensor().dtype()).isEqualTo(DType.INT64);
        assertThat(norm.bfloat16().parameters().get(0).tensor().dtype()).isEqualTo(DType.BFLOAT16);
        assertThat(norm.double_().parameters().get(0).tensor().dtype()).isEqualTo(DType.FLOAT64);
        assertThat(norm.float_().parameters().get(0).tensor().dtype()).isEqualTo(DType.FLOAT32);
        norm.type(DType.FLOAT64);
        assertThat(norm.numBatchesTracked.tensor().dtype()).isEqualTo(DType.FLOAT64);
        norm.to(Device.META, DType.FLOAT32);
        assertThat(norm.weight.tensor().device()).isEqualTo(Device.META);
        norm.toEmpty(Device.CPU);
        assertThat(norm.weight.tensor().device()).isEqualTo(Device.CPU);
        assertThat(norm.weight.requiresGrad()).isTrue();
        assertThat(norm.cpu()).isSameAs(norm);
    }

    @Test
    void gradientsBecomeZeroOrGo() {
        block.fc.call(Torch.ones(1, 2)).sum().backward();
        Tensor gradient = block.fc.weight.grad();
        block.zeroGrad(false);
        assertThat(block.fc.weight.grad().isSame(gradient)).isTrue();
        assertThat(gradient.toFloatArray()).containsOnly(0);
        block.zeroGrad();
        assertThat(block.fc.weight.grad()).isNull();
    }
}
