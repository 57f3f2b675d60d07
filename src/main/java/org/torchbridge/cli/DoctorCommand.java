package org.torchbridge.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.torchbridge.internal.LoadReport;
import org.torchbridge.internal.NativeLibraries;
import org.torchbridge.internal.NativeRuntime;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What was loaded, from where, and how it is set. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Prints versions, what native code was loaded from where, threads, and why CUDA is or is not there.")
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    private PrintWriter out;

    @Override
    public Integer call() {
        out = spec.commandLine().getOut();
        LoadReport report = NativeLibraries.load();
        printVersions(report);
        printMachine(report);
        printLibraries(report);
        print("CUDA", cuda(report));
        return 0;
    }

    private void printVersions(LoadReport report) {
        print("Torchbridge", Versions.torchbridge());
        print("libtorch", report.libtorch() + (report.gpu() ? " (CUDA build)" : " (CPU build)"));
        print("JavaCPP Presets", Versions.presets());
        print(
                "Java",
                System.getProperty("java.version") + ", " + System.getProperty("java.vm.name") + ", "
                        + System.getProperty("java.home"));
    }

    private void printMachine(LoadReport report) {
        print(
                "platform",
                report.platform() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.version"));
        print("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
        print("CPU capability", NativeRuntime.cpuCapability());
        print("torch threads", String.valueOf(NativeRuntime.threads()));
        print("BLAS", NativeRuntime.blas().strip());
        print("BLAS threads", blasThreads());
        print("allocator", report.allocator());
    }

    private static String blasThreads() {
        int threads = NativeRuntime.blasThreads();
        return threads < 0 ? "not known: the BLAS is not OpenBLAS" : String.valueOf(threads);
    }

    private void printLibraries(LoadReport report) {
        print(
                "natives",
                report.libraries().size() + " libraries, loaded in " + report.nanoseconds() / 1_000_000 + " ms");
        report.libraries().forEach(library -> out.println("  " + library));
        report.notes().forEach(note -> out.println("  not loaded: " + note));
    }

    private static String cuda(LoadReport report) {
        if (NativeRuntime.isCudaAvailable()) {
            return "available, devices: " + NativeRuntime.cudaDevices();
        }
        if (!report.gpu()) {
            return "not available: the natives are libtorch's CPU build; put org.bytedeco:pytorch with the classifier "
                    + report.platform() + "-gpu on the class path (in this project: mvn -Pgpu)";
        }
        if (!report.notes().isEmpty()) {
            return "not available: the CUDA build of libtorch is there, but not the libraries of CUDA, cuDNN or NCCL that "
                    + "it needs (see 'not loaded' above); put org.bytedeco:cuda-redist on the class path or install them";
        }
        return "not available: the CUDA build of libtorch is loaded, but it finds no NVIDIA driver and device; "
                + "nvidia-smi should list one";
    }

    private void print(String name, String value) {
        out.printf("%-16s %s%n", name, value);
    }
}
