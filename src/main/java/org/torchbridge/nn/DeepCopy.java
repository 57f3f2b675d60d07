package org.torchbridge.nn;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Copies a module with all it holds. What is shared within it is shared within the copy. */
final class DeepCopy {
    private static final ClassValue<List<Field>> FIELDS = new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
            return resolve(type);
        }
    };

    private final Map<Object, Object> copies = new IdentityHashMap<>();
    /** What is assigned last, when it is known which modules were copied. */
    private final List<Runnable> captured = new ArrayList<>();

    private DeepCopy() {}

    static Module of(Module module) {
        DeepCopy copies = new DeepCopy();
        try (GradMode mode = Torch.noGrad()) {
            Module copy = (Module) copies.copy(module);
            copies.captured.forEach(Runnable::run);
            return copy;
        }
    }

    private @Nullable Object copy(@Nullable Object value) {
        if (value == null || copies.containsKey(value)) {
            return copies.get(value);
        }
        if (value instanceof Module module) {
            return module(module);
        }
        if (value instanceof Computed computed) {
            Module owner = (Module) copy(computed.owner());
            return copies.computeIfAbsent(value, key -> computed.of(owner));
        }
        Object copy = copyOfOther(value);
        copies.put(value, copy);
        return copy;
    }

    private Object copyOfOther(Object value) {
        if (value instanceof Parameter parameter) {
            return parameter.copy();
        } else if (value instanceof Buffer buffer) {
            return buffer.copy();
        } else if (value instanceof Tensor tensor) {
            return tensor(tensor);
        } else if (value instanceof ForwardHooks hooks) {
            return hooks.copy(this::copy);
        } else if (value instanceof BackwardHooks hooks) {
            return hooks.copy(this::copy);
        } else if (value instanceof StateHooks hooks) {
            return hooks.copy(this::copy);
        } else if (value.getClass().isArray()) {
            return array(value);
        } else if (value instanceof Map<?, ?> map) {
            return map(map);
        } else if (value instanceof Collection<?> collection) {
            return collection(collection);
        }
        Object clone = clone(value);
        return clone == null ? value : clone;
    }

    private Module module(Module original) {
        Module copy = original.shallowCopy();
        copies.put(original, copy);
        for (Field field : FIELDS.get(original.getClass())) {
            Object value = ModuleFields.read(field, original);
            if (field.isSynthetic()) {
                // The outer instance of an inner class, or what a local class captured: theirs only if it was copied.
                captured.add(() -> ModuleFields.write(field, copy, copies.getOrDefault(value, value)));
            } else {
                ModuleFields.write(field, copy, copy(value));
            }
        }
        copy.onCopy();
        return copy;
    }

    private static Tensor tensor(Tensor tensor) {
        if (tensor.isClosed()) {
            return tensor;
        }
        if (!tensor.isLeaf()) {
            throw new IllegalStateException("a module holds a tensor that " + tensor.gradFunctionName()
                    + " made, which cannot be copied with its history; hold tensor.detach() instead, or null");
        }
        return Scope.escape(tensor.detach().clone()).requiresGrad(tensor.requiresGrad());
    }

    private Object array(Object original) {
        int length = Array.getLength(original);
        Object copy = Array.newInstance(original.getClass().getComponentType(), length);
        System.arraycopy(original, 0, copy, 0, length);
        if (copy instanceof Object[] elements) {
            Arrays.setAll(elements, i -> copy(elements[i]));
        }
        return copy;
    }

    @SuppressWarnings("unchecked") // a clone holds what the original does
    private Object collection(Collection<?> original) {
        List<Object> elements = new ArrayList<>();
        boolean changed = false;
        for (Object element : original) {
            Object copy = copy(element);
            elements.add(copy);
            changed |= copy != element;
        }
        Collection<Object> clone = (Collection<Object>) clone(original);
        if (clone != null) {
            clone.clear();
            clone.addAll(elements);
            return clone;
        }
        if (!changed) {
            return original;
        }
        return original instanceof Set
                ? Collections.unmodifiableSet(new LinkedHashSet<>(elements))
                : Collections.unmodifiableList(elements);
    }

    @SuppressWarnings("unchecked") // a clone holds what the original does
    private Object map(Map<?, ?> original) {
        Map<Object, Object> entries = new LinkedHashMap<>();
        boolean changed = false;
        for (Map.Entry<?, ?> entry : original.entrySet()) {
            Object key = copy(entry.getKey());
            Object value = copy(entry.getValue());
            entries.put(key, value);
            changed |= key != entry.getKey() || value != entry.getValue();
        }
        Map<Object, Object> clone = (Map<Object, Object>) clone(original);
        if (clone != null) {
            clone.clear();
            clone.putAll(entries);
            return clone;
        }
        return changed ? Collections.unmodifiableMap(entries) : original;
    }

    /** What the object's public {@code clone} makes, or null if it has none. */
    private static @Nullable Object clone(Object original) {
        if (!(original instanceof Cloneable)) {
            return null;
        }
        try {
            Method method = original.getClass().getMethod("clone");
            return method.canAccess(original) ? method.invoke(original) : null;
        } catch (NoSuchMethodException e) {
            return null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a " + original.getClass().getName() + " could not be cloned", e);
        }
    }

    /** The fields that can hold something to copy. */
    private static List<Field> resolve(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> each = type; each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !isImmutable(field.getType())) {
                    ModuleFields.makeAccessible(field);
                    fields.add(field);
                }
            }
        }
        return List.copyOf(fields);
    }

    private static boolean isImmutable(Class<?> type) {
        return type.isPrimitive()
                || type.isRecord()
                || type.isEnum()
                || type == String.class
                || Number.class.isAssignableFrom(type) && Modifier.isFinal(type.getModifiers())
                || type == Boolean.class;
    }
}
