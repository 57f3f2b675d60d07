package org.torchbridge.cli;

import java.util.List;
import org.torchbridge.TorchException;
import org.torchbridge.data.ClassificationDataset;
import org.torchbridge.data.Dataset;
import org.torchbridge.data.Subset;

/** The parts of a data set to learn from and, a fifth of it chosen at random, to be examined on. */
record Split(List<String> classes, Dataset training, Dataset heldOut) {
    private static final int PARTS = 5;

    static Split of(ClassificationDataset data) {
        if (data.size() < 2) {
            throw new TorchException("there is only " + data.size()
                    + " image; two or more are needed, to learn from and" + " to hold out");
        }
        int heldOut = Math.max(1, data.size() / PARTS);
        List<Subset> parts = data.randomSplit(data.size() - heldOut, heldOut);
        return new Split(data.classes(), parts.get(0), parts.get(1));
    }
}
