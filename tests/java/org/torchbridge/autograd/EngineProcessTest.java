package org.torchbridge.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.ThreadMode;
import org.torchbridge.Torch;
import org.torchbridge.internal.ForwardCall;
import org.torchbridge.testing.ChildJvm;

/** The engine in a JVM that ends, that has little memory or stack, or several class loaders. */
class EngineProcessTest {
    private static final int DEPTH = 70;

    /** Runs {@code innermost} so many backwards deep that it runs in a thread of libtorch's. */
    private static Tensor inEngineThread(int depth, Runnable innermost) {
        Tensor x = Torch.ones(1).requiresGrad_();
        return FunctionTest.function((context, inputs) -> List.of(inputs.get(0).mul(1)), (context, gradients) -> {
                    if (depth == 0) {
                        innermost.run();
                    } else {
                        try (GradMode on = Torch.enableGrad()) {
                            inEngineThread(depth - 1, innermost).backward();
                        }
                    }
                    return gradients;
                })
                .apply(x)
                .get(0);
    }

    // ---- class loaders

    /** A copy of the library in a class loader of its own, as an application server has it. */
    static final class Isolated {
        public static void main(String[] arguments) throws Exception {
            try (URLClassLoader first = loader();
                    URLClassLoader second = loader()) {
                run(first);
                try {
                    run(second);
                } catch (Throwable thrown) {
                    for (Throwable each = thrown; each != null; each = each.getCause()) {
                        System.out.println("refused: " + each);
                    }
                }
                run(first);
            }
        }

        private static URLClassLoader loader() {
            URL[] path = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(Isolated::url)
                    .toArray(URL[]::new);
            return new URLClassLoader(path, ClassLoader.getPlatformClassLoader());
        }

        private static URL url(String path) {
            try {
                return new File(path).toURI().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException(e);
            }
        }

        private static void run(ClassLoader loader) throws ReflectiveOperationException {
            ((Runnable) loader.loadClass(Application.class.getName())
                            .getDeclaredConstructor()
                            .newInstance())
                    .run();
        }
    }

    /** What runs in the class loader: libtorch's thread makes objects of Java's, collects and calls hooks. */
    public static final class Application implements Runnable {
        @Override
        public void run() {
            inEngineThread(DEPTH, this::innermost).backward();
            try (ThreadMode anomaly = Autograd.detectAnomaly()) {
                inEngineThread(DEPTH, Application::failing).backward();
            } catch (RuntimeException e) {
                ForwardCall call = (ForwardCall) e.getSuppressed()[0];
                System.out.println(
                        "caught: " + e.getMessage() + call.getMessage().length());
            }
        }

        private void innermost() {
            Thread thread = Thread.currentThread();
            if (thread.getContextClassLoader() != Torch.class.getClassLoader()) {
                throw new IllegalStateException("the class loader is " + thread.getContextClassLoader());
            }
            // The second derivative saves and collects where no Java method is running.
            try (GradMode on = Torch.enableGrad();
                    ThreadMode anomaly = Autograd.detectAnomaly()) {
                Tensor x = Torch.ones(new long[] {1000}, DType.FLOAT64).requiresGrad_();
                x.registerHook(gradient -> gradient.mul(2));
                x.exp().exp().sum().backward(null, true, true);
            }
            System.out.println("ran in " + thread.getName());
        }

        private static void failing() {
            try (GradMode on = Torch.enableGrad()) {
                Torch.zeros(1).requiresGrad_().sqrt().mul(0).backward();
            }
        }
    }

