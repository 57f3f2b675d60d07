/**
 * Models for images, with torchvision's names: a state dict that torchvision saved loads, and the same seed gives the
 * same weights.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/models.html">torchvision.models</a>.
 */
@NullMarked
package org.torchbridge.vision.models;

import org.jspecify.annotations.NullMarked;
