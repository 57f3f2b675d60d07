package org.torchbridge.internal;

import java.lang.StackWalker.StackFrame;

/** Where in Java an operator is called: the innermost code that is not the library's way to libtorch. */
public final class CallSite {
    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final String ROOT = "org.torchbridge.";

    private CallSite() {}

    /** The line that is running now, {@code org.example.Net.forward(Net.java:12)}. */
    public static String current() {
        return find().toString();
    }

    static StackFrame find() {
        return WALKER.walk(frames -> {
            StackFrame[] all = frames.toArray(StackFrame[]::new);
            for (StackFrame frame : all) {
                if (!isOnTheWay(frame.getClassName())) {
                    return frame;
                }
            }
            return all[all.length - 1];
        });
    }

    private static boolean isOnTheWay(String name) {
        if (!name.startsWith(ROOT)) {
            return name.startsWith("java.") || name.startsWith("jdk.") || name.startsWith("org.bytedeco.");
        }
        String inside = name.substring(ROOT.length());
        return inside.indexOf('.') < 0
                || inside.startsWith("internal.")
                || inside.startsWith("nn.Functional")
                || inside.matches("nn\\.\\w+Functions.*");
    }
}
