/**
 * Passes over a {@link org.torchbridge.graph.Graph}: each is a class with one method {@code run}, which changes the program
 * and says whether it did. All of them keep what the program computes, {@link org.torchbridge.graph.passes.InferenceForm}
 * what it computes in inference.
 *
 * <ul>
 *   <li>Smaller programs: {@link org.torchbridge.graph.passes.Simplification} and what it consists of, constant folding, common
 *       subexpressions, dead code, tuples, orders of dimensions.
 *   <li>Fewer kinds of things, for forms that have no objects, lists or mutation: {@code …Lowering}, {@code …Growth}, {@link
 *       org.torchbridge.graph.passes.RemoveMutation}, {@link org.torchbridge.graph.passes.LoopUnrolling}, {@link
 *       org.torchbridge.graph.passes.ExplicitQuantization}.
 *   <li>Knowledge: {@link org.torchbridge.graph.passes.Shapes} and {@link org.torchbridge.graph.passes.TypeFacts}; {@link
 *       org.torchbridge.graph.passes.Effects} is what all passes ask before they move or drop a node.
 *   <li>Faster programs: {@link org.torchbridge.graph.passes.Optimization} recognises formulas by {@code …Fusion}, and {@link
 *       org.torchbridge.graph.passes.Packing} gives layers packed weights, each kind by a {@code …Packing}.
 * </ul>
 */
@NullMarked
package org.torchbridge.graph.passes;

import org.jspecify.annotations.NullMarked;
