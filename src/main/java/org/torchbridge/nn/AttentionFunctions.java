package org.torchbridge.nn;

/** The part of {@link Functional} for attention. */
abstract class AttentionFunctions extends EmbeddingFunctions {
    AttentionFunctions() {}
}
