package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.onnx.importer.Forest.Mode;

/** Trees as the attributes of a node have them. */
final class ForestReader {
    private final OnnxNode node;
    private final Conversion c;

    ForestReader(OnnxNode node, Conversion c) {
        this.node = node;
        this.c = c;
        node.ignore("nodes_hitrates", "nodes_hitrates_as_tensor");
    }

    // ---- leaves are nodes of their own kind

    /** The nodes of all trees, which are named by their tree and their number in it. */
    Forest withLeavesAmongNodes() {
        long[] trees = longs("nodes_treeids", -1);
        int count = trees.length;
        Map<List<Long>, Integer> places = places();
        Mode[] modes = new Mode[count];
        List<String> names = node.texts("nodes_modes");
        if (names == null || names.size() != count) {
            throw node.broken("has trees without nodes_modes, or not one for each node");
        }
        for (int i = 0; i < count; i++) {
            modes[i] = mode(names.get(i));
        }
        Tensor numbers = numbers("nodes_values");
        if (numbers == null || numbers.numel() != count) {
            throw node.broken("has trees without nodes_values, or not one for each node");
        }
        long[] whenTrue = children(modes, places, "nodes_truenodeids");
        long[] whenFalse = children(modes, places, "nodes_falsenodeids");
        return new Forest(
                modes,
                longs("nodes_featureids", count),
                numbers,
                whenTrue,
                whenFalse,
                missing(count),
                roots(modes, whenTrue, whenFalse));
    }

    private Mode mode(String name) {
        for (Mode mode : Mode.values()) {
            if (mode != Mode.MEMBER && name.equals(mode == Mode.LEAF ? "LEAF" : "BRANCH_" + mode)) {
                return mode;
            }
        }
        throw node.unsupported("nodes_modes " + name);
    }

