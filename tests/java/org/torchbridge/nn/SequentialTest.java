package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class SequentialTest {
    private final Linear first = new Linear(2, 3);
    private final Linear last = new Linear(3, 4);
    private final Sequential layers = new Sequential(first, new ReLU(), last);

    @Test
    void layersFollowEachOther() {
        Tensor x = Torch.randn(5, 2);
        Tensor expected = last.call(first.call(x).relu());
        assertThat(layers.call(x).toFloatArray()).isEqualTo(expected.toFloatArray());
    }

    @Test
    void positionsCountFromBothEnds() {
        assertThat(layers.size()).isEqualTo(3);
        assertThat(layers.get(0)).isSameAs(first);
        assertThat(layers.get(-1)).isSameAs(last);
        assertThatThrownBy(() -> layers.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> layers.get(-4)).isInstanceOf(IndexOutOfBoundsException.class);
        List<Layer> seen = new ArrayList<>();
        layers.forEach(seen::add);
        assertThat(seen).hasSize(3).first().isSameAs(first);
    }

    @Test
    void aSliceKeepsNamesAndSharesParameters() {
        Sequential tail = layers.slice(1, 3);
        assertThat(tail.namedChildren().keySet()).containsExactly("1", "2");
        assertThat(tail.namedParameters().get("2.weight")).isSameAs(last.weight);
        assertThat(layers.slice(0, -1).namedChildren().keySet()).containsExactly("0", "1");
        assertThat(layers.slice(2, 99).size()).isEqualTo(1);
        assertThat(layers.slice(2, 1).size()).isZero();
    }

    @Test
    void layersAreReplacedAndAppended() {
        layers.set(-1, new Identity());
        assertThat(layers.get(2)).isInstanceOf(Identity.class);
        layers.append(new Flatten());
        assertThat(layers.namedChildren().keySet()).containsExactly("0", "1", "2", "3");
        Sequential tail = layers.slice(2, 4).append(new Softmax(1));
        assertThat(tail.namedChildren().keySet()).containsExactly("2", "3", "4");
    }

    @Test
    void theChildrenOfAModelMakeOne() {
        class Model extends Layer {
            final Linear hidden = first;
            final Linear fc = last;

            @Override
            public Tensor forward(Tensor x) {
                return fc.call(hidden.call(x));
            }
        }
        Model model = new Model();
        Sequential body = new Sequential(model.children()).slice(0, -1);
        assertThat(body.get(0)).isSameAs(first);
        assertThat(body.parameters()).containsExactly(first.weight, first.bias);
    }

    @Test
    void namesCanBeGiven() {
        Map<String, Layer> named = new LinkedHashMap<>();
        named.put("hidden", first);
        named.put("fc", last);
        assertThat(new Sequential(named).stateDict().keySet())
                .containsExactly("hidden.weight", "hidden.bias", "fc.weight", "fc.bias");
    }

    @Test
    void aModuleThatIsNoLayerIsRefused() {
        assertThatThrownBy(() -> new Sequential(List.of(new ReLU(), new MSELoss())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the module '1' of a Sequential is a org.torchbridge.nn.MSELoss; a Layer is expected,"
                        + " which makes one tensor from one");
    }

    @Test
    void listsAndDictsHoldModules() {
        ModuleList<Linear> list = new ModuleList<>(first, last);
        list.append(new Linear(4, 5));
        assertThat(list.get(-1).outFeatures()).isEqualTo(5);
        list.set(0, new Linear(7, 3));
        assertThat(list.stateDict().get("0.weight").shape()).containsExactly(3, 7);
        long features = 0;
        for (Linear each : list) {
            features += each.inFeatures();
        }
        assertThat(features).isEqualTo(7 + 3 + 4);

        ModuleDict<Linear> dict = new ModuleDict<>();
        dict.put("first", first);
        dict.put("last", last);
        assertThat(dict.keys()).containsExactly("first", "last");
        assertThat(dict.get("last")).isSameAs(last);
        assertThat(dict.pop("first")).isSameAs(first);
        assertThatThrownBy(() -> dict.get("first")).hasMessageContaining("there is no module 'first'");
    }
}
