package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.RemovableHandle;
import org.torchbridge.StateDict;
import org.torchbridge.StateDictException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.optim.SGD;
import org.torchbridge.testing.PythonOracle;

class StateHooksTest {
    private final Sequential model = new Sequential(new Linear(2, 3), new Linear(3, 1));
    private final Linear last = (Linear) model.get(1);

    @Test
    void stateDictHooksRunAroundAModulesState() {
        List<String> seen = new ArrayList<>();
        model.registerStateDictPreHook((module, prefix) -> seen.add("before '" + prefix + "'"));
        last.registerStateDictPreHook((module, prefix) -> seen.add("before '" + prefix + "'"));
        last.registerStateDictPostHook((module, state, prefix, localMetadata) -> {
            seen.add("after '" + prefix + "' " + state.size() + " " + localMetadata);
            state.put(prefix + "scale", state.remove(prefix + "weight"));
        });
        RemovableHandle handle = model.registerStateDictPostHook(
                (module, state, prefix, localMetadata) -> seen.add("after '" + prefix + "'"));
        StateDict state = model.stateDict();
        assertThat(seen).containsExactly("before ''", "before '1.'", "after '1.' 4 {version=1}", "after ''");
        assertThat(state.keySet()).containsExactly("0.weight", "0.bias", "1.bias", "1.scale");
        handle.remove();
        model.stateDict();
        assertThat(seen).hasSize(7);
    }

    @Test
    void aHookBeforeLoadingMayRenameKeys() {
        StateDict state = model.stateDict();
        state.put("1.scale", state.remove("1.weight"));
        state.metadata().get("1").put("version", 3);
        last.registerLoadStateDictPreHook((module, loading) -> {
            assertThat(loading.localMetadata()).containsEntry("version", 3);
            assertThat(loading.strict()).isTrue();
            loading.state().put(loading.prefix() + "weight", loading.state().remove(loading.prefix() + "scale"));
        });
        assertThat(model.loadStateDict(state).isComplete()).isTrue();
        assertThat(state).containsKey("1.scale").doesNotContainKey("1.weight");
    }

    @Test
    void aHookBeforeLoadingMayObject() {
        StateDict state = model.stateDict();
        model.registerLoadStateDictPreHook((module, loading) -> {
            loading.missingKeys().add("a");
            loading.unexpectedKeys().add("b");
            loading.errorMessages().add("this is too old");
        });
        assertThatThrownBy(() -> model.loadStateDict(state))
                .isInstanceOf(StateDictException.class)
                .hasMessageContaining("Missing key(s) in state_dict: \"a\"")
                .hasMessageContaining("Unexpected key(s) in state_dict: \"b\"")
                .hasMessageEndingWith("\n\tthis is too old");
    }

    @Test
    void aHookAfterLoadingMayAcceptWhatIsMissing() {
        StateDict state = model.stateDict();
        state.put("1.weight", Torch.ones(1, 3));
        state.remove("1.bias");
        RemovableHandle handle = last.registerLoadStateDictPostHook(
                (module, found) -> new LoadResult(List.of(), List.of(), Map.of(), List.of()));
        assertThat(model.loadStateDict(state).isComplete()).isTrue();
        assertThat(last.weight.tensor().toFloatArray()).containsOnly(1);
        handle.remove();
        assertThatThrownBy(() -> model.loadStateDict(state)).hasMessageContaining("1.bias");
    }

    @Test
    void assigningTakesTheTensorsOfTheState() {
        StateDict state = new Sequential(new Linear(2, 3), new Linear(3, 1)).stateDict();
        state.replaceAll((key, tensor) -> tensor.to(DType.FLOAT64));
        model.call(Torch.ones(1, 2)).sum().backward();
        Tensor before = last.weight.tensor();
        model.loadStateDict(state, true, true);
        assertThat(last.weight.tensor()).isSameAs(before);
        assertThat(before.dtype()).isEqualTo(DType.FLOAT64);
        assertThat(before.requiresGrad()).isTrue();
        assertThat(before.grad()).isNull();
        state.get("1.weight").zero_();
        assertThat(before.toFloatArray()).containsOnly(0);
        state.put("1.weight", Torch.zeros(2, 2));
        assertThatThrownBy(() -> model.loadStateDict(state, true, true)).hasMessageContaining("size mismatch");
    }

