package org.torchbridge.data;

import java.util.List;

/** A data set whose targets are the numbers of classes. */
public interface ClassificationDataset extends Dataset {
    /** The names of the classes, in the order of their numbers. */
    List<String> classes();
}
