package org.torchbridge.nn;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.torchbridge.Tensor;

/**
 * Layers one after the other: each is called with what the one before made.
 *
 * <pre>{@code
 * Sequential head = new Sequential(new Linear(512, 64), new ReLU(), new Linear(64, 10));
 * Sequential body = new Sequential(model.children()).slice(0, -1);
 * }</pre>
 *
 * <p>Positions may be negative: {@code -1} is the last layer.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Sequential.html">Sequential</a>.
 */
public class Sequential extends Layer implements Iterable<Layer> {

    /** Layers with the names "0", "1" and so on. */
    public Sequential(Layer... layers) {
        this(Arrays.asList(layers));
    }

    /**
     * Layers with the names "0", "1" and so on.
     *
     * @throws IllegalArgumentException if one of the modules is not a {@link Layer}
     */
    public Sequential(Iterable<? extends Module> layers) {
        this(numbered(layers));
    }

    /**
     * Layers with the names they have in {@code layers}, in its order.
     *
     * @throws IllegalArgumentException if one of the modules is not a {@link Layer}
     */
    public Sequential(Map<String, ? extends Module> layers) {
        layers.forEach((name, module) -> {
            requireLayer(name, module);
            add(name, module);
        });
    }

    @Override
    public Tensor forward(Tensor input) {
        Tensor output = input;
        for (Module module : added().values()) {
            output = ((Layer) module).call(output);
        }
        return output;
    }

    public int size() {
        return added().size();
    }

    /** The layer at {@code index}. */
    public Layer get(int index) {
        return (Layer) added().get(name(index));
    }

    /** Puts {@code layer} in the place and under the name of the one at {@code index}. */
    public void set(int index, Layer layer) {
        add(name(index), layer);
    }

    /** Adds {@code layer} at the end. Its name is the number of layers before it, or the next one that is free. */
    public Sequential append(Layer layer) {
        int number = size();
        while (added().containsKey(Integer.toString(number))) {
            number++;
        }
        add(Integer.toString(number), layer);
        return this;
    }

    /** The layers from {@code from} to before {@code to}: the same ones, with the names they have here. */
    public Sequential slice(int from, int to) {
        int begin = clamp(from);
        int end = Math.max(begin, clamp(to));
        Map<String, Module> layers = new LinkedHashMap<>();
        names().subList(begin, end).forEach(name -> layers.put(name, added().get(name)));
        return new Sequential(layers);
    }

    @Override
    public Iterator<Layer> iterator() {
        return added().values().stream().map(Layer.class::cast).iterator();
    }

    /** Everything that a {@code Sequential} has is a {@link Layer}. */
    @Override
    public void add(String name, Module child) {
        requireLayer(name, child);
        super.add(name, child);
    }

    private List<String> names() {
        return List.copyOf(added().keySet());
    }

    private String name(int index) {
        int position = index < 0 ? index + size() : index;
        return names().get(Objects.checkIndex(position, size()));
    }

    /** As in Python, a slice may reach beyond the ends. */
    private int clamp(int index) {
        int position = index < 0 ? index + size() : index;
        return Math.max(0, Math.min(position, size()));
    }

    private static Map<String, Module> numbered(Iterable<? extends Module> layers) {
        Map<String, Module> named = new LinkedHashMap<>();
        layers.forEach(layer -> named.put(Integer.toString(named.size()), layer));
        return named;
    }

    private static void requireLayer(String name, Module module) {
        if (!(module instanceof Layer)) {
            throw new IllegalArgumentException("the module '" + name + "' of a Sequential is "
                    + (module == null ? "null" : "a " + module.getClass().getName())
                    + "; a Layer is expected, which makes one tensor from one");
        }
    }
}
