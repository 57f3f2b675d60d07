package org.torchbridge.onnx.importer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Value;

/**
 * Decision trees as tables over their nodes, through which all samples walk down all trees at once: as many steps as the longest
 * way has. A leaf is its own child.
 */
final class Forest {
    /** What a node compares a feature with its number by, in the order of their numbers in version 5. */
    enum Mode {
        LEQ("aten::le"),
        LT("aten::lt"),
        GTE("aten::ge"),
        GT("aten::gt"),
        EQ("aten::eq"),
        NEQ("aten::ne"),
        MEMBER("aten::eq"),
        LEAF("");

        private final String kind;

        Mode(String kind) {
            this.kind = kind;
        }
    }

    private final Mode[] modes;
    private final long[] whenTrue;
    private final long[] whenFalse;
    private final long[] features;
    private final Tensor numbers;
    private final boolean[] missingIsTrue;
    private final long[] roots;
    private final Map<Integer, double[]> members = new HashMap<>();

    /**
     * @param whenTrue the nodes that follow where the comparison holds; leaves need not have any
     * @param numbers what features are compared with
     * @param missingIsTrue where features that are missing go, as if the comparison held
     */
    Forest(
            Mode[] modes,
            long[] features,
            Tensor numbers,
            long[] whenTrue,
            long[] whenFalse,
            boolean[] missingIsTrue,
            long[] roots) {
        this.modes = modes;
        this.features = features;
        this.numbers = numbers;
        this.whenTrue = whenTrue;
        this.whenFalse = whenFalse;
        this.missingIsTrue = missingIsTrue;
        this.roots = roots;
        if (roots.length == 0) {
            throw new FileFormatException("has trees without a root");
        }
        for (int i = 0; i < modes.length; i++) {
            if (modes[i] == Mode.LEAF) {
                features[i] = 0;
                whenTrue[i] = i;
                whenFalse[i] = i;
            }
        }
    }

    /** Says which numbers a node of the mode {@link Mode#MEMBER} has. */
    void members(int node, double[] numbers) {
        members.put(node, numbers);
    }

    int size() {
        return modes.length;
    }

    int trees() {
        return roots.length;
    }

    /** How many steps the longest way from a root to a leaf has. */
    private long depth() {
        long[] level = roots;
        for (long depth = 0; depth <= modes.length; depth++) {
            long[] inner = Arrays.stream(level)
                    .filter(node -> modes[(int) node] != Mode.LEAF)
                    .toArray();
            if (inner.length == 0) {
                return depth;
            }
            level = Arrays.stream(inner)
                    .flatMap(node -> Arrays.stream(new long[] {whenTrue[(int) node], whenFalse[(int) node]}))
                    .distinct()
                    .toArray();
        }
        throw new FileFormatException("has trees in which a node is below itself");
    }

    /** The leaf that each sample reaches in each tree: samples x trees. */
    Value leaves(Conversion c, Value x) {
        Value start = c.op("aten::expand", Torch.tensor(roots).unsqueeze(0), Numbers.row(List.of(c.size(x, 0), -1L)));
        return c.loop(depth(), true, List.of(start), turn -> List.of(c.constant(true), next(c, x, turn.get(1))))
                .get(0);
    }

    private Value next(Conversion c, Value x, Value at) {
        Value feature = c.op("aten::gather", x, 1L, c.op("aten::take", Torch.tensor(features), at));
        Value holds = holds(c, feature, at);
        Tensor missing = Torch.tensor(missingIsTrue);
        if (missing.any().toBoolean()) {
            Value goes = c.op("aten::take", missing, at);
            holds = c.op("aten::logical_or", holds, c.op("aten::logical_and", c.op("aten::isnan", feature), goes));
        }
        return c.op(
                "aten::where",
                holds,
                c.op("aten::take", Torch.tensor(whenTrue), at),
                c.op("aten::take", Torch.tensor(whenFalse), at));
    }

    private Value holds(Conversion c, Value feature, Value at) {
        List<Mode> used = Arrays.stream(modes)
                .filter(mode -> mode != Mode.LEAF)
                .distinct()
                .sorted()
                .toList();
        if (used.isEmpty()) {
            return c.op("aten::eq", at, at);
        }
        Value holds = compared(c, used.get(0), feature, at);
        for (Mode mode : used.subList(1, used.size())) {
            Tensor own =
                    Torch.tensor(Arrays.stream(modes).mapToLong(Mode::ordinal).toArray());
            Value isOne = c.op("aten::eq", c.op("aten::take", own, at), (long) mode.ordinal());
            holds = c.op("aten::where", isOne, compared(c, mode, feature, at), holds);
        }
        return holds;
    }

    private Value compared(Conversion c, Mode mode, Value feature, Value at) {
        if (mode != Mode.MEMBER) {
            return c.op(mode.kind, feature, c.op("aten::take", numbers, at));
        }
        Value rows = c.op("aten::index", memberRows(), c.list(List.of(at)));
        return c.op("aten::any", c.op("aten::eq", c.op("aten::unsqueeze", feature, -1L), rows), -1L, false);
    }

    /** The members of each node, filled up with NaN, which equals nothing. */
    private Tensor memberRows() {
        int most = members.values().stream().mapToInt(row -> row.length).max().orElse(0);
        double[] rows = new double[modes.length * most];
        Arrays.fill(rows, Double.NaN);
        members.forEach((node, row) -> System.arraycopy(row, 0, rows, node * most, row.length));
        return Torch.tensor(rows).reshape(modes.length, most).to(numbers.dtype());
    }
}
