package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.StateDictException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class ModuleStateTest {
    private static final Map<String, String> TEXTS = Golden.texts("/nn/texts.txt");

    @Test
    void keysAndVersionsAreThoseOfPython() {
        Sequential model = new Sequential(ModuleTextTest.block(), new ModuleTextTest.Block(8, 8, null));
        assertThat(String.join("\n", model.stateDict().keySet())).isEqualTo(TEXTS.get("state_keys"));
        Map<String, Map<String, Object>> metadata =
                new Sequential(ModuleTextTest.block()).stateDict().metadata();
        assertThat(metadata.entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue().get("version"))
                        .collect(Collectors.joining("\n")))
                .isEqualTo(TEXTS.get("state_versions"));
    }

    @Test
    void aStateIsCopiedAndSharesTheMemoryOfItsModule() {
        Linear source = new Linear(2, 3);
        Linear target = new Linear(2, 3);
        Tensor weight = target.weight.tensor();
        LoadResult result = target.loadStateDict(source.stateDict());
        assertThat(result.isComplete()).isTrue();
        assertThat(target.weight.tensor()).isSameAs(weight);
        assertThat(weight.toFloatArray()).isEqualTo(source.weight.tensor().toFloatArray());
        assertThat(weight.requiresGrad()).isTrue();

        StateDict state = source.stateDict();
        assertThat(state.get("weight").requiresGrad()).isFalse();
        state.get("weight").zero_();
        assertThat(source.weight.tensor().toFloatArray()).containsOnly(0);
        assertThat(weight.toFloatArray()).doesNotContain(0);
    }

    @Test
    void everythingThatDoesNotFitIsSaidInPythonsWords() {
        Sequential model = new Sequential(new Linear(2, 5), new Linear(5, 6));
        float[] before = model.parameters().get(0).tensor().toFloatArray();
        assertThatThrownBy(() -> model.loadStateDict(misfit()))
                .isInstanceOf(StateDictException.class)
                .hasMessage(TEXTS.get("load_errors"));
        assertThat(model.parameters().get(0).tensor().toFloatArray()).isEqualTo(before);
    }

    @Test
    void whatFitsIsCopiedIfNotStrict() {
        Sequential model = new Sequential(new Linear(2, 3), new Linear(5, 6));
        StateDict state = misfit();
        LoadResult result = model.loadStateDict(state, false);
        assertThat(result.missing()).isEqualTo(List.of("0.bias", "1.weight"));
        assertThat(result.unexpected()).isEqualTo(List.of("2.weight", "extra"));
        assertThat(result.mismatched()).containsOnlyKeys("1.bias");
        assertThat(model.stateDict().get("0.weight").toFloatArray())
                .isEqualTo(state.get("0.weight").toFloatArray());
    }

    @Test
    void oldFilesLackTheNumberOfBatches() {
        StateDict state = new BatchNorm2d(3).stateDict();
        state.remove("num_batches_tracked");
        assertThatThrownBy(() -> new BatchNorm2d(3).loadStateDict(state)).isInstanceOf(StateDictException.class);
        state.metadata().clear();
        assertThat(new BatchNorm2d(3).loadStateDict(state).isComplete()).isTrue();
    }

    @Test
    void aStateCanBeReturnedFromAScope() {
        Linear linear = new Linear(2, 3);
        StateDict state = Scope.call(linear::stateDict);
        assertThat(state.get("weight").shape()).containsExactly(3, 2);
    }

    private static StateDict misfit() {
        StateDict state = new Sequential(new Linear(2, 3), new Linear(3, 4)).stateDict();
        state.remove("0.bias");
        state.remove("1.weight");
        state.put("2.weight", Torch.zeros(2));
        state.put("extra", Torch.zeros(2));
        return state;
    }
}