    @Test
    void extraStateIsATensorOfItsOwn() {
        class Counter extends Identity {
            private long count = 3;

            @Override
            protected Tensor getExtraState() {
                return Torch.tensor(count);
            }

            @Override
            protected void setExtraState(Tensor state) {
                count = state.toLong();
            }
        }
        Counter counter = new Counter();
        StateDict state = new Sequential(counter).stateDict();
        assertThat(state.keySet()).containsExactly("0._extra_state");
        counter.count = 0;
        new Sequential(counter).loadStateDict(state);
        assertThat(counter.count).isEqualTo(3);
        assertThatThrownBy(() -> new Sequential(counter).loadStateDict(Map.of()))
                .hasMessageContaining("Missing key(s) in state_dict: \"0._extra_state\"");
        assertThatThrownBy(() -> new Sequential(new Identity()).loadStateDict(state))
                .hasMessageContaining("Unexpected key(s) in state_dict: \"0._extra_state\"");
    }

    @Test
    void prefixesAndOwnTensorsCanBeAskedFor() {
        StateDict state = last.stateDict("model.fc.", true);
        assertThat(state.keySet()).containsExactly("model.fc.weight", "model.fc.bias");
        assertThat(state.metadata()).containsOnlyKeys("model.fc");
        assertThat(state.get("model.fc.weight")).isSameAs(last.weight.tensor());
    }

    @Test
    void oneElementOfOldFilesIsANumber() {
        BatchNorm1d norm = new BatchNorm1d(2);
        StateDict state = norm.stateDict();
        state.put("num_batches_tracked", Torch.tensor(new long[] {5}));
        norm.loadStateDict(state);
        assertThat(norm.numBatchesTracked.tensor().toLong()).isEqualTo(5);
    }

    @Test
    void tiedParametersAreLearnedOnceAndSavedTwice() {
        class Tied extends Layer {
            final Embedding encoder = new Embedding(5, 3);
            final Linear decoder = new Linear(3, 5, false);

            Tied() {
                decoder.weight = encoder.weight;
            }

            @Override
            public Tensor forward(Tensor input) {
                return decoder.call(encoder.call(input));
            }
        }
        Torch.manualSeed(7);
        Tied tied = new Tied();
        assertThat(tied.parameters()).hasSize(1);
        assertThat(tied.stateDict()).containsOnlyKeys("encoder.weight", "decoder.weight");
        SGD optimizer = new SGD(tied.parameters(), 0.5);
        for (int i = 0; i < 3; i++) {
            tied.zeroGrad();
            tied.call(Torch.tensor(new long[] {1, 2})).square().sum().backward();
            optimizer.step();
        }
        String python = PythonOracle.run(
                """
                import torch
                from torch import nn
                torch.manual_seed(7)
                encoder, decoder = nn.Embedding(5, 3), nn.Linear(3, 5, bias=False)
                decoder.weight = encoder.weight
                optimizer = torch.optim.SGD(nn.ModuleList([encoder, decoder]).parameters(), 0.5)
                for _ in range(3):
                    optimizer.zero_grad()
                    decoder(encoder(torch.tensor([1, 2]))).square().sum().backward()
                    optimizer.step()
                print(" ".join(map(str, encoder.weight.flatten().tolist())))
                """);
        String[] expected = python.trim().split(" ");
        float[] actual = tied.encoder.weight.tensor().toFloatArray();
        for (int i = 0; i < actual.length; i++) {
            float value = Float.parseFloat(expected[i]);
            assertThat(actual[i]).isCloseTo(value, org.assertj.core.api.Assertions.withinPercentage(1e-3));
        }
        StateDict state = tied.stateDict();
        state.put("encoder.weight", Torch.zeros(5, 3));
        state.put("decoder.weight", Torch.ones(5, 3));
        tied.loadStateDict(state);
        assertThat(tied.encoder.weight.tensor().toFloatArray()).containsOnly(1);
    }
}
