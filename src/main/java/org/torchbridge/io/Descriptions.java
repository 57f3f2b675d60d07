package org.torchbridge.io;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeOperators;

/** What values are, for people, in few words: none goes into what is in a container. */
final class Descriptions {
    private static final int MAX_KEYS_NAMED = 10;

    private Descriptions() {}

    /** {@code "'epoch' is 3, 'model' is a dictionary of 2 tensors"}. */
    static String items(Map<?, ?> dict) {
        List<String> items = new ArrayList<>();
        dict.entrySet().stream()
                .limit(MAX_KEYS_NAMED)
                .forEach(item -> items.add(key(item.getKey()) + " is " + of(item.getValue())));
        int more = dict.size() - items.size();
        return String.join(", ", items) + (more > 0 ? " and " + more + " more" : "");
    }

    private static String key(@Nullable Object key) {
        return key instanceof String ? "'" + key + "'" : of(key);
    }

    /** After "holds": {@code "a tensor float32 [2, 3]"}. */
    static String of(@Nullable Object value) {
        if (value instanceof Tensor tensor) {
            return "a tensor " + tensor.dtype().pythonName() + " " + shape(tensor);
        } else if (value instanceof Map<?, ?> dict) {
            boolean ofTensors = !dict.isEmpty() && PythonDict.isStateDict(dict);
            return "a dictionary of " + dict.size() + (ofTensors ? " tensors" : " items");
        } else if (value instanceof PythonTuple tuple) {
            return "a tuple of " + tuple.size() + " items";
        } else if (value instanceof List<?> list) {
            return "a list of " + list.size() + " items";
        } else if (value instanceof Set<?> set) {
            return "a set of " + set.size() + " items";
        } else if (value instanceof String) {
            return "a text";
        } else if (value instanceof byte[] bytes) {
            return bytes.length + " bytes";
        } else if (value instanceof Number number) {
            return number.toString();
        } else if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        }
        return value == null ? "None" : value.toString();
    }

    private static String shape(Tensor tensor) {
        return isNested(tensor) ? "nested" : Arrays.toString(tensor.shape());
    }

    /** Such a tensor has several shapes; it is known by what libtorch refuses of any other. */
    static boolean isNested(Tensor tensor) {
        try {
            Tensor sizes = Adoption.adopt(NativeOperators._nested_tensor_size(tensor.handle()));
            return sizes.dim() == 2;
        } catch (TorchException e) {
            return false;
        }
    }
}