    @Test
    void aClassLoaderOfItsOwnAndNoSecondOne() {
        ChildJvm.Result result = ChildJvm.run(Isolated.class, "-Dtorchbridge.memory.step=1k", "-Xcheck:jni");

        assertThat(result.output())
                .contains("ran in torchbridge-backward")
                .contains("caught: Function 'SqrtBackward0' returned nan values")
                .contains("already loaded in another classloader")
                .doesNotContain("FATAL ERROR")
                .doesNotContain("WARNING in native method");
        assertThat(result.output().split("ran in", -1)).as(result.output()).hasSize(3);
        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    // ---- ends

    /** The process ends while threads derive, in the middle of a hook. */
    static final class Ending {
        public static void main(String[] arguments) throws InterruptedException {
            Torch.version();
            for (int i = 0; i < 3; i++) {
                Thread busy = new Thread(Ending::derive);
                busy.setDaemon(true);
                busy.start();
            }
            Thread.sleep(200);
            String kind = System.getProperty("kind");
            if (kind.equals("hook")) {
                Tensor x = Torch.ones(1).requiresGrad_();
                x.registerHook(gradient -> exit());
                x.exp().backward();
            } else if (kind.equals("engine")) {
                inEngineThread(DEPTH, Ending::exit).backward();
            } else if (kind.equals("pack")) {
                try (ThreadMode hooks = Autograd.savedTensorsHooks(tensor -> exit(), tensor -> tensor)) {
                    Torch.ones(1).requiresGrad_().exp();
                }
            }
        }

        private static Tensor exit() {
            System.exit(System.getProperty("kind").length());
            return null;
        }

        private static void derive() {
            Profiler profiler = profiler();
            while (true) {
                try (Scope scope = Scope.open();
                        ThreadMode hooks = Autograd.saveOnCpu(false)) {
                    Tensor x = Torch.ones(100).requiresGrad_();
                    x.registerHook(gradient -> gradient.mul(2));
                    new FunctionTest.Scaled().apply(x.exp()).sum().backward();
                }
            }
        }

        private static Profiler profiler() {
            try {
                return Profiler.open();
            } catch (IllegalStateException another) {
                return null;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hook", "engine", "pack", ""})
    void theProcessMayEndWhileThreadsDerive(String kind) {
        ChildJvm.Result result = ChildJvm.run(Ending.class, "-Dkind=" + kind);
        assertThat(result.exitCode()).as(result.output()).isEqualTo(kind.length());
        assertThat(result.output()).isEmpty();
    }

    // ---- little memory, little stack

    /** Collects in hooks, with a small heap; JNI is checked. */
    static final class SmallHeap {
        public static void main(String[] arguments) {
            Tensor x = Torch.ones(100).requiresGrad_();
            x.registerHook(gradient -> {
                System.gc();
                return gradient.mul(1);
            });
            for (int i = 0; i < 100; i++) {
                try (ThreadMode anomaly = Autograd.detectAnomaly();
                        ThreadMode hooks = Autograd.savedTensorsHooks(
                                tensor -> {
                                    System.gc();
                                    return tensor.toFloatArray();
                                },
                                Torch::tensor);
                        Autocast autocast = Autocast.open(Device.Type.CPU)) {
                    Tensor y = new FunctionTest.Scaled().apply(x);
                    Checkpoint.checkpoint(t -> t.exp().mul(t), y).sum().backward();
                }
            }
            List<byte[]> full = new ArrayList<>();
            Tensor z = Torch.ones(1).requiresGrad_();
            z.registerHook(gradient -> {
                while (true) {
                    full.add(new byte[1 << 20]);
                }
            });
            for (int i = 0; i < 10; i++) {
                try {
                    z.exp().backward();
                } catch (OutOfMemoryError e) {
                    full.clear();
                }
            }
            System.out.println("gradient " + x.grad().toFloatArray().length);
        }
    }

    @Test
    void aSmallHeapAndCollectionsInHooks() {
        ChildJvm.Result result = ChildJvm.run(SmallHeap.class, "-Xmx64m", "-Xcheck:jni");
        assertThat(result.output()).isEqualTo("gradient 100\n");
        assertThat(result.exitCode()).isZero();
    }

    /** Derives at every distance from the end of the stack. */
    static final class SmallStack {
        private static final int FURTHEST = 1500;

        public static void main(String[] arguments) throws InterruptedException {
            derive();
            Thread thread = new Thread(null, SmallStack::run, "small", 1 << 18);
            thread.start();
            thread.join();
        }

        private static void run() {
            int deepest = deepest();
            int overflows = 0;
            for (int distance = 0; distance < FURTHEST; distance++) {
                overflows += fits(deepest - distance, SmallStack::derive) ? 0 : 1;
            }
            System.out.println((overflows > 0 && overflows < FURTHEST) + " " + Torch.isGradEnabled());
        }

        private static int deepest() {
            int depth = 0;
            while (fits(depth + 1, () -> {})) {
                depth++;
            }
            return depth;
        }

        private static boolean fits(int depth, Runnable action) {
            try {
                descend(depth, action);
                return true;
            } catch (StackOverflowError e) {
                return false;
            }
        }

        private static int descend(int depth, Runnable action) {
            if (depth <= 0) {
                action.run();
                return 0;
            }
            return descend(depth - 1, action) + 1;
        }

        private static void derive() {
            try (Scope scope = Scope.open()) {
                Tensor x = Torch.ones(1, 2, 8, 8).requiresGrad_();
                x.registerHook(gradient -> gradient.mul(2));
                Tensor w = Torch.ones(2, 2, 3, 3).requiresGrad_();
                long[] one = {1, 1};
                Tensor y = Torch.conv2d(x, w, null, one, new long[] {0, 0}, one, 1);
                new FunctionTest.Scaled().apply(y).sum().backward();
            }
        }
    }

    @Test
    void overflowsOfTheStackEndInExceptions() {
        // Interpreted, every call takes as much of the stack as the one before.
        ChildJvm.Result result = ChildJvm.run(SmallStack.class, "-Xint");
        assertThat(result.output()).isEqualTo("true true\n");
        assertThat(result.exitCode()).isZero();
    }
}