    private Map<List<Long>, Integer> places() {
        long[] trees = longs("nodes_treeids", -1);
        long[] ids = longs("nodes_nodeids", trees.length);
        Map<List<Long>, Integer> places = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            places.put(List.of(trees[i], ids[i]), i);
        }
        return places;
    }

    private long[] children(Mode[] modes, Map<List<Long>, Integer> places, String attribute) {
        long[] trees = longs("nodes_treeids", -1);
        long[] children = longs(attribute, modes.length);
        for (int i = 0; i < modes.length; i++) {
            if (modes[i] != Mode.LEAF) {
                children[i] = place(places, trees[i], children[i]);
            }
        }
        return children;
    }

    private int place(Map<List<Long>, Integer> places, long tree, long id) {
        Integer place = places.get(List.of(tree, id));
        if (place == null) {
            throw node.broken("names the node " + id + " of tree " + tree + ", which is not there");
        }
        return place;
    }

    /** The nodes that are below no other one. */
    private static long[] roots(Mode[] modes, long[] whenTrue, long[] whenFalse) {
        Set<Long> children = new HashSet<>();
        for (int i = 0; i < modes.length; i++) {
            if (modes[i] != Mode.LEAF) {
                children.add(whenTrue[i]);
                children.add(whenFalse[i]);
            }
        }
        List<Long> roots = new ArrayList<>();
        for (long i = 0; i < modes.length; i++) {
            if (!children.contains(i)) {
                roots.add(i);
            }
        }
        return roots.stream().mapToLong(Long::longValue).toArray();
    }

    /** The votes of leaves for targets: {@code class} or {@code target} begins the attributes' names. */
    Votes votes(String kind, Forest forest, long targets, String aggregate) {
        long[] ids = targets(kind);
        long[] trees = longs(kind + "_treeids", ids.length);
        long[] nodes = longs(kind + "_nodeids", ids.length);
        Tensor weights = weights(kind);
        double[] values = weights.toDoubleArray();
        if (values.length != ids.length) {
            throw node.broken("has not one of " + kind + "_weights for each vote");
        }
        Map<List<Long>, Integer> places = places();
        Votes votes = new Votes(node, forest, targets, aggregate, weights.dtype());
        for (int i = 0; i < ids.length; i++) {
            votes.add(node, place(places, trees[i], nodes[i]), ids[i], values[i]);
        }
        return votes;
    }

    /** The target of each vote. */
    long[] targets(String kind) {
        return longs(kind + "_ids", -1);
    }

    /** The weight of each vote. */
    Tensor weights(String kind) {
        Tensor weights = numbers(kind + "_weights");
        if (weights == null) {
            throw node.broken("has no " + kind + "_weights");
        }
        return weights;
    }

    // ---- leaves are apart

    /** The nodes of all trees, behind which are all leaves. */
    Forest withSeparateLeaves() {
        int inner = longs("nodes_featureids", -1).length;
        int leaves = longs("leaf_targetids", -1).length;
        long[] kinds = c.read(node.tensorAttribute("nodes_modes")).toLongArray();
        Tensor splits = c.read(node.tensorAttribute("nodes_splits"));
        if (kinds.length != inner || splits.numel() != inner) {
            throw node.broken("has not one of nodes_modes and nodes_splits for each node");
        }
        Mode[] modes = new Mode[inner + leaves];
        Arrays.fill(modes, Mode.LEAF);
        for (int i = 0; i < inner; i++) {
            if (kinds[i] < 0 || kinds[i] >= Mode.LEAF.ordinal()) {
                throw node.unsupported("nodes_modes " + kinds[i]);
            }
            modes[i] = Mode.values()[(int) kinds[i]];
        }
        Tensor none = Torch.zeros(new long[] {leaves}, TensorOptions.of(splits.dtype()));
        Forest forest = new Forest(
                modes,
                Arrays.copyOf(longs("nodes_featureids", inner), inner + leaves),
                Torch.cat(List.of(splits, none), 0),
                separate("true", inner, leaves),
                separate("false", inner, leaves),
                Arrays.copyOf(missing(inner), inner + leaves),
                longs("tree_roots", -1));
        members(modes, forest);
        return forest;
    }

    private long[] separate(String branch, int inner, int leaves) {
        long[] ids = longs("nodes_" + branch + "nodeids", inner);
        long[] areLeaves = longs("nodes_" + branch + "leafs", inner);
        long[] children = new long[inner + leaves];
        for (int i = 0; i < inner; i++) {
            children[i] = areLeaves[i] != 0 ? inner + ids[i] : ids[i];
            if (ids[i] < 0 || children[i] >= (areLeaves[i] != 0 ? children.length : inner)) {
                throw node.broken("names the node " + ids[i] + ", which is not there");
            }
        }
        return children;
    }

    /** The sets of all nodes that have one are in one row, each with NaN behind it. */
    private void members(Mode[] modes, Forest forest) {
        if (!Arrays.asList(modes).contains(Mode.MEMBER)) {
            node.ignore("membership_values");
            return;
        }
        double[] all = c.read(node.tensorAttribute("membership_values")).toDoubleArray();
        int start = 0;
        for (int i = 0; i < modes.length; i++) {
            if (modes[i] == Mode.MEMBER) {
                int end = start;
                while (end < all.length && !Double.isNaN(all[end])) {
                    end++;
                }
                forest.members(i, Arrays.copyOfRange(all, Math.min(start, all.length), end));
                start = end + 1;
            }
        }
    }

    Votes votesOfSeparateLeaves(Forest forest, long targets, String aggregate) {
        long[] ids = longs("leaf_targetids", -1);
        Tensor weights = c.read(node.tensorAttribute("leaf_weights"));
        double[] values = weights.toDoubleArray();
        if (values.length != ids.length) {
            throw node.broken("has not one of leaf_weights for each leaf");
        }
        Votes votes = new Votes(node, forest, targets, aggregate, weights.dtype());
        for (int i = 0; i < ids.length; i++) {
            votes.add(node, forest.size() - ids.length + i, ids[i], values[i]);
        }
        return votes;
    }

    // ---- attributes

    private boolean[] missing(int count) {
        boolean[] missing = new boolean[count];
        if (node.hasAttribute("nodes_missing_value_tracks_true")) {
            long[] given = longs("nodes_missing_value_tracks_true", count);
            for (int i = 0; i < count; i++) {
                missing[i] = given[i] != 0;
            }
        }
        return missing;
    }

    /** An attribute of real numbers, in single precision or as a tensor; null if there is none. */
    @Nullable
    Tensor numbers(String name) {
        if (node.hasAttribute(name + "_as_tensor")) {
            return c.read(node.tensorAttribute(name + "_as_tensor"));
        }
        List<Double> given = node.reals(name);
        return given == null
                ? null
                : Torch.tensor(given.stream().mapToDouble(Double::doubleValue).toArray())
                        .to(DType.FLOAT32);
    }

    /** An attribute of as many whole numbers as {@code count}, unless that is negative. */
    private long[] longs(String name, int count) {
        long[] given = node.integers(name);
        if (given == null || count >= 0 && given.length != count) {
            throw node.broken("has no " + name + ", or not as many as it has nodes or votes");
        }
        return given;
    }
}
