package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Schema;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** Which inputs and outputs of a node may share memory. For an operator its schema says so. */
final class Sharing {
    /** What may give its input back as it is, though its schema does not say so. */
    private static final Set<String> PASS_ON = Set.of(
            "aten::type_as",
            "aten::dropout",
            "aten::feature_dropout",
            "aten::alpha_dropout",
            "aten::feature_alpha_dropout",
            "aten::atleast_1d",
            "aten::atleast_2d",
            "aten::atleast_3d",
            "aten::broadcast_tensors",
            "aten::meshgrid",
            "aten::einsum",
            "aten::sum_to_size");

    /** What takes a tensor apart that is not used after it. */
    private static final Set<String> OWN_PARTS =
            Set.of("aten::unsafe_chunk", "aten::unsafe_split", "aten::unsafe_split_with_sizes");

    private Sharing() {}

    /** Whether the outputs are tensors of its own, no views and no inputs. */
    static boolean makesNewTensors(Node node) {
        return !Effects.isStructure(node)
                && !Control.isControl(node)
                && Effects.schema(node) != null
                && of(node).stream().noneMatch(group -> node.outputs().stream().anyMatch(group::contains));
    }

    /** Groups of inputs and outputs that may share memory. */
    static List<List<Value>> of(Node node) {
        if (isListOfOwnParts(node)) {
            return List.of();
        }
        Schema schema = Effects.isStructure(node) ? null : Effects.schema(node);
        if (schema == null || PASS_ON.contains(node.kind()) || !saysWhatIsShared(schema)) {
            return List.of(Stream.concat(node.inputs().stream(), node.outputs().stream())
                    .toList());
        }
        List<List<Value>> groups = new ArrayList<>();
        for (int i = 0; i < node.outputs().size(); i++) {
            Set<String> sets = sets(schema.returns().get(i));
            if (!sets.isEmpty()) {
                groups.add(group(node, schema, sets, node.output(i)));
            }
        }
        return groups;
    }

    /** Parts that are nobody else's, by what the operator says of itself. */
    private static boolean isListOfOwnParts(Node node) {
        return node.is("prim::ListUnpack")
                && OWN_PARTS.contains(node.input(0).producer().kind())
                && node.input(0).uses().size() == 1;
    }

    private static List<Value> group(Node node, Schema schema, Set<String> sets, Value output) {
        List<Value> group = new ArrayList<>(List.of(output));
        for (int i = 0; i < Math.min(node.inputs().size(), schema.arguments().size()); i++) {
            if (!Collections.disjoint(sets(schema.arguments().get(i)), sets)) {
                group.add(node.input(i));
            }
        }
        return group;
    }

    /** Not an operator on lists or dictionaries, whose schema does not say what becomes of the elements. */
    private static boolean saysWhatIsShared(Schema schema) {
        return !schema.variadicReturns()
                && Stream.concat(schema.arguments().stream(), schema.returns().stream())
                        .noneMatch(argument -> argument.alias().contains("*") || isGeneric(argument.type()));
    }

    private static boolean isGeneric(Type type) {
        if (type instanceof Type.OfList list) {
            return isGeneric(list.element());
        }
        if (type instanceof Type.OfOptional optional) {
            return isGeneric(optional.element());
        }
        return type instanceof Type.OfVariable || type instanceof Type.OfDict || type == Type.Simple.ANY;
    }

    /** The names of the sets of what shares memory, in {@code a|b!} those of a and b. */
    private static Set<String> sets(Schema.Argument argument) {
        return argument.alias().isEmpty()
                ? Set.of()
                : Set.of(argument.alias().replace("!", "").split("\\|"));
    }
}
