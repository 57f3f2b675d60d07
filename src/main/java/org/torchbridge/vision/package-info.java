/**
 * Images: reading them, data sets of them, and, in {@link org.torchbridge.vision.models}, models for them.
 *
 * <p>An image is a {@code float32} tensor of the shape (channels, height, width) with values from 0 to 1.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/index.html">torchvision</a>.
 */
@NullMarked
package org.torchbridge.vision;

import org.jspecify.annotations.NullMarked;
