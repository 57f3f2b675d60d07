/**
 * Passes over a {@link org.torchbridge.graph.Graph}: each is a class with one method {@code run}, which changes the program
 * and says whether it did. All of them keep what the program computes, {@link org.torchbridge.graph.passes.InferenceForm}
 * what it computes in inference.
 */
@NullMarked
package org.torchbridge.graph.passes;

import org.jspecify.annotations.NullMarked;
