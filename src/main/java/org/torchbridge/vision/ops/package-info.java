/**
 * Layers of detectors and other models for images, over the functions of {@link org.torchbridge.vision.Ops}.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/ops.html">torchvision.ops</a>.
 */
@NullMarked
package org.torchbridge.vision.ops;

import org.jspecify.annotations.NullMarked;
