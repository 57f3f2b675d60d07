package org.torchbridge.internal;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/**
 * Loads libtorch and the bridge, once for each JVM.
 *
 * <p>The libraries come from the JavaCPP Presets' jars on the class path and are unpacked into JavaCPP's cache, so that
 * the presets, if they are used too, find the same files. They are loaded by absolute path in the order of their
 * dependencies, before any class of the presets is touched: otherwise the dynamic linker takes a libtorch that is
 * installed on the system for one of them, and the JVM crashes.
 */
public final class NativeLibraries {
    /** The libtorch that the bridge is built against: its C++ interface changes with every release. */
    private static final String VERSION = "2.10.0";

    private static final String CACHE_PROPERTY = "org.bytedeco.javacpp.cachedir";

    private static LoadReport report;

    private NativeLibraries() {}

    /**
     * Loads what is not loaded yet.
     *
     * @throws UnsatisfiedLinkError if the natives are missing, cannot be unpacked or do not fit together; the message
     *     says what to do
     * @throws IllegalStateException if the JVM is about to end
     */
    public static synchronized LoadReport load() {
        if (report == null) {
            Thread end = new Thread(NativeLibraries::awaitLoading, "torchbridge-await-loading");
            Runtime.getRuntime().addShutdownHook(end);
            try {
                report = loadAll();
            } finally {
                forget(end);
            }
        }
        return report;
    }

    /** The process must not end while libtorch is loaded: its static objects would be destroyed while they are made. */
    private static synchronized void awaitLoading() {}

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook is what it waits for.
        }
    }

    private static LoadReport loadAll() {
        long start = System.nanoTime();
        String platform = Loader.getPlatform();
        // The natives of the CUDA build are preferred where both are on the class path.
        boolean gpu = resource(torchLibrary(platform + "-gpu", "libtorch_cpu.so")) != null;
        String extension = gpu ? "-gpu" : "";
        List<String> notes = new ArrayList<>();
        List<Path> loaded = new ArrayList<>();
        for (String library : libraries(platform, platform + extension)) {
            loaded.add(load(library));
        }
        if (gpu) {
            loadCuda(platform + extension, loaded, notes);
        }
        loaded.add(load(torchLibrary(platform + extension, "libtorch.so"), gpu, notes));
        loaded.add(load("/org/torchbridge/natives/" + platform + "/libtorchbridge.so"));
        checkVersion();
        String allocator = NativeMemory.configure();
        configureThreads();
        loaded.removeIf(path -> path == null);
        return new LoadReport(
                platform, gpu, VERSION, List.copyOf(loaded), List.copyOf(notes), allocator, System.nanoTime() - start);
    }

    /** The libraries that every build of libtorch needs, in the order of their dependencies. */
    private static List<String> libraries(String platform, String torchPlatform) {
        String openblas = "/org/bytedeco/openblas/" + platform + "/";
        return List.of(
                torchLibrary(torchPlatform, "libgomp.so.1"),
                torchLibrary(torchPlatform, "libc10.so"),
                openblas + "libquadmath.so.0",
                openblas + "libgfortran.so.5",
                openblas + "libopenblas.so.0",
                torchLibrary(torchPlatform, "libtorch_cpu.so"));
    }

    private static String torchLibrary(String platform, String name) {
        return "/org/bytedeco/pytorch/" + platform + "/" + name;
    }

    /** CUDA's part may be missing its own libraries: the CPU works all the same, and the report says why CUDA does not. */
    private static void loadCuda(String platform, List<Path> loaded, List<String> notes) {
        for (String name : List.of("libc10_cuda.so", "libtorch_cuda.so")) {
            Path path = load(torchLibrary(platform, name), true, notes);
            if (path == null) {
                return;
            }
            loaded.add(path);
        }
    }

    private static Path load(String library, boolean optional, List<String> notes) {
        try {
            return load(library);
        } catch (UnsatisfiedLinkError e) {
            if (!optional) {
                throw e;
            }
            notes.add(e.getMessage());
            return null;
        }
    }

    private static Path load(String library) {
        URL resource = resource(library);
        if (resource == null) {
            throw new UnsatisfiedLinkError(missing(library));
        }
        Path file = unpacked(resource);
        System.load(file.toString());
        return file;
    }

    private static URL resource(String name) {
        // Through the class loaders: a class of a named module sees the resources of its own module alone.
        String path = name.substring(1);
        URL own = NativeLibraries.class.getClassLoader().getResource(path);
        return own != null ? own : Loader.class.getClassLoader().getResource(path);
    }

    private static String missing(String library) {
        String artifact = library.startsWith("/org/bytedeco/")
                ? "org.bytedeco:" + library.split("/")[3] + " with the classifier " + library.split("/")[4]
                : "the torchbridge jar for this platform";
        return "The native library " + library + " is not on the class path. Add " + artifact
                + "; see the README for the platforms that exist.";
    }

    private static Path unpacked(URL resource) {
        try {
            if (resource.getProtocol().equals("file")) {
                return Path.of(resource.toURI());
            }
            File file = Loader.cacheResource(resource);
            if (file == null || !file.isFile()) {
                throw new IOException("nothing was written");
            }
            return file.toPath();
        } catch (IOException | URISyntaxException | RuntimeException e) {
            UnsatisfiedLinkError error = new UnsatisfiedLinkError("libtorch could not be unpacked into " + cacheFolder()
                    + " (" + e.getMessage() + "): choose a folder that can be written and has 450 MB free with -D"
                    + CACHE_PROPERTY + "=FOLDER");
            error.initCause(e);
            throw error;
        }
    }

    private static String cacheFolder() {
        String chosen = System.getProperty(CACHE_PROPERTY);
        return chosen != null ? chosen : System.getProperty("user.home") + "/.javacpp/cache";
    }

    private static void checkVersion() {
        long version = NativeRuntime.libtorchVersion();
        String loaded = (version >>> 56) + "." + (version >>> 48 & 0xff) + "." + (version >>> 40 & 0xff);
        if (!loaded.equals(VERSION)) {
            throw new UnsatisfiedLinkError("This Torchbridge is built for libtorch " + VERSION
                    + " and would crash with the libtorch " + loaded
                    + " that was loaded. Use the version of org.bytedeco:pytorch that Torchbridge's pom names.");
        }
    }

    /**
     * libtorch counts the machine's cores, the JVM those that its container grants: the smaller number wins. OpenBLAS has
     * a pool of its own, and two pools on the same cores slow small products down by a factor of 80.
     */
    private static void configureThreads() {
        int granted = Runtime.getRuntime().availableProcessors();
        if (NativeRuntime.threads() > granted) {
            NativeRuntime.setThreads(granted);
        }
        NativeRuntime.setBlasThreads(1);
    }
}
