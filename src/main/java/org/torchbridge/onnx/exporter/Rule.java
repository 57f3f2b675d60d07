package org.torchbridge.onnx.exporter;

/** Writes an operator that gives one value. */
@FunctionalInterface
interface Rule {
    Item write(Call c);
}
