package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.torchbridge.Torch;

class ContainersTest {
    private final Layer a = new Linear(1, 1);
    private final Layer b = new ReLU();
    private final Layer c = new Flatten();

    @Test
    void slicesAreThoseOfPython() {
        Sequential layers = new Sequential(
                IntStream.range(0, 5).mapToObj(i -> new Identity()).toList());
        for (String line : Golden.texts("/nn/texts.txt").get("slices").split("\n")) {
            String[] words = line.split(" ");
            Sequential slice =
                    layers.slice(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            assertThat("[" + String.join(",", slice.namedChildren().keySet()) + "]")
                    .as(line)
                    .isEqualTo(words[3]);
        }
        assertThatThrownBy(() -> layers.slice(0, 1, 0)).hasMessageContaining("the step of a slice is 0");
    }

    @Test
    void layersAreInsertedTakenOutAndNumberedAnew() {
        Sequential layers = new Sequential(a, c);
        layers.insert(1, b);
        assertThat(layers).containsExactly(a, b, c);
        assertThat(layers.namedChildren().keySet()).containsExactly("0", "1", "2");
        assertThat(layers.pop(-2)).isSameAs(b);
        assertThat(layers.namedChildren().keySet()).containsExactly("0", "1");
        layers.insert(2, b).extend(List.of(a, b));
        assertThat(layers).containsExactly(a, c, b, a, b);
        layers.pop(0);
        assertThat(layers).containsExactly(c, b, a, b);
        assertThatThrownBy(() -> layers.insert(6, a)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> layers.pop(4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void sequencesAreAddedAndRepeated() {
        Sequential first = new Sequential(a, b);
        assertThat(first.plus(new Sequential(c))).containsExactly(a, b, c);
        assertThat(first.times(2)).containsExactly(a, b, a, b);
        assertThat(first.times(2).parameters()).hasSize(2);
        assertThat(first.times(2).namedParameters("", true, false)).containsKey("2.weight");
        assertThat(first).hasSize(2);
        assertThatThrownBy(() -> first.times(0)).hasMessageContaining("0 times; a positive number is expected");
    }

    @Test
    void listsOfModulesDoTheSame() {
        ModuleList<Layer> list = new ModuleList<>(a, b);
        list.insert(-1, c).extend(List.of(b));
        assertThat(list).containsExactly(a, c, b, b);
        assertThat(list.pop(0)).isSameAs(a);
        assertThat(list.slice(1, 3)).containsExactly(b, b);
        assertThat(list.slice(1, 3).namedModules().keySet()).containsExactly("", "0");
        assertThat(list.slice(-1, -9, -1)).containsExactly(b, b, c);
        assertThat(list.plus(List.of(a))).containsExactly(c, b, b, a);
        assertThat(list).hasSize(3);
    }

    @Test
    void dictsOfModulesAreDicts() {
        Map<String, Layer> modules = new LinkedHashMap<>();
        modules.put("a", a);
        modules.put("b", b);
        ModuleDict<Layer> dict = new ModuleDict<>(modules);
        dict.update(Map.of("c", c, "a", b));
        assertThat(dict.keys()).containsExactly("a", "b", "c");
        assertThat(dict.values()).containsExactly(b, b, c);
        assertThat(dict.items()).containsEntry("c", c);
        assertThat(dict.containsKey("x")).isFalse();
        assertThat(dict.pop("a")).isSameAs(b);
        assertThatThrownBy(() -> dict.pop("a")).isInstanceOf(NoSuchElementException.class);
        dict.clear();
        assertThat(dict.size()).isZero();
        assertThat(dict).hasToString("ModuleDict()");
    }

    @Test
    void listsOfParametersAreParameters() {
        Parameter one = new Parameter(Torch.ones(1));
        Parameter two = new Parameter(Torch.ones(2));
        ParameterList list = new ParameterList(one);
        list.append(two).extend(List.of(one));
        assertThat(list).containsExactly(one, two, one);
        assertThat(list.parameters()).containsExactly(one, two);
        assertThat(list.stateDict().keySet()).containsExactly("0", "1", "2");
        list.set(-1, two);
        assertThat(list.get(2)).isSameAs(two);
        assertThat(list.slice(0, 3, 2)).containsExactly(one, two);
        assertThat(list.size()).isEqualTo(3);
        class Model extends Identity {
            final ParameterList params = list;
        }
        assertThat(new Model().namedParameters().keySet()).containsExactly("params.0", "params.1");
    }

    @Test
    void dictsOfParametersAreDicts() {
        Parameter one = new Parameter(Torch.ones(1));
        Parameter two = new Parameter(Torch.ones(2));
        ParameterDict dict = new ParameterDict();
        dict.put("one", one);
        assertThat(dict.setDefault("one", two)).isSameAs(one);
        assertThat(dict.setDefault("two", two)).isSameAs(two);
        assertThat(dict.keys()).containsExactly("one", "two");
        assertThat(dict.values()).containsExactly(one, two);
        assertThat(dict.get("three", null)).isNull();
        assertThatThrownBy(() -> dict.get("three")).hasMessage("there is no parameter 'three'; there are [one, two]");
        ParameterDict copy = dict.copy();
        assertThat(copy.popItem()).isEqualTo(Map.entry("two", two));
        assertThat(copy.pop("one")).isSameAs(one);
        assertThatThrownBy(copy::popItem).isInstanceOf(NoSuchElementException.class);
        assertThat(dict.size()).isEqualTo(2);
        assertThat(dict.plus(ParameterDict.fromKeys(List.of("two", "three"), one))
                        .items())
                .containsEntry("two", one)
                .containsEntry("three", one)
                .containsEntry("one", one);
        dict.clear();
        assertThat(dict.stateDict()).isEmpty();
    }
}
