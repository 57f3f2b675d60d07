package org.torchbridge.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The members of a container as a list: what {@code Sequential}, {@code ModuleList} and {@code ParameterList} have in
 * common. Positions may be negative, {@code -1} is the last.
 */
final class Numbered<T> {
    private final Map<String, T> members;

    Numbered(Map<String, T> members) {
        this.members = members;
    }

    Map<String, T> members() {
        return members;
    }

    List<T> values() {
        return List.copyOf(members.values());
    }

    T get(int index) {
        return members.get(name(index));
    }

    String name(int index) {
        int size = members.size();
        return List.copyOf(members.keySet()).get(Objects.checkIndex(index < 0 ? index + size : index, size));
    }

    /** The name for one more: how many there are, or the next number that is free. */
    String nextName() {
        int number = members.size();
        while (members.containsKey(Integer.toString(number))) {
            number++;
        }
        return Integer.toString(number);
    }

    /** Puts {@code value} before the one at {@code index}, or at the end if it is the size; all are numbered anew. */
    void insert(int index, T value) {
        int size = members.size();
        List<T> values = new ArrayList<>(members.values());
        values.add(Objects.checkIndex(index < 0 ? index + size : index, size + 1), value);
        renumber(values);
    }

    /** Takes out the one at {@code index}; all are numbered anew. */
    T pop(int index) {
        T value = members.remove(name(index));
        renumber(values());
        return value;
    }

    /** The names from {@code from} to before {@code to} by {@code step}; as in Python, it may reach beyond the ends. */
    List<String> slice(int from, int to, int step) {
        if (step == 0) {
            throw new IllegalArgumentException("the step of a slice is 0; a positive or negative number is expected");
        }
        List<String> names = List.copyOf(members.keySet());
        int lowest = step > 0 ? 0 : -1;
        int highest = step > 0 ? names.size() : names.size() - 1;
        int end = clamp(to, names.size(), lowest, highest);
        List<String> chosen = new ArrayList<>();
        for (int i = clamp(from, names.size(), lowest, highest); step > 0 ? i < end : i > end; i += step) {
            chosen.add(names.get(i));
        }
        return chosen;
    }

    private static int clamp(int index, int size, int lowest, int highest) {
        return Math.max(lowest, Math.min(index < 0 ? index + size : index, highest));
    }

    private void renumber(List<T> values) {
        members.clear();
        for (T value : values) {
            members.put(Integer.toString(members.size()), value);
        }
    }
}
