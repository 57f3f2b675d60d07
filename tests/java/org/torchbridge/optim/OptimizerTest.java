package org.torchbridge.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Parameter;

class OptimizerTest {
    @Test
    void groupsHaveOptionsOfTheirOwn() {
        Parameter slow = parameter(1);
        Parameter fast = parameter(1);
        SGD optimizer = new SGD(List.of(slow), 0.1);
        optimizer.addParamGroup(List.of(fast), SGD.options().lr(0.5));
        step(optimizer, slow, fast);
        assertThat(value(slow)).isEqualTo(0.9f);
        assertThat(value(fast)).isEqualTo(0.5f);

        for (ParamGroup<?> group : optimizer.paramGroups()) {
            group.lr(group.lr() * 2);
        }
        optimizer.paramGroups().get(1).options(SGD.options().lr(0));
        step(optimizer, slow, fast);
        assertThat(value(slow)).isEqualTo(0.7f);
        assertThat(value(fast)).isEqualTo(0.5f);
    }

    @Test
    void frozenParametersDoNotMove() {
        Linear frozen = new Linear(2, 2);
        Linear learned = new Linear(2, 2);
        frozen.requiresGrad(false);
        List<Parameter> all = List.of(frozen.weight, frozen.bias, learned.weight, learned.bias);
        RMSprop optimizer = new RMSprop(all, 0.1);
        float[] before = frozen.weight.tensor().toFloatArray();
        float[] start = learned.weight.tensor().toFloatArray();
        learned.call(frozen.call(Torch.ones(1, 2))).sum().backward();
        optimizer.step();
        assertThat(frozen.weight.tensor().toFloatArray()).isEqualTo(before);
        assertThat(learned.weight.tensor().toFloatArray()).isNotEqualTo(start);
    }

    @Test
    void stepsOutliveTheScopesTheyWereTakenIn() {
        Parameter parameter = parameter(1);
        AdamW optimizer = new AdamW(List.of(parameter), 0.1);
        for (int i = 0; i < 3; i++) {
            try (Scope scope = Scope.open()) {
                step(optimizer, parameter);
                optimizer.zeroGrad();
                assertThat(parameter.grad()).isNull();
            }
        }
        assertThat(value(parameter)).isLessThan(0.75f);
    }

    @Test
    void aStepLeavesNoTensorsBehind() {
        Parameter parameter = parameter(1);
        Adam optimizer = new Adam(List.of(parameter), 0.1);
        try (Scope scope = Scope.open()) {
            parameter.tensor().grad(Torch.ones(1));
            optimizer.step();
            int before = scope.size();
            optimizer.step();
            assertThat(scope.size()).isEqualTo(before);
        }
    }

    @Test
    void gradientsInAnotherOrderInMemoryAreUnderstood() {
        Parameter parameter = new Parameter(Torch.zeros(2, 3));
        Tensor gradient = Torch.tensor(new float[][] {{1, 2}, {3, 4}, {5, 6}}).t();
        parameter.tensor().grad(gradient);
        new SGD(List.of(parameter), 1).step();
        assertThat(parameter.tensor().toFloatArray()).containsExactly(-1, -3, -5, -2, -4, -6);
    }

    @Test
    void parametersOfSeveralTypesGoTogether() {
        Parameter single = parameter(1);
        Parameter twice = new Parameter(Torch.ones(new long[] {1}, DType.FLOAT64));
        Adam optimizer = new Adam(List.of(single, twice), 0.1);
        single.tensor().grad(Torch.ones(1));
        twice.tensor().grad(Torch.ones(new long[] {1}, DType.FLOAT64));
        optimizer.step();
        assertThat(value(single)).isCloseTo(0.9f, offset(1e-6f));
        assertThat(twice.tensor().toDouble()).isCloseTo(0.9, offset(1e-7));
    }

