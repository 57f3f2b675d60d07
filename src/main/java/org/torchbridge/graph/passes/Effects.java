package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Schema;
import org.torchbridge.graph.Schemas;
import org.torchbridge.graph.Value;
import org.torchbridge.internal.BoxedOperators;

/**
 * What running a node does besides making its outputs. For an operator its schema says so; of one that is not known, the
 * worst is assumed.
 */
public final class Effects {
    /** What is not an operator of libtorch, and does nothing but make its outputs. */
    private static final Set<String> STRUCTURE = Set.of(
            "prim::Constant",
            "prim::GetAttr",
            "prim::ListConstruct",
            "prim::ListUnpack",
            "prim::TupleConstruct",
            "prim::TupleUnpack",
            "prim::TupleIndex",
            "prim::TupleSlice",
            "prim::DictConstruct",
            "prim::Uninitialized",
            "prim::unchecked_cast",
            "prim::isinstance",
            "prim::tolist");

    private static final Set<String> SIDE_EFFECTS = Set.of(
            "prim::Print",
            "prim::RaiseException",
            "prim::SetAttr",
            "prim::Enter",
            "prim::Exit",
            "prim::AddStatValue",
            "prim::TimePoint",
            "aten::warn",
            "aten::save",
            "aten::manual_seed",
            "aten::set_grad_enabled",
            "aten::_set_grad_enabled",
            "aten::wait");

    /** What gives something else at another time. */
    private static final Set<String> SURROUNDINGS = Set.of(
            "aten::is_grad_enabled",
            "aten::is_autocast_enabled",
            "aten::initial_seed",
            "aten::seed",
            "aten::get_num_threads");

    private Effects() {}

    /** Whether it is none of libtorch's operators, and only makes its outputs of its inputs. */
    static boolean isStructure(Node node) {
        return STRUCTURE.contains(node.kind());
    }

    /** The operator's schema; null for what has none. */
    static @Nullable Schema schema(Node node) {
        return Schemas.of(node).orElse(null);
    }

    /** Whether it can be left out if nothing uses its outputs, and done once instead of twice. */
    public static boolean isPure(Node node) {
        return !hasSideEffects(node)
                && !Control.isControl(node)
                && !SURROUNDINGS.contains(node.kind())
                && written(node).isEmpty()
                && !isRandom(node);
    }

    /** Whether it does something that is seen from outside, apart from writing into its inputs. */
    public static boolean hasSideEffects(Node node) {
        return SIDE_EFFECTS.contains(node.kind()) || isUnknown(node);
    }

    private static boolean isUnknown(Node node) {
        return !isStructure(node)
                && !SIDE_EFFECTS.contains(node.kind())
                && !Control.isControl(node)
                && schema(node) == null;
    }

    /** Whether it draws random numbers. */
    public static boolean isRandom(Node node) {
        Schema schema = isStructure(node) ? null : schema(node);
        return schema != null && BoxedOperators.isRandom(schema.kind(), schema.overload()) && !isCertain(node, schema);
    }

    /** Whether it is dropout that lets everything through. */
    private static boolean isCertain(Node node, Schema schema) {
        return isConstant(node, schema, "train", false)
                || isConstant(node, schema, "training", false)
                || isConstant(node, schema, "dropout_p", 0.0);
    }

    private static boolean isConstant(Node node, Schema schema, String argument, Object expected) {
        Value value = argument(node, schema, argument);
        return value != null && Constants.is(value, expected);
    }

    /** What the node gets as the argument of that name; null if the operator has none. */
    static @Nullable Value argument(Node node, Schema schema, String name) {
        for (int i = 0; i < Math.min(node.inputs().size(), schema.arguments().size()); i++) {
            if (schema.arguments().get(i).name().equals(name)) {
                return node.input(i);
            }
        }
        return null;
    }

    /** Which inputs it writes into. */
    public static List<Value> written(Node node) {
        if (node.is(Slots.SET) && !Slots.isWritten(node)) {
            return List.of(node.input(0));
        }
        if (isStructure(node) || SIDE_EFFECTS.contains(node.kind()) || Control.isControl(node)) {
            return List.of();
        }
        Schema schema = schema(node);
        if (schema == null) {
            return node.inputs();
        }
        List<Value> written = new ArrayList<>();
        for (int i = 0; i < Math.min(node.inputs().size(), schema.arguments().size()); i++) {
            if (schema.arguments().get(i).isMutated() || isRunningStatistic(node, schema, i)) {
                written.add(node.input(i));
            }
        }
        return written;
    }

    /** Whether the lists that it writes into stay, and their tensors change. */
    static boolean writesIntoElements(Node node) {
        return node.kind().startsWith("aten::_foreach_") || node.kind().startsWith("aten::_fused_");
    }

    /** Normalisation writes into its statistics when it trains, though its schema does not say so. */
    private static boolean isRunningStatistic(Node node, Schema schema, int index) {
        return schema.arguments().get(index).name().startsWith("running_")
                && !Constants.isNone(node.input(index))
                && !isConstant(node, schema, "training", false)
                && !isConstant(node, schema, "use_input_stats", false);
    }
}
