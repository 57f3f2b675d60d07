package org.torchbridge.internal;

import java.util.List;

/** One of the ways to call an overload. */
interface Call {
    /**
     * Calls it.
     *
     * @param values the arguments as {@link ArgumentMaker} makes them
     * @param withResults whether the results count; else they are the arguments themselves
     */
    Snapshot run(List<Object> values, boolean withResults) throws IllegalAccessException;
}
