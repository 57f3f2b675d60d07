package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class LayerTest {
    private final ReLU layer = new ReLU();
    private final Tensor input = Torch.tensor(-1f, 2f);

    @Test
    void hooksSeeInputAndOutputUntilTheyAreRemoved() {
        List<String> seen = new ArrayList<>();
        RemovableHandle before = layer.registerForwardPreHook((self, inputs) -> {
            seen.add("before " + tensor(inputs.get(0)).sum().toInt());
            return null;
        });
        RemovableHandle after = layer.registerForwardHook((self, inputs, y) -> {
            seen.add("after " + (self == layer) + " "
                    + tensor(inputs.get(0)).sum().toInt() + " "
                    + tensor(y).sum().toInt());
            return null;
        });
        layer.call(input);
        assertThat(seen).containsExactly("before 1", "after true 1 2");
        before.remove();
        after.remove();
        after.remove();
        layer.call(input);
        assertThat(seen).hasSize(2);
    }

    @Test
    void whatAHookReturnsTakesThePlace() {
        layer.registerForwardPreHook(
                (self, inputs) -> List.of(tensor(inputs.get(0)).neg()));
        layer.registerForwardHook((self, inputs, y) -> tensor(y).add(10));
        layer.registerForwardHook((self, inputs, y) -> tensor(y).mul(2));
        assertThat(layer.call(input).toFloatArray()).containsExactly(22, 20);
        assertThat(layer.forward(input).toFloatArray()).containsExactly(0, 2);
    }

    @Test
    void oneHookCanBeRegisteredTwice() {
        Module.ForwardHook twice = (self, inputs, y) -> tensor(y).mul(2);
        RemovableHandle first = layer.registerForwardHook(twice);
        layer.registerForwardHook(twice);
        assertThat(layer.call(input).toFloatArray()).containsExactly(0, 8);
        first.remove();
        first.remove();
        assertThat(layer.call(input).toFloatArray()).containsExactly(0, 4);
    }

    @Test
    void aHookCanBePutBeforeTheOthers() {
        List<String> seen = new ArrayList<>();
        layer.registerForwardPreHook((self, inputs) -> note(seen, "second"));
        layer.registerForwardPreHook((self, inputs) -> note(seen, "first"), true);
        layer.registerForwardHook((self, inputs, y) -> note(seen, "fourth"));
        layer.registerForwardHook((self, inputs, y) -> note(seen, "third"), true, false);
        layer.call(input);
        assertThat(seen).containsExactly("first", "second", "third", "fourth");
    }

    @Test
    void someHooksRunEvenIfTheForwardFails() {
        Layer failing = new Identity() {
            @Override
            public Tensor forward(Tensor x) {
                throw new IllegalStateException("no");
            }
        };
        List<String> seen = new ArrayList<>();
        failing.registerForwardHook((self, inputs, y) -> note(seen, "never"));
        failing.registerForwardHook((self, inputs, y) -> note(seen, "always " + y), false, true);
        failing.registerForwardHook(
                (self, inputs, y) -> {
                    throw new IllegalArgumentException("nor this");
                },
                false,
                true);
        assertThatThrownBy(() -> failing.call(input)).hasMessage("no").satisfies(e -> assertThat(e.getSuppressed()[0])
                .hasMessage("nor this"));
        assertThat(seen).containsExactly("always null");
        List<String> once = new ArrayList<>();
        layer.registerForwardHook((self, inputs, y) -> note(once, "once"), false, true);
        layer.call(input);
        assertThat(once).hasSize(1);
    }

    @Test
    void parametersOutliveTheScopeTheyWereMadeIn() {
        Linear linear = Scope.call(() -> new Linear(2, 3));
        assertThat(linear.call(Torch.randn(1, 2)).shape()).containsExactly(1, 3);
    }

    @Test
    void aHookThatIsAModuleIsNoChild() {
        class Spy extends Identity implements Module.ForwardHook {
            @Override
            public Object apply(Module self, List<Object> inputs, Object y) {
                return null;
            }
        }
        layer.registerForwardHook(new Spy());
        assertThat(layer.children()).isEmpty();
    }

    private static <T> T note(List<String> seen, String what) {
        seen.add(what);
        return null;
    }

    private static Tensor tensor(Object value) {
        return (Tensor) value;
    }
}
