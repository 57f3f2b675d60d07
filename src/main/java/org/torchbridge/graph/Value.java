package org.torchbridge.graph;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A value of a program: made once, by a node or as a block's input, and used any number of times. Identity is what tells
 * values apart; names are for people.
 */
public final class Value {
    private final Node producer;
    private final Set<Use> uses = new LinkedHashSet<>();
    private Type type;
    private String name;

    Value(Node producer, String name, Type type) {
        this.producer = producer;
        this.name = name;
        this.type = type;
    }

    /** The node that makes it; for a block's input its {@code prim::Param}. */
    public Node producer() {
        return producer;
    }

    public Type type() {
        return type;
    }

    public void setType(Type type) {
        this.type = type;
    }

    /** The name it is printed by, without {@code %}: letters, digits, underscores and dots. */
    public String name() {
        return name;
    }

    /** Gives it another name; if that is taken, a number is put behind it. */
    public void setName(String name) {
        this.name = producer.graph().uniqueName(name);
    }

    /** Where it is used, in the order of their making. */
    public List<Use> uses() {
        return List.copyOf(uses);
    }

    public boolean isUsed() {
        return !uses.isEmpty();
    }

    /** Puts {@code other} wherever this is used. */
    public void replaceAllUsesWith(Value other) {
        if (other != this) {
            uses().forEach(use -> use.node().setInput(use.index(), other));
        }
    }

    void addUse(Use use) {
        uses.add(use);
    }

    void removeUse(Use use) {
        uses.remove(use);
    }

    @Override
    public String toString() {
        return "%" + name;
    }
}
