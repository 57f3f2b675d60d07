package org.torchbridge.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import org.torchbridge.TorchException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;

/**
 * The command line. Exit codes: 0 if all went well, 1 if not, 2 if it was called in a wrong way; errors are one sentence
 * on standard error.
 */
@Command(
        name = "torchbridge",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = "PyTorch for the JVM.",
        subcommands = {
            FinetuneCommand.class,
            InspectCommand.class,
            ConvertCommand.class,
            VerifyCommand.class,
            DoctorCommand.class,
            BenchCommand.class
        })
public final class Main {
    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "Print where in the program an error comes from.")
    private boolean stacktrace;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        Main main = new Main();
        return new CommandLine(main)
                .setExecutionStrategy(Main::execute)
                .setParameterExceptionHandler((exception, arguments) -> main.misused(exception))
                .setExecutionExceptionHandler((exception, command, result) -> main.failed(exception, command));
    }

    private static int execute(ParseResult parsed) {
        try {
            return new RunLast().execute(parsed);
        } catch (LinkageError e) {
            // Natives that cannot be loaded are a user's problem, which picocli would let through as the JVM's.
            throw new ExecutionException(
                    parsed.commandSpec().commandLine(), e.getMessage(), new TorchException(e.getMessage(), e));
        }
    }

    private int misused(ParameterException exception) {
        CommandLine command = exception.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + sentence(exception.getMessage()) + " (see " + name + " --help)");
        printTrace(exception, command.getErr());
        return ExitCode.USAGE;
    }

    private int failed(Exception exception, CommandLine command) {
        boolean expected = exception instanceof TorchException
                || exception instanceof IllegalArgumentException
                || exception instanceof UncheckedIOException;
        String problem = expected && exception.getMessage() != null
                ? sentence(exception.getMessage())
                : "unexpected error, --stacktrace shows more: " + sentence(exception.toString());
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + problem);
        printTrace(exception, command.getErr());
        return ExitCode.SOFTWARE;
    }

    private void printTrace(Exception exception, PrintWriter err) {
        if (stacktrace) {
            exception.printStackTrace(err);
        }
    }

    private static String sentence(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
