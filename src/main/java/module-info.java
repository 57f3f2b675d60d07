/** PyTorch for the JVM. */
module org.torchbridge {
    requires transitive org.bytedeco.pytorch;
    requires org.bytedeco.javacpp;
    requires transitive org.jspecify;

    exports org.torchbridge;
}
