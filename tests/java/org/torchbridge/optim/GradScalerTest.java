package org.torchbridge.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Parameter;

class GradScalerTest {
    private final Parameter parameter = new Parameter(Torch.tensor(2f, 3f));
    private final SGD optimizer = new SGD(List.of(parameter), 0.5);

    @Test
    void gradientsAreDividedByTheScale() {
        GradScaler scaler = new GradScaler(GradScaler.options().initScale(1024));
        scaler.scale(parameter.tensor().sum()).backward();
        assertThat(parameter.grad().toFloatArray()).containsExactly(1024, 1024);
        assertThat(scaler.step(optimizer)).isTrue();
        assertThat(parameter.tensor().toFloatArray()).containsExactly(1.5f, 2.5f);
        scaler.update();
        assertThat(scaler.getScale()).isEqualTo(1024);
    }

    @Test
    void gradientsCanBeUnscaledBeforeTheStep() {
        GradScaler scaler = new GradScaler();
        scaler.scale(List.of(parameter.tensor().sum())).get(0).backward();
        scaler.unscale_(optimizer);
        assertThat(parameter.grad().toFloatArray()).containsExactly(1, 1);
        scaler.step(optimizer);
        assertThat(parameter.tensor().toFloatArray()).containsExactly(1.5f, 2.5f);
    }

    /** The scale doubles after three good steps in a row and is halved after a bad one, which is left out. */
    @Test
    void theScaleFollowsTheSteps() {
        GradScaler scaler = new GradScaler(GradScaler.options()
                .initScale(8)
                .growthFactor(2)
                .backoffFactor(0.5)
                .growthInterval(3));
        boolean[] good = {true, true, false, true, true, true, true, true, false, false, true};
        double scale = 8;
        int row = 0;
        for (boolean isGood : good) {
            float before = parameter.tensor().get(0).toFloat();
            optimizer.zeroGrad();
            scaler.scale(parameter.tensor().sum().mul(isGood ? 1 : Float.NaN)).backward();
            assertThat(scaler.step(optimizer)).isEqualTo(isGood);
            assertThat(parameter.tensor().get(0).toFloat() == before).isEqualTo(!isGood);
            scaler.update();
            row = isGood ? row + 1 : 0;
            if (!isGood) {
                scale /= 2;
            } else if (row == 3) {
                scale *= 2;
                row = 0;
            }
            assertThat(scaler.getScale()).isEqualTo(scale);
            assertThat(scaler.stateDict()).containsEntry("_growth_tracker", (long) row);
        }
    }

    @Test
    void stepsAndUpdatesComeInTheirOrder() {
        GradScaler scaler = new GradScaler();
        assertThatThrownBy(() -> scaler.unscale_(optimizer))
                .hasMessageContaining("Attempted unscale_ but there is no scale");
        assertThatThrownBy(scaler::update).hasMessageContaining("Attempted update but there is no scale");
        scaler.scale(parameter.tensor().sum()).backward();
        assertThatThrownBy(scaler::update).hasMessage("No inf checks were recorded prior to update.");
        scaler.unscale_(optimizer);
        assertThatThrownBy(() -> scaler.unscale_(optimizer)).hasMessageContaining("unscale_() has already been called");
        scaler.step(optimizer);
        assertThatThrownBy(() -> scaler.step(optimizer)).hasMessageContaining("step() has already been called");
        assertThatThrownBy(() -> scaler.unscale_(optimizer)).hasMessage("unscale_() is being called after step().");
        scaler.update(16);
        assertThat(scaler.getScale()).isEqualTo(16);
        optimizer.zeroGrad();
        assertThatThrownBy(() -> scaler.step(optimizer)).hasMessageContaining("No inf checks were recorded");
    }

    @Test
    void theStateGoesToAnotherScaler() {
        GradScaler scaler = new GradScaler(GradScaler.options().initScale(32).growthInterval(7));
        scaler.scale(parameter.tensor().sum()).backward();
        scaler.step(optimizer);
        scaler.update();
        Map<String, Object> state = scaler.stateDict();
        assertThat(state.keySet())
                .containsExactly("scale", "growth_factor", "backoff_factor", "growth_interval", "_growth_tracker");
        GradScaler other = new GradScaler();
        other.loadStateDict(state);
        assertThat(other.stateDict()).isEqualTo(state);
        assertThatThrownBy(() -> other.loadStateDict(Map.of())).hasMessageContaining("from a disabled instance");
    }

    @Test
    void aScalerThatIsOffChangesNothing() {
        GradScaler scaler = new GradScaler(GradScaler.options().enabled(false));
        Tensor loss = parameter.tensor().sum();
        assertThat(scaler.scale(loss)).isSameAs(loss);
        loss.backward();
        scaler.unscale_(optimizer);
        scaler.step(optimizer);
        scaler.update();
        assertThat(parameter.tensor().toFloatArray()).containsExactly(1.5f, 2.5f);
        assertThat(scaler.stateDict()).isEmpty();
        assertThat(scaler.getScale()).isEqualTo(1);
    }
}
