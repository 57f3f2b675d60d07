package org.torchbridge.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Generator;
import org.torchbridge.Scope;
import org.torchbridge.Torch;
import org.torchbridge.testing.PythonOracle;

/** Which samples come in which order, and whose the tensors are. */
class DataLoaderTest {
    /** Sample i is the number i, and its target is 10 i. */
    private record Numbers(int size) implements Dataset {
        @Override
        public Sample get(int index) {
            return new Sample(Torch.tensor(index, index).to(DType.FLOAT32), Torch.tensor((Object) (10L * index)));
        }
    }

    @Test
    void batchesAreStackedAndTheLastOneIsShort() {
        DataLoader loader = new DataLoader(new Numbers(5), 2);
        List<Batch> batches = list(loader);
        assertThat(loader.size()).isEqualTo(3);
        assertThat(batches).extracting(Batch::size).containsExactly(2, 2, 1);
        assertThat(batches.get(1).inputs().shape()).containsExactly(2, 2);
        assertThat(batches.get(1).inputs().toFloatArray()).containsExactly(2, 2, 3, 3);
        assertThat(batches.get(1).targets().toLongArray()).containsExactly(20, 30);
    }

    @Test
    void dropLastLeavesTheShortBatchOut() {
        DataLoader loader =
                new DataLoader(new Numbers(5), 2, DataLoader.options().dropLast(true));
        assertThat(loader.size()).isEqualTo(2);
        assertThat(list(loader)).extracting(Batch::size).containsExactly(2, 2);
    }

    @Test
    void emptyDatasetHasNoBatches() {
        assertThat(list(new DataLoader(new Numbers(0), 3))).isEmpty();
    }

    @Test
    void onlyTheBatchBelongsToTheScope() {
        try (Scope scope = Scope.open()) {
            Batch batch = new DataLoader(new Numbers(9), 4).iterator().next();
            assertThat(scope.size()).isEqualTo(2);
            batch.close();
            assertThat(scope.size()).isZero();
        }
    }

    @Test
    void shuffledOrderAndTheDrawsAfterItEqualPython() {
        String python = PythonOracle.run(
                """
                import torch
                from torch.utils.data import DataLoader
                def show(loader):
                    for _ in range(2):
                        print(' '.join(str(i) for batch in loader for i in batch.tolist()))
                torch.manual_seed(3)
                show(DataLoader(range(17), 4, shuffle=True))
                show(DataLoader(range(5), 2))
                show(DataLoader(range(17), 4, shuffle=True, generator=torch.Generator().manual_seed(8)))
                print(torch.randint(1000, (3,)).tolist())
                """);
        Torch.manualSeed(3);
        String java = twice(
                        new DataLoader(new Numbers(17), 4, DataLoader.options().shuffle(true)))
                + twice(new DataLoader(new Numbers(5), 2))
                + twice(new DataLoader(
                        new Numbers(17), 4, DataLoader.options().shuffle(true).generator(new Generator(8))))
                + Arrays.toString(Torch.randint(1000, new long[] {3}).toLongArray()) + "\n";
        assertThat(java).isEqualTo(python);
    }

    @Test
    void randomSplitEqualsPython() {
        String python = PythonOracle.run(
                """
                import torch
                from torch.utils.data import random_split
                torch.manual_seed(5)
                for part in random_split(range(10), [7, 3]):
                    print(list(part.indices))
                """);
        Torch.manualSeed(5);
        assertThat(new Numbers(10)
                        .randomSplit(7, 3).stream()
                                .map(part -> Arrays.toString(part.indices()) + "\n")
                                .collect(Collectors.joining()))
                .isEqualTo(python);
    }

    @Test
    void wrongSizesAreRefused() {
        assertThatThrownBy(() -> new DataLoader(new Numbers(1), 0)).hasMessageContaining("batch size is 0");
        assertThatThrownBy(() -> new Numbers(10).randomSplit(7, 2))
                .hasMessage("parts of [7, 2] samples were asked for; together they must have the 10 of the data set");
    }

    private static List<Batch> list(DataLoader loader) {
        return StreamSupport.stream(loader.spliterator(), false).toList();
    }

    private static String twice(DataLoader loader) {
        return order(loader) + "\n" + order(loader) + "\n";
    }

    private static String order(DataLoader loader) {
        return list(loader).stream()
                .flatMapToLong(batch -> Arrays.stream(batch.targets().toLongArray()))
                .mapToObj(target -> String.valueOf(target / 10))
                .collect(Collectors.joining(" "));
    }
}
