package org.torchbridge.io;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scalar;

/** Containers, bytes and numbers that pickles make by calling functions of Python's own. */
final class PythonObjects {
    /** A reference and what a hash table has beside it. */
    private static final int BYTES_OF_AN_ITEM = 48;

    private final Allowance allowance;

    PythonObjects(Allowance allowance) {
        this.allowance = allowance;
    }

    void addTo(Map<String, Object> names) {
        Unpickler.Function dictionary = arguments -> dictionary(arguments, 0);
        Unpickler.Function set = this::set;
        Unpickler.Function bytes = arguments -> bytes(new Checked("bytes", arguments));
        names.put("collections.OrderedDict", dictionary);
        names.put("collections.Counter", dictionary);
        names.put("collections.defaultdict", (Unpickler.Function) arguments -> dictionary(arguments, 1));
        names.put("builtins.set", set);
        names.put("builtins.frozenset", set);
        names.put("builtins.bytes", bytes);
        names.put("builtins.bytearray", bytes);
        names.put("_codecs.encode", bytes);
        names.put("builtins.complex", (Unpickler.Function) arguments -> complex(new Checked("complex", arguments)));
        names.put("torch.Size", (Unpickler.Function) arguments -> size(new Checked("a size", arguments)));
    }

    /** A dictionary of what another one, or a list of pairs, has. */
    private PythonDict dictionary(List<@Nullable Object> arguments, int itemsAt) {
        PythonDict dict = new PythonDict(itemsAt == 0);
        Object items = arguments.size() > itemsAt ? arguments.get(itemsAt) : List.of();
        if (items instanceof Map<?, ?> map) {
            allowance.spend(map.size(), BYTES_OF_AN_ITEM);
            dict.putAll(map);
        } else {
            for (Object item : copied("a dictionary", items)) {
                List<?> pair = item instanceof List<?> list ? list : List.of();
                if (pair.size() != 2) {
                    throw new FileFormatException("is damaged: an item of a dictionary is not a key with a value");
                }
                dict.put(Keys.require(pair.get(0)), pair.get(1));
            }
        }
        return dict;
    }

    private Set<@Nullable Object> set(List<@Nullable Object> arguments) {
        Set<@Nullable Object> set = new LinkedHashSet<>();
        for (Object item : copied("a set", arguments.isEmpty() ? List.of() : arguments.get(0))) {
            set.add(Keys.require(item));
        }
        return set;
    }

    private Collection<?> copied(String what, @Nullable Object items) {
        if (!(items instanceof Collection<?> collection)) {
            throw new FileFormatException("is damaged: " + what + " is made of " + Descriptions.of(items));
        }
        allowance.spend(collection.size(), BYTES_OF_AN_ITEM);
        return collection;
    }

    /** {@code (text, encoding)}, or bytes: in old protocols every byte is a letter of Latin 1. */
    private byte[] bytes(Checked arguments) {
        if (arguments.count() == 0) {
            return new byte[0];
        }
        if (arguments.any(0) instanceof byte[] bytes) {
            return bytes;
        }
        String text = arguments.text(0);
        String encoding = arguments.has(1) ? arguments.text(1) : "latin1";
        if (!encoding.equals("latin1") && !encoding.equals("latin-1")) {
            throw new FileFormatException("is damaged: bytes are in the encoding '" + encoding + "'");
        }
        allowance.spend(text.length(), 1);
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Scalar complex(Checked arguments) {
        double imaginary = arguments.has(1) ? arguments.as(1, Number.class).doubleValue() : 0;
        return Scalar.complex(arguments.as(0, Number.class).doubleValue(), imaginary);
    }

    private TorchSize size(Checked arguments) {
        if (arguments.count() == 0) {
            return new TorchSize();
        }
        allowance.spend(arguments.tuple(0).count(), BYTES_OF_AN_ITEM);
        return new TorchSize(arguments.longs(0));
    }
}
