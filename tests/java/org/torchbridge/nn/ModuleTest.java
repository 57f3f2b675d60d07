package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class ModuleTest {
    private static class Base extends Layer {
        public Linear first = new Linear(2, 3);
        public Parameter someScale = new Parameter(Torch.ones(3));

        @Override
        public Tensor forward(Tensor x) {
            return first.call(x).mul(someScale.tensor());
        }
    }

    private static class Model extends Base {
        static final Linear STATIC = new Linear(1, 1);
        transient Linear cache = new Linear(1, 1);
        private final Object block = new Sequential(new ReLU(), new Linear(3, 4));
        Buffer runningMean = new Buffer(Torch.zeros(4));
        Buffer scratch = new Buffer(Torch.zeros(1), false);
        Linear none;
        Linear fc = new Linear(4, 5);
        Identity AuxLogits = new Identity();
        List<String> labels = List.of("a", "b");

        class Inner extends Identity {}

        Inner inner = new Inner();
    }

    @Test
    void fieldsAreTheChildrenSuperclassFirst() {
        Model model = new Model();
        assertThat(model.namedChildren().keySet()).containsExactly("first", "block", "fc", "AuxLogits", "inner");
        assertThat(model.children().get(2)).isSameAs(model.fc);
        assertThat(model.namedModules().keySet())
                .containsExactly("", "first", "block", "block.0", "block.1", "fc", "AuxLogits", "inner");
        assertThat(model.namedParameters().keySet())
                .containsExactly(
                        "some_scale",
                        "first.weight",
                        "first.bias",
                        "block.1.weight",
                        "block.1.bias",
                        "fc.weight",
                        "fc.bias");
        assertThat(model.namedBuffers().keySet()).containsExactly("running_mean", "scratch");
        assertThat(model.stateDict()).doesNotContainKey("scratch").containsKey("running_mean");
    }

    @Test
    void assignmentReplacesAChild() {
        Model model = new Model();
        model.fc = new Linear(model.fc.inFeatures(), 300);
        assertThat(model.stateDict().get("fc.weight").shape()).containsExactly(300, 4);
        model.fc = null;
        assertThat(model.namedParameters()).doesNotContainKey("fc.weight");
    }

    @Test
    void childrenWithoutAFieldAreAdded() {
        Model model = new Model();
        model.add("extra", new Linear(1, 2));
        assertThat(model.stateDict()).containsKey("extra.weight");
        model.add("extra", new Identity());
        assertThat(model.stateDict()).doesNotContainKey("extra.weight");
        assertThatThrownBy(() -> model.add("fc", new Identity())).hasMessageContaining("has a field 'fc' already");
        assertThatThrownBy(() -> model.add("a.b", new Identity())).hasMessageContaining("has no dot");
        assertThatThrownBy(() -> model.add("", new Identity())).hasMessageContaining("not empty");
    }

    @Test
    void modulesHiddenInACollectionAreAnError() {
        class InList extends Identity {
            final List<Object> blocks = List.of("text", new Linear(1, 1));
        }
        class InArray extends Identity {
            final Parameter[] weights = {new Parameter(Torch.ones(1))};
        }
        class InMap extends Identity {
            final Map<String, List<Module>> heads = new HashMap<>(Map.of("a", List.of(new Identity())));
        }
        assertThatThrownBy(() -> new InList().parameters())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the field 'blocks' of")
                .hasMessageContaining("InList")
                .hasMessageContaining("use a ModuleList or a ModuleDict");
        assertThatThrownBy(() -> new InArray().stateDict()).hasMessageContaining("'weights'");
        assertThatThrownBy(() -> new InMap().eval()).hasMessageContaining("'heads'");
    }

    @Test
    void whatIsSharedCountsOnceAndIsSavedTwice() {
        class Tied extends Identity {
            final Linear encoder = new Linear(3, 3);
            final Linear decoder = new Linear(3, 3);
            final Linear again = encoder;
        }
        Tied tied = new Tied();
        tied.decoder.weight = tied.encoder.weight;
        assertThat(tied.namedParameters().keySet()).containsExactly("encoder.weight", "encoder.bias", "decoder.bias");
        assertThat(tied.children()).containsExactly(tied.encoder, tied.decoder);
        assertThat(tied.stateDict().keySet())
                .containsExactly(
                        "encoder.weight",
                        "encoder.bias",
                        "decoder.weight",
                        "decoder.bias",
                        "again.weight",
                        "again.bias");
    }

    @Test
    void modesReachEveryModule() {
        Model model = new Model();
        assertThat(model.modules()).allMatch(Module::isTraining);
        model.eval();
        assertThat(model.modules()).noneMatch(Module::isTraining);
        model.train();
        assertThat(model.modules()).allMatch(Module::isTraining);
    }

    @Test
    void aFrozenChildIsNotLearned() {
        Model model = new Model();
        model.first.requiresGrad(false);
        assertThat(model.namedParameters().entrySet().stream()
                        .filter(each -> !each.getValue().requiresGrad())
                        .map(Map.Entry::getKey))
                .containsExactly("first.weight", "first.bias");
        model.forward(Torch.randn(4, 2)).sum().backward();
        assertThat(model.first.weight.grad()).isNull();
        assertThat(model.someScale.grad()).isNotNull();
        model.zeroGrad();
        assertThat(model.someScale.grad()).isNull();
    }

    @Test
    void applyVisitsChildrenFirst() {
        List<String> visited = new ArrayList<>();
        new Sequential(new ReLU(), new Sequential(new Flatten()))
                .apply(module -> visited.add(module.getClass().getSimpleName()));
        assertThat(visited).containsExactly("ReLU", "Flatten", "Sequential", "Sequential");
    }

    @Test
    void conversionKeepsParametersAndIntegerBuffers() {
        BatchNorm2d norm = new BatchNorm2d(3);
        Parameter weight = norm.weight;
        Tensor tensor = weight.tensor();
        norm.call(Torch.randn(2, 3, 2, 2)).sum().backward();
        norm.to(DType.FLOAT64);
        assertThat(norm.weight).isSameAs(weight);
        assertThat(weight.tensor()).isSameAs(tensor);
        assertThat(tensor.dtype()).isEqualTo(DType.FLOAT64);
        assertThat(weight.grad().dtype()).isEqualTo(DType.FLOAT64);
        assertThat(weight.requiresGrad()).isTrue();
        assertThat(norm.runningMean.tensor().dtype()).isEqualTo(DType.FLOAT64);
        assertThat(norm.numBatchesTracked.tensor().dtype()).isEqualTo(DType.INT64);
        norm.call(Torch.randn(2, 3, 2, 2).to(DType.FLOAT64)).sum().backward();
        assertThatThrownBy(() -> norm.to(DType.INT32)).hasMessageContaining("floating-point or complex type only");
    }

    @Test
    void integerParametersAreFrozen() {
        Parameter parameter = new Parameter(Torch.tensor(1, 2), false);
        assertThat(parameter.requiresGrad()).isFalse();
        assertThatThrownBy(() -> new Parameter(Torch.tensor(1, 2))).hasMessageContaining("floating");
    }

    @Test
    void fieldNamesBecomeKeysInPythonsCase() {
        assertThat(ModuleFields.key("numBatchesTracked")).isEqualTo("num_batches_tracked");
        assertThat(ModuleFields.key("layer1")).isEqualTo("layer1");
        assertThat(ModuleFields.key("weightIhL0")).isEqualTo("weight_ih_l0");
        assertThat(ModuleFields.key("Mixed_5b")).isEqualTo("Mixed_5b");
        assertThat(ModuleFields.key("AuxLogits")).isEqualTo("AuxLogits");
    }
}
