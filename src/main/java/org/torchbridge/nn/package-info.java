/**
 * Modules, layers, losses and initialisation, as Python's {@code torch.nn}.
 *
 * <p>A module is a plain Java class whose fields are its children; see {@link org.torchbridge.nn.Module}. Because
 * {@code java.lang} has a {@code Module} too, import this one by name: {@code import org.torchbridge.nn.Module}.
 *
 * <p>Each layer has the name it has in Python. What the layers of a family share, their options as a rule, is in a class
 * that they extend:
 *
 * <ul>
 *   <li>the base of all: {@link org.torchbridge.nn.Module}; {@link org.torchbridge.nn.Layer} makes one tensor from one,
 *       {@link org.torchbridge.nn.PairLayer} one from two, {@link org.torchbridge.nn.Loss} is one
 *   <li>containers: {@link org.torchbridge.nn.Sequential}, {@link org.torchbridge.nn.ModuleList},
 *       {@link org.torchbridge.nn.ModuleDict}, {@link org.torchbridge.nn.ParameterList},
 *       {@link org.torchbridge.nn.ParameterDict}
 *   <li>convolutions: {@link org.torchbridge.nn.Conv}, {@link org.torchbridge.nn.ConvTranspose},
 *       {@link org.torchbridge.nn.SlidingBlocks}; padding: {@link org.torchbridge.nn.Pad}; resizing:
 *       {@link org.torchbridge.nn.Upsample}
 *   <li>pooling: {@link org.torchbridge.nn.MaxPool}, {@link org.torchbridge.nn.AvgPool},
 *       {@link org.torchbridge.nn.LPPool}, {@link org.torchbridge.nn.FractionalMaxPool},
 *       {@link org.torchbridge.nn.AdaptiveMaxPool}, {@link org.torchbridge.nn.AdaptiveAvgPool},
 *       {@link org.torchbridge.nn.MaxUnpool}
 *   <li>normalisation: {@link org.torchbridge.nn.BatchNorm}, {@link org.torchbridge.nn.InstanceNorm},
 *       {@link org.torchbridge.nn.LayerNorm}, {@link org.torchbridge.nn.GroupNorm}, {@link org.torchbridge.nn.RMSNorm}
 *   <li>activations: {@link org.torchbridge.nn.ReLU} and those beside it; dropout: {@link org.torchbridge.nn.Dropout}
 *   <li>linear maps and tables: {@link org.torchbridge.nn.Linear}, {@link org.torchbridge.nn.Bilinear},
 *       {@link org.torchbridge.nn.Embedding}, {@link org.torchbridge.nn.EmbeddingBag}
 *   <li>sequences: {@link org.torchbridge.nn.RNNBase}, {@link org.torchbridge.nn.RNNCellBase},
 *       {@link org.torchbridge.nn.MultiheadAttention}, {@link org.torchbridge.nn.Transformer}
 * </ul>
 *
 * <p>{@link org.torchbridge.nn.Functional} has the same as functions, {@link org.torchbridge.nn.Init} first values.
 *
 * <p>Parameters and buffers never belong to a {@link org.torchbridge.Scope}; what a forward makes does. Several threads
 * may call the same module at once as long as none of them changes it; a {@code BatchNorm2d} in training mode changes
 * itself.
 */
@NullMarked
package org.torchbridge.nn;

import org.jspecify.annotations.NullMarked;
