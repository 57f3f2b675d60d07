package org.torchbridge.cli;

import java.util.Locale;

/** What a trained network is saved as, by the ending of the file's name: a state dict, a TorchScript program, an ONNX model. */
enum NetworkFormat {
    PTH,
    PT,
    ONNX;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
