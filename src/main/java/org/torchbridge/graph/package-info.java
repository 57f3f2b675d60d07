/**
 * The program representation that TorchScript and ONNX share: a {@link org.torchbridge.graph.Graph} of nodes over values,
 * with the nested blocks of control flow, and its passes.
 */
@NullMarked
package org.torchbridge.graph;

import org.jspecify.annotations.NullMarked;
