package org.torchbridge.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * Makes several dimensions of one: the opposite of {@link Flatten}. A dimension that is given by its name becomes
 * dimensions with names.
 *
 * <pre>{@code
 * Unflatten images = new Unflatten(1, 3, 32, 32);
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Unflatten.html">Unflatten</a>.
 */
public class Unflatten extends Layer {
    private final long dim;
    private final @Nullable String name;
    private final Map<String, Long> named;
    private final Size unflattenedSize;

    /** Makes dimensions of the given sizes of dimension {@code dim}; one of them may be -1. */
    public Unflatten(long dim, long... unflattenedSize) {
        this.dim = dim;
        this.name = null;
        this.named = Map.of();
        this.unflattenedSize = Size.tuple(unflattenedSize);
    }

    /** Makes dimensions of the given names and sizes, in the order of the map, of the one called {@code dim}. */
    public Unflatten(String dim, Map<String, Long> unflattenedSize) {
        this.dim = 0;
        this.name = dim;
        this.named = new LinkedHashMap<>(unflattenedSize);
        this.unflattenedSize =
                Size.tuple(named.values().stream().mapToLong(Long::longValue).toArray());
    }

    @Override
    public Tensor forward(Tensor input) {
        long[] sizes = unflattenedSize.expand(
                "unflattenedSize", unflattenedSize.values().size());
        return name == null
                ? input.unflatten(dim, sizes)
                : input.unflatten(name, sizes, named.keySet().toArray(String[]::new));
    }

    @Override
    public String extraRepr() {
        if (name == null) {
            return "dim=" + dim + ", unflattened_size=" + unflattenedSize;
        }
        String sizes = named.entrySet().stream()
                .map(each -> "('" + each.getKey() + "', " + each.getValue() + ")")
                .collect(Collectors.joining(", ", "(", named.size() == 1 ? ",)" : ")"));
        return "dim=" + name + ", unflattened_size=" + sizes;
    }
}
