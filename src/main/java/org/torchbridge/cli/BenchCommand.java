package org.torchbridge.cli;

import picocli.CommandLine.Command;

/** Our figures beside the floor. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures Torchbridge beside the floor, in turn in one run: medians, spread, ratios.",
        subcommands = {
            BenchOps.class,
            BenchTrain.class,
            BenchStartup.class,
            BenchMemory.class,
            BenchFiles.class,
            BenchInfer.class
        })
final class BenchCommand {}
