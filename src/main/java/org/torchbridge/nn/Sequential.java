package org.torchbridge.nn;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
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
        return (Layer) layers().get(index);
    }

    /** Puts {@code layer} in the place and under the name of the one at {@code index}. */
    public void set(int index, Layer layer) {
        add(layers().name(index), layer);
    }

    /** Adds {@code layer} at the end. Its name is the number of layers before it, or the next one that is free. */
    public Sequential append(Layer layer) {
        add(layers().nextName(), layer);
        return this;
    }

    /** Adds {@code layers} at the end; {@code +=} in Python. */
    public Sequential extend(Iterable<? extends Layer> layers) {
        layers.forEach(this::append);
        return this;
    }

    /** Puts {@code layer} before the one at {@code index}, or at the end; all layers are numbered anew. */
    public Sequential insert(int index, Layer layer) {
        layers().insert(index, layer);
        return this;
    }

    /** Takes out the layer at {@code index} and returns it; all layers are numbered anew. */
    public Layer pop(int index) {
        return (Layer) layers().pop(index);
    }

    /** The layers from {@code from} to before {@code to}: the same ones, with the names they have here. */
    public Sequential slice(int from, int to) {
        return slice(from, to, 1);
    }

    /** Every {@code step}-th layer from {@code from} to before {@code to}, backwards if {@code step} is negative. */
    public Sequential slice(int from, int to, int step) {
        Map<String, Module> slice = new LinkedHashMap<>();
        layers().slice(from, to, step).forEach(name -> slice.put(name, added().get(name)));
        return new Sequential(slice);
    }

    /** These layers and then those of {@code other}, numbered anew. */
    public Sequential plus(Sequential other) {
        return new Sequential().extend(this).extend(other);
    }

    /** These layers {@code times} times, the same ones each time, numbered anew. */
    public Sequential times(int times) {
        if (times <= 0) {
            throw new IllegalArgumentException(
                    "a Sequential is to be repeated " + times + " times; a positive number is expected");
        }
        Sequential repeated = new Sequential();
        for (int i = 0; i < times; i++) {
            repeated.extend(this);
        }
        return repeated;
    }

    @Override
    public Iterator<Layer> iterator() {
        return layers().values().stream().map(Layer.class::cast).iterator();
    }

    /** Everything that a {@code Sequential} has is a {@link Layer}. */
    @Override
    public void add(String name, Module child) {
        requireLayer(name, child);
        super.add(name, child);
    }

    private Numbered<Module> layers() {
        return new Numbered<>(added());
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
