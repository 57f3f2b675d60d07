package org.torchbridge.nn;

/** The part of {@link Functional} for embeddings. */
abstract class EmbeddingFunctions extends DropoutFunctions {
    EmbeddingFunctions() {}
}
