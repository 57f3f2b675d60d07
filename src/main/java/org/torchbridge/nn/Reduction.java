package org.torchbridge.nn;

/** What a loss makes of the losses of its elements. */
public enum Reduction {
    /** Nothing: one loss for each element. */
    NONE,
    /** Their mean; with class weights or an ignored class the weighted mean of those that count. */
    MEAN,
    /** Their sum. */
    SUM;

    /** libtorch's number. */
    int code() {
        return ordinal();
    }
}