    @Test
    void parametersThatCannotBeOptimizedAreRefused() {
        Parameter parameter = parameter(1);
        assertThatThrownBy(() -> new SGD(List.of(), 0.1)).hasMessage("optimizer got an empty parameter list");
        assertThatThrownBy(() -> new SGD(List.of(parameter, parameter), 0.1)).hasMessageContaining("appears twice");
        SGD optimizer = new SGD(List.of(parameter), 0.1);
        assertThatThrownBy(() -> optimizer.addParamGroup(List.of(parameter), SGD.options()))
                .hasMessage("some parameters appear in more than one parameter group");
        Parameter column = new Parameter(Torch.zeros(3, 2).select(1, 0));
        assertThatThrownBy(() -> new SGD(List.of(column), 0.1)).hasMessageContaining("has gaps in its memory");
        new SGD(List.of(new Parameter(Torch.zeros(3, 2).t())), 0.1);
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> SGD.options().lr(-1)).hasMessage("lr is -1.0; 0 or more is expected");
        assertThatThrownBy(() -> Adam.options().betas(0.9, 1)).hasMessageContaining("beta2 is 1.0");
        Parameter parameter = parameter(1);
        assertThatThrownBy(() -> new SGD(List.of(parameter), SGD.options().nesterov(true)))
                .hasMessage("Nesterov momentum requires a momentum and zero dampening");
        assertThatThrownBy(() -> Rprop.options().etas(1, 1.2)).hasMessageContaining("etas is [1.0, 1.2]");
        assertThatThrownBy(() -> Adafactor.options().d(0.5)).hasMessage("d is 0.5; 1 or more is expected");
        assertThatThrownBy(() -> Muon.options().nsSteps(100)).hasMessage("nsSteps is 100; less than 100 is expected");
        assertThatThrownBy(() -> new Muon(List.of(parameter))).hasMessageContaining("Muon only supports 2D parameters");
        assertThatThrownBy(() -> new LBFGS(List.of(parameter)).step())
                .hasMessageContaining("step(closure) is expected");
        assertThatThrownBy(() -> new LBFGS(List.of(parameter)).addParamGroup(List.of(parameter(2))))
                .hasMessageContaining("LBFGS doesn't support per-parameter options");
    }

    @Test
    void gradientsOfTheOtherKindAreRefused() {
        Parameter parameter = new Parameter(Torch.ones(4, 3));
        parameter.tensor().grad(Torch.ones(4, 3));
        assertThatThrownBy(() -> new SparseAdam(List.of(parameter)).step())
                .hasMessage("SparseAdam does not support dense gradients, please consider Adam instead");
        parameter.tensor().grad(Torch.ones(4, 3).toSparse());
        assertThatThrownBy(() -> new Adam(List.of(parameter)).step())
                .hasMessage("Adam does not support sparse gradients, please consider SparseAdam instead");
        assertThatThrownBy(() -> new RAdam(List.of(parameter)).step())
                .hasMessage("RAdam does not support sparse gradients");
        assertThatThrownBy(() -> new SGD(List.of(parameter), SGD.options().weightDecay(0.1)).step())
                .hasMessage("weight_decay option is not compatible with sparse gradients");
    }

    @Test
    void aClosureIsEvaluatedWithGradientsBeforeTheStep() {
        Parameter parameter = parameter(3);
        SGD optimizer = new SGD(List.of(parameter), 0.5);
        try (GradMode mode = Torch.noGrad()) {
            Tensor loss = optimizer.step(() -> {
                optimizer.zeroGrad();
                Tensor value = parameter.tensor().square().sum();
                value.backward();
                return value;
            });
            assertThat(loss.toFloat()).isEqualTo(9);
        }
        assertThat(value(parameter)).isZero();
    }

    @Test
    void gradientsBecomeZeroOnDemand() {
        Parameter parameter = parameter(1);
        SGD optimizer = new SGD(List.of(parameter), 0.1);
        step(optimizer, parameter);
        optimizer.zeroGrad(false);
        assertThat(parameter.grad().toFloat()).isZero();
        optimizer.zeroGrad();
        assertThat(parameter.grad()).isNull();
    }

    @Test
    void adamWDecaysByDefaultAndAdamDoesNot() {
        assertThat(AdamW.options().weightDecay()).isEqualTo(1e-2);
        assertThat(Adam.options().weightDecay()).isZero();
    }

    private static Parameter parameter(float value) {
        return new Parameter(Torch.full(new long[] {1}, value));
    }

    private static float value(Parameter parameter) {
        return parameter.tensor().toFloat();
    }

    private static void step(Optimizer<?> optimizer, Parameter... parameters) {
        for (Parameter parameter : parameters) {
            parameter.tensor().grad(Torch.ones(1));
        }
        optimizer.step();
    }
}
