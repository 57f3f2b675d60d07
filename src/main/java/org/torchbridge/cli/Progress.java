package org.torchbridge.cli;

import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error with the loss and images a second, where a person looks on. */
final class Progress implements AutoCloseable {
    private static final int UPDATE_MILLISECONDS = 200;

    private final @Nullable ProgressBar bar;

    Progress(String title, int images) {
        bar = System.console() == null
                ? null
                : new ProgressBarBuilder()
                        .setTaskName(title)
                        .setInitialMax(images)
                        .setUnit(" images", 1)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(UPDATE_MILLISECONDS)
                        .showSpeed()
                        .clearDisplayOnFinish()
                        .build();
    }

    void advance(int images, double loss) {
        if (bar != null) {
            bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", loss));
            bar.stepBy(images);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
