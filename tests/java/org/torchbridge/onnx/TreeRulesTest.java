package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;

/** Complete trees with random numbers, whose children are at {@code 2i + 1} and {@code 2i + 2}. */
class TreeRulesTest extends RuleTest {
    private static final String DOMAIN = "ai.onnx.ml";
    private static final int FEATURES = 4;
    private static final int DEPTH = 3;
    private static final int INNER = (1 << DEPTH) - 1;
    private static final int NODES = (1 << (DEPTH + 1)) - 1;

    private final Random random = new Random(1);

    private static float[] floats(List<Float> numbers) {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i);
        }
        return floats;
    }

    private static long[] longs(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    /** The attributes of nodes; each leaf votes for all of the targets. */
    private OneNode trees(OneNode node, String kind, int trees, long[] targets, boolean positive, String... modes) {
        List<List<Long>> columns = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            columns.add(new ArrayList<>());
        }
        List<Float> values = new ArrayList<>();
        List<Float> weights = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (long tree = 0; tree < trees; tree++) {
            for (long id = 0; id < NODES; id++) {
                boolean leaf = id >= INNER;
                add(columns, tree, id, random.nextInt(FEATURES), leaf ? 0 : 2 * id + 1, leaf ? 0 : 2 * id + 2);
                values.add((float) random.nextInt(-2, 3));
                names.add(leaf ? "LEAF" : modes[random.nextInt(modes.length)]);
                for (long target : leaf ? targets : new long[0]) {
                    columns.get(5).add(tree);
                    columns.get(6).add(id);
                    columns.get(7).add(target);
                    weights.add(positive ? random.nextFloat() / trees : random.nextFloat() - 0.5f);
                }
            }
        }
        return node.integers("nodes_treeids", longs(columns.get(0)))
                .integers("nodes_nodeids", longs(columns.get(1)))
                .integers("nodes_featureids", longs(columns.get(2)))
                .integers("nodes_truenodeids", longs(columns.get(3)))
                .integers("nodes_falsenodeids", longs(columns.get(4)))
                .reals("nodes_values", floats(values))
                .texts("nodes_modes", names.toArray(new String[0]))
                .integers(kind + "_treeids", longs(columns.get(5)))
                .integers(kind + "_nodeids", longs(columns.get(6)))
                .integers(kind + "_ids", longs(columns.get(7)))
                .reals(kind + "_weights", floats(weights));
    }

    private static void add(List<List<Long>> columns, long... numbers) {
        for (int i = 0; i < numbers.length; i++) {
            columns.get(i).add(numbers[i]);
        }
    }

    private OneNode regressor(long... targets) {
        OneNode node = OneNode.of(DOMAIN, "TreeEnsembleRegressor", 3).integer("n_targets", targets.length);
        return trees(node, "target", 5, targets, false, "BRANCH_LEQ");
    }

    private OneNode classifier(boolean positive, long... targets) {
        OneNode node = OneNode.of(DOMAIN, "TreeEnsembleClassifier", 3);
        return trees(node, "class", 5, targets, positive, "BRANCH_LEQ");
    }

    private static Tensor samples() {
        return random(20, FEATURES).mul(2);
    }

    // ---- numbers

    @ParameterizedTest
    @ValueSource(strings = {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"})
    void nodesCompareFeaturesWithNumbers(String mode) {
        OneNode node = OneNode.of(DOMAIN, "TreeEnsembleRegressor", 3).integer("n_targets", 1);
        assertSame(trees(node, "target", 3, new long[] {0}, false, mode)
                .input(samples().round()));
    }

    @Test
    void nodesMayCompareDifferently() {
        OneNode node = OneNode.of(DOMAIN, "TreeEnsembleRegressor", 3).integer("n_targets", 1);
        assertSame(trees(node, "target", 3, new long[] {0}, false, "BRANCH_LEQ", "BRANCH_GT", "BRANCH_EQ")
                .input(samples().round()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SUM", "AVERAGE", "MIN", "MAX"})
    void votesAreTakenTogetherOverTheTrees(String aggregate) {
        assertSame(regressor(0, 1, 2).text("aggregate_function", aggregate).input(samples()));
    }

    @Test
    void targetsMayBeginAtAnotherNumberThanZero() {
        assertSame(regressor(0, 1).reals("base_values", 0.5f, -2).input(samples()));
    }

    @Test
    void missingFeaturesGoWhereTheirNodeSays() {
        long[] tracks = new long[5 * NODES];
        for (int i = 0; i < tracks.length; i++) {
            tracks[i] = random.nextInt(2);
        }
        Tensor x = samples();
        x.select(1, 0).fill_(Double.NaN);
        assertSame(
                regressor(0).integers("nodes_missing_value_tracks_true", tracks).input(x));
        assertSame(regressor(0).input(x));
    }

    @Test
    void featuresMayBeWhole() {
        Tensor whole = samples().to(DType.INT64);
        List<Tensor> real = results(regressor(0).input(whole.to(DType.FLOAT32)));
        random.setSeed(1);
        assertResults(regressor(0).input(whole), real);
    }

    // ---- classes

    @ParameterizedTest
    @ValueSource(strings = {"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"})
    void theClassOfTheHighestScoreWins(String transform) {
        assertSame(classifier(true, 0, 1, 2)
                .integers("classlabels_int64s", 10, 20, 30)
                .text("post_transform", transform)
                .input(samples())
                .outputs(2));
    }

    @ParameterizedTest
    @CsvSource({"true, NONE", "true, LOGISTIC", "false, NONE", "false, LOGISTIC"})
    void ofTwoClassesOneScoreIsEnough(boolean positive, String transform) {
        assertSame(classifier(positive, 0)
                .integers("classlabels_int64s", 0, 1)
                .text("post_transform", transform)
                .input(samples())
                .outputs(2));
    }

    @Test
    void aSingleScoreMayBeginAtANumber() {
        assertSame(classifier(false, 0)
                .integers("classlabels_int64s", 0, 1)
                .reals("base_values", 0.25f)
                .text("post_transform", "LOGISTIC")
                .input(samples())
                .outputs(2));
    }

    @Test
    void classesMayHaveNames() {
        Tensor x = samples();
        List<Tensor> numbered = results(classifier(true, 0, 1, 2)
                .integers("classlabels_int64s", 0, 1, 2)
                .input(x)
                .outputs(2));
        random.setSeed(1);
        OneNode named = classifier(true, 0, 1, 2)
                .texts("classlabels_strings", "a", "b", "c")
                .input(x)
                .outputs(2);
        List<String> expected = new ArrayList<>();
        for (long label : numbered.get(0).toLongArray()) {
            expected.add(List.of("a", "b", "c").get((int) label));
        }

        random.setSeed(1);
        try (ScriptModule module = named.load().toModule()) {
            assertThat(((List<?>) module.run("forward", x)).get(0)).isEqualTo(expected);
        }
    }

    // ---- leaves apart from nodes

    /** {@code x0 in {1, 3} ? (x1 <= 0.5 ? 1 : 2) : 4}, and a second tree that is a leaf of 10. */
    @Test
    void nodesMayHaveSetsOfMembers() {
        OneNode node = OneNode.of(DOMAIN, "TreeEnsemble", 5)
                .integer("n_targets", 1)
                .integers("tree_roots", 0, 2)
                .integers("nodes_featureids", 0, 1, 0)
                .tensor("nodes_modes", Torch.tensor(new int[] {6, 0, 0}).to(DType.UINT8))
                .tensor("nodes_splits", Torch.tensor(new float[] {0, 0.5f, 0}))
                .tensor("membership_values", Torch.tensor(new float[] {1, 3, Float.NaN}))
                .integers("nodes_truenodeids", 1, 0, 3)
                .integers("nodes_trueleafs", 0, 1, 1)
                .integers("nodes_falsenodeids", 2, 1, 3)
                .integers("nodes_falseleafs", 1, 1, 1)
                .integers("leaf_targetids", 0, 0, 0, 0)
                .tensor("leaf_weights", Torch.tensor(new float[] {1, 2, 4, 10}));
        Tensor x = Torch.tensor(new float[] {1, 0, 3, 1, 2, 0}).reshape(3, 2);

        assertResults(
                node.input(x), List.of(Torch.tensor(new float[] {11, 12, 14}).reshape(3, 1)));
    }

    @Test
    void treesWithACircleAreMalformed() {
        OneNode node = OneNode.of(DOMAIN, "TreeEnsemble", 5)
                .integer("n_targets", 1)
                .integers("tree_roots", 0)
                .integers("nodes_featureids", 0)
                .tensor("nodes_modes", Torch.tensor(new int[] {0}).to(DType.UINT8))
                .tensor("nodes_splits", Torch.tensor(new float[] {0}))
                .integers("nodes_truenodeids", 0)
                .integers("nodes_trueleafs", 0)
                .integers("nodes_falsenodeids", 0)
                .integers("nodes_falseleafs", 1)
                .integers("leaf_targetids", 0)
                .tensor("leaf_weights", Torch.tensor(new float[] {1}))
                .input(samples());

        assertThatThrownBy(() -> node.load().toGraph())
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("a node is below itself");
    }
}
