package org.torchbridge;

/** Takes a hook away again; removing it twice does nothing. */
@FunctionalInterface
public interface RemovableHandle {
    void remove();
}
