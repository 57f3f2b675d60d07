package org.torchbridge.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Counts and times of operators. */
class ProfilerTest {
    @Test
    void operatorsOfForwardAndBackwardAreCounted() {
        Tensor x = Torch.ones(50, 50).requiresGrad_();
        Profiler profiler = Profiler.open();
        try (profiler) {
            for (int i = 0; i < 3; i++) {
                x.mm(x).exp().sum().backward();
            }
        }
        x.exp();

        Map<String, Profiler.Average> averages =
                profiler.keyAverages().stream().collect(Collectors.toMap(Profiler.Average::name, each -> each));
        assertThat(averages.get("aten::exp").count()).isEqualTo(3);
        assertThat(averages.get("aten::mm").count()).isEqualTo(9);
        assertThat(averages.get("MmBackward0").count()).isEqualTo(3);
        assertThat(averages).containsKey("autograd::engine::evaluate_function: MmBackward0");
        Profiler.Average node = averages.get("MmBackward0");
        assertThat(node.selfCpuTime()).isPositive().isLessThan(node.cpuTime());
        assertThat(profiler.table()).contains("Self CPU us").contains("aten::mm");
    }

    @Test
    void oneProfilerRunsAtATime() {
        try (Profiler profiler = Profiler.open()) {
            assertThatThrownBy(Profiler::open)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("another profiler is running; one at a time is possible");
        }
        Profiler again = Profiler.open();
        again.close();
        assertThat(again.keyAverages()).isEmpty();
    }

    @Test
    void functionsOfJavaAreSeenByTheirName() {
        Profiler profiler = Profiler.open();
        try (profiler) {
            new FunctionTest.MulExp(1)
                    .apply(Expected.leaf(1), Expected.leaf(2))
                    .get(0)
                    .sum()
                    .backward();
        }
        assertThat(profiler.keyAverages()).anyMatch(each -> each.name().equals("MulExpBackward"));
    }
}
