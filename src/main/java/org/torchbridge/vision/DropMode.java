package org.torchbridge.vision;

/** What {@link Ops#stochasticDepth} drops together. */
public enum DropMode {
    /** The whole batch. */
    BATCH,
    /** Each element of the batch by itself. */
    ROW
}
