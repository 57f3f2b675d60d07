package org.torchbridge.optim.lr;

import java.util.List;
import org.torchbridge.optim.Optimizer;

/**
 * Several schedulers at once: each step takes a step of all of them, one after the other.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html">ChainedScheduler</a>.
 */
public final class ChainedScheduler extends CompositeScheduler {
    public ChainedScheduler(List<? extends LRScheduler> schedulers) {
        this(schedulers, optimizerOf(schedulers));
    }

    public ChainedScheduler(List<? extends LRScheduler> schedulers, Optimizer<?> optimizer) {
        super(optimizer, schedulers);
        rememberLrs();
    }

    private static Optimizer<?> optimizerOf(List<? extends LRScheduler> schedulers) {
        if (schedulers.isEmpty()) {
            throw new IllegalArgumentException(
                    "ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.");
        }
        return schedulers.get(0).optimizer();
    }

    @Override
    public void step() {
        schedulers().forEach(LRScheduler::step);
        rememberLrs();
    }
}
