package org.torchbridge.autograd;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.internal.NativeModes;

/** One of the blocks, of all threads, that set whether anomalies are looked for: what the last one says counts. */
final class AnomalyBlock {
    private static final List<AnomalyBlock> OPEN = new ArrayList<>();

    private final boolean enabled;
    private final boolean checkNan;

    AnomalyBlock(boolean enabled, boolean checkNan) {
        this.enabled = enabled;
        this.checkNan = checkNan;
    }

    void open() {
        synchronized (OPEN) {
            OPEN.add(this);
            applyLast();
        }
    }

    void close() {
        synchronized (OPEN) {
            OPEN.remove(this);
            applyLast();
        }
    }

    private static void applyLast() {
        AnomalyBlock last = OPEN.isEmpty() ? new AnomalyBlock(false, true) : OPEN.get(OPEN.size() - 1);
        NativeModes.setAnomaly(last.enabled, last.checkNan);
    }
}
