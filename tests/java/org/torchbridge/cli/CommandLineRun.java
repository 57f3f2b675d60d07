package org.torchbridge.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * What a call of the command line came to.
 *
 * @param code the exit code
 * @param out what was printed on standard output
 * @param err what was printed on standard error
 */
record CommandLineRun(int code, String out, String err) {
    static CommandLineRun of(Object... arguments) {
        String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = arguments[i].toString();
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(texts);
        return new CommandLineRun(code, out.toString(), err.toString());
    }

    /** Whether standard error has one line and no stack trace. */
    boolean saysOneSentence() {
        return err.lines().count() == 1 && !err.contains("\tat ");
    }
}
