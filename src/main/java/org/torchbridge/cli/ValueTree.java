package org.torchbridge.cli;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.io.PythonTuple;
import org.torchbridge.io.TorchSize;

/** A value of Python with all that is in it, a line each, deeper ones further to the right. */
final class ValueTree {
    private static final int MAX_ITEMS = 40;
    private static final int MAX_DEPTH = 30;
    private static final int MAX_TEXT = 60;
    private static final String INDENT = "  ";

    private final PrintWriter out;

    /** What is being printed: a value that holds itself is printed once. */
    private final Set<Object> open = Collections.newSetFromMap(new IdentityHashMap<>());

    ValueTree(PrintWriter out) {
        this.out = out;
    }

    /** Prints what is in {@code root}, or {@code root} itself where nothing is in it. */
    void print(@Nullable Object root) {
        if (root instanceof Map || root instanceof Collection<?> items && !(items instanceof TorchSize)) {
            out.println(describe(root));
            items(root, 1);
        } else {
            out.println(describe(root));
        }
    }

    private void items(Object container, int depth) {
        open.add(container);
        int number = 0;
        if (container instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (number++ == MAX_ITEMS) {
                    more(map.size(), depth);
                    break;
                }
                item(entry.getKey() instanceof String key ? key : describe(entry.getKey()), entry.getValue(), depth);
            }
        } else {
            for (Object each : (Collection<?>) container) {
                if (number == MAX_ITEMS) {
                    more(((Collection<?>) container).size(), depth);
                    break;
                }
                item("[" + number++ + "]", each, depth);
            }
        }
        open.remove(container);
    }

    private void more(int size, int depth) {
        out.println(INDENT.repeat(depth) + "... and " + (size - MAX_ITEMS) + " more");
    }

    private void item(String name, @Nullable Object value, int depth) {
        String line = INDENT.repeat(depth) + oneLine(name) + ": " + describe(value);
        if (!isContainer(value) || isShort(value)) {
            out.println(line);
        } else if (open.contains(value)) {
            out.println(line + ", the same that this is in");
        } else if (depth == MAX_DEPTH) {
            out.println(line + " ...");
        } else {
            out.println(line);
            items(value, depth + 1);
        }
    }

    private static boolean isContainer(@Nullable Object value) {
        return value instanceof Map || value instanceof Collection;
    }

    /** Whether {@link #describe} says all about it. */
    private static boolean isShort(Object value) {
        return value instanceof Map<?, ?> map
                ? map.isEmpty()
                : value instanceof Collection<?> items
                        && items.size() <= 8
                        && items.stream().noneMatch(item -> isContainer(item) || item instanceof Tensor);
    }

    static String describe(@Nullable Object value) {
        if (value == null) {
            return "None";
        } else if (value instanceof Tensor tensor) {
            return type(tensor) + " " + shape(tensor.shape());
        } else if (value instanceof String text) {
            return "'" + oneLine(text) + "'";
        } else if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        } else if (value instanceof byte[] bytes) {
            return Table.number(bytes.length) + " bytes";
        } else if (value instanceof TorchSize size) {
            return "torch.Size" + size;
        } else if (value instanceof Map<?, ?> map) {
            return map.isEmpty() ? "{}" : "dictionary of " + count(map.size());
        } else if (value instanceof Collection<?> items) {
            return isShort(items) ? shortList(items) : kind(items) + " of " + count(items.size());
        }
        return value.toString();
    }

    private static String shortList(Collection<?> items) {
        String inner = items.stream().map(ValueTree::describe).collect(Collectors.joining(", "));
        if (items instanceof PythonTuple) {
            return items.size() == 1 ? "(" + inner + ",)" : "(" + inner + ")";
        } else if (items instanceof List) {
            return "[" + inner + "]";
        }
        return items.isEmpty() ? "set()" : "{" + inner + "}";
    }

    private static String kind(Collection<?> items) {
        return items instanceof PythonTuple ? "tuple" : items instanceof List ? "list" : "set";
    }

    private static String count(int size) {
        return size == 1 ? "1 item" : Table.number(size) + " items";
    }

    /** {@code float32}, and whether the tensor is laid out or counted otherwise than most. */
    static String type(Tensor tensor) {
        String layout = tensor.layout().toString().replace("torch.", "");
        return tensor.dtype().pythonName() + (layout.equals("strided") ? "" : " " + layout);
    }

    static String shape(long[] shape) {
        return LongStream.of(shape).mapToObj(String::valueOf).collect(Collectors.joining(" x ", "(", ")"));
    }

    private static String oneLine(String text) {
        String line = text.codePoints()
                .limit(MAX_TEXT)
                .mapToObj(c -> Character.isISOControl(c) ? "\\x%02x".formatted(c) : Character.toString(c))
                .collect(Collectors.joining());
        return line.length() < text.length() && text.length() > MAX_TEXT ? line + "..." : line;
    }
}
