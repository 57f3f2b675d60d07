package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The code in the pages compiles, and the README's program runs. */
class DocumentationTest {
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS_NAME = Pattern.compile("public class (\\w+)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

    /** What the pages' fragments may take for granted. */
    private static final String FRAGMENT =
            """
            import java.nio.*;
            import java.nio.file.*;
            import java.util.*;
            import org.torchbridge.*;
            import org.torchbridge.autograd.*;
            import org.torchbridge.data.*;
            import org.torchbridge.graph.*;
            import org.torchbridge.io.*;
            import org.torchbridge.jit.*;
            import org.torchbridge.nn.*;
            import org.torchbridge.nn.Buffer;
            import org.torchbridge.nn.Module;
            import org.torchbridge.nn.utils.*;
            import org.torchbridge.onnx.*;
            import org.torchbridge.optim.*;
            import org.torchbridge.optim.lr.*;
            import org.torchbridge.vision.*;
            import org.torchbridge.vision.models.*;

            public class Fragment {
                Tensor x, y, t, input, target, tensor;
                Layer conv, layer;
                ResNet model;
                Optimizer<?> optimizer;
                LRScheduler scheduler;
                long epoch;
                List<Tensor> batches;
                DataLoader loader;

                void run() throws Exception {
                    %s
                }
            }
            """;

    @TempDir
    private Path folder;

    record Block(String page, int number, String code) {
        @Override
        public String toString() {
            return page + ", block " + number;
        }
    }

    static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path page : pages()) {
            Matcher matcher = JAVA_BLOCK.matcher(Files.readString(page));
            for (int number = 1; matcher.find(); number++) {
                blocks.add(new Block(page.getFileName().toString(), number, matcher.group(1)));
            }
        }
        return blocks;
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void codeCompiles(Block block) throws IOException {
        boolean whole = CLASS_NAME.matcher(block.code()).find();
        compile(whole ? block.code() : FRAGMENT.formatted(block.code().indent(8)));
    }

    @Test
    void programOfTheReadmeLearns() throws Exception {
        Matcher matcher = JAVA_BLOCK.matcher(Files.readString(Path.of("README.md")));
        assertThat(matcher.find()).isTrue();
        compile(matcher.group(1));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        folder + ":" + System.getProperty("java.class.path"),
                        "Readme")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).startsWith("Sequential(\n  (0): Linear(in_features=2, out_features=16, bias=True)");
        String accuracy =
                output.substring(output.indexOf("tensor(") + "tensor(".length()).replaceAll("\\).*", "");
        assertThat(Double.parseDouble(accuracy.trim())).isGreaterThan(0.95);
    }

    @Test
    void linksBetweenPagesLeadSomewhere() throws IOException {
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                assertThat(page.resolveSibling(link.group(1)))
                        .as(page.toString())
                        .exists();
            }
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            return Stream.concat(Stream.of(Path.of("README.md")), docs.sorted()).toList();
        }
    }

    private void compile(String code) throws IOException {
        Matcher name = CLASS_NAME.matcher(code);
        assertThat(name.find()).isTrue();
        Path source = folder.resolve(name.group(1) + ".java");
        Files.writeString(source, code);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        boolean compiled = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of("-proc:none", "-d", folder.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
                .call();
        assertThat(compiled).as("%s%n%s", code, messages).isTrue();
    }
}
