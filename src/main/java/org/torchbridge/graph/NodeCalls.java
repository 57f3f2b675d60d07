package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.torchbridge.TorchException;

/** What single nodes give: constants and collections, whatever is in them, here; all else is libtorch's. */
final class NodeCalls {
    private static final Logger LOGGER = LoggerFactory.getLogger(Interpreter.class);

    private NodeCalls() {}

    static List<@Nullable Object> call(Node node, List<@Nullable Object> inputs) {
        return switch (node.kind()) {
            case "prim::Constant" -> Collections.singletonList(node.attribute("value"));
            case "prim::ListConstruct" -> List.of(new ArrayList<>(inputs));
            case "prim::TupleConstruct" -> List.of(Collections.unmodifiableList(new ArrayList<>(inputs)));
            case "prim::DictConstruct", "prim::CreateObject" -> List.of(dict(inputs));
            case "prim::TupleUnpack", "prim::ListUnpack" -> unpack(node, (List<?>) inputs.get(0));
            case "prim::TupleIndex" -> Collections.singletonList(element(node, inputs));
            case "prim::TupleSlice" -> List.of(slice(node, (List<?>) inputs.get(0)));
            case "prim::unchecked_cast", "prim::unchecked_unwrap_optional" -> inputs;
            case "prim::Uninitialized" -> Collections.singletonList(null);
            case "prim::RaiseException" -> throw new TorchException(String.valueOf(inputs.get(0)));
            case "aten::warn" -> {
                LOGGER.warn("{}", inputs.get(0));
                yield List.of();
            }
            case "prim::Print" -> {
                System.out.println(inputs.stream().map(String::valueOf).collect(Collectors.joining(" ")));
                yield List.of();
            }
            case "aten::__is__", "aten::__isnot__" -> inputs.contains(null)
                    ? List.of(node.is("aten::__is__") == (inputs.get(0) == inputs.get(1)))
                    : Operators.call(node, inputs);
            default -> collection(node, inputs);
        };
    }

    /** Of lists and dictionaries, which libtorch takes only if their types are written in what they hold. */
    private static List<@Nullable Object> collection(Node node, List<@Nullable Object> inputs) {
        Object first = inputs.isEmpty() ? null : inputs.get(0);
        if (first instanceof List<?> list) {
            return switch (node.kind()) {
                case "aten::__getitem__" -> Collections.singletonList(element(node, inputs));
                case "aten::len" -> List.of((long) list.size());
                case "aten::append" -> appended(inputs);
                case "aten::dict" -> List.of(dict(
                        list.stream().flatMap(pair -> ((List<?>) pair).stream()).toList()));
                default -> Operators.call(node, inputs);
            };
        }
        boolean inDictionary = first instanceof Map && node.is("aten::__getitem__");
        return inDictionary
                ? Collections.singletonList(element(node, inputs))
                : first instanceof Map<?, ?> map && node.is("aten::len")
                        ? List.of((long) map.size())
                        : Operators.call(node, inputs);
    }

    @SuppressWarnings("unchecked") // the lists are the interpreter's
    private static List<@Nullable Object> appended(List<@Nullable Object> inputs) {
        ((List<@Nullable Object>) inputs.get(0)).add(inputs.get(1));
        return inputs.subList(0, 1);
    }

    private static Map<Object, @Nullable Object> dict(List<? extends @Nullable Object> inputs) {
        Map<Object, @Nullable Object> dict = new LinkedHashMap<>();
        for (int i = 0; i < inputs.size(); i += 2) {
            dict.put(inputs.get(i), inputs.get(i + 1));
        }
        return dict;
    }

    private static List<@Nullable Object> unpack(Node node, List<?> elements) {
        if (elements.size() != node.outputs().size()) {
            throw new TorchException(
                    "expected " + node.outputs().size() + " elements, there are " + elements.size() + ": " + node);
        }
        return new ArrayList<>(elements);
    }

    private static List<?> slice(Node node, List<?> elements) {
        return elements.subList(((Long) node.attribute("beg")).intValue(), ((Long) node.attribute("end")).intValue());
    }

    private static @Nullable Object element(Node node, List<@Nullable Object> inputs) {
        if (inputs.get(0) instanceof Map<?, ?> map) {
            if (!map.containsKey(inputs.get(1))) {
                throw new TorchException("there is no key " + inputs.get(1) + ": " + node);
            }
            return map.get(inputs.get(1));
        }
        List<?> list = (List<?>) inputs.get(0);
        long index = (Long) inputs.get(1);
        long place = index < 0 ? index + list.size() : index;
        if (place < 0 || place >= list.size()) {
            throw new TorchException("there is no element " + index + " among " + list.size() + ": " + node);
        }
        return list.get((int) place);
    }
}
