/** PyTorch for the JVM. Only {@code org.torchbridge.internal} and the command line are not for users. */
module org.torchbridge {
    requires transitive org.bytedeco.pytorch;
    requires org.bytedeco.javacpp;
    requires transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires com.google.protobuf;
    requires org.slf4j;
    requires static com.microsoft.onnxruntime;
    requires static info.picocli;
    requires static me.tongfei.progressbar;
    requires static java.desktop;

    exports org.torchbridge;
    exports org.torchbridge.autograd;
    exports org.torchbridge.data;
    exports org.torchbridge.graph;
    exports org.torchbridge.graph.passes;
    exports org.torchbridge.io;
    exports org.torchbridge.jit;
    exports org.torchbridge.nn;
    exports org.torchbridge.nn.attention;
    exports org.torchbridge.nn.utils;
    exports org.torchbridge.onnx;
    exports org.torchbridge.optim;
    exports org.torchbridge.optim.lr;
    exports org.torchbridge.vision;
    exports org.torchbridge.vision.models;
    exports org.torchbridge.vision.ops;

    opens org.torchbridge.cli to
            info.picocli;
}
