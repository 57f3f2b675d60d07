package org.torchbridge.graph;

/** One place where a value is used: input number {@code index} of {@code node}, which may be a block's {@code prim::Return}. */
public record Use(Node node, int index) {}
