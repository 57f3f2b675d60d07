package org.torchbridge.optim.lr;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.optim.Optimizer;

/**
 * Schedulers one after the other: at each of the {@code milestones} the next one takes over, with its first step.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html">SequentialLR</a>.
 */
public final class SequentialLR extends CompositeScheduler {
    private List<Long> milestones;

    public SequentialLR(
            Optimizer<?> optimizer, List<? extends LRScheduler> schedulers, List<? extends Number> milestones) {
        this(optimizer, schedulers, milestones, -1);
    }

    public SequentialLR(
            Optimizer<?> optimizer,
            List<? extends LRScheduler> schedulers,
            List<? extends Number> milestones,
            long lastEpoch) {
        super(optimizer, schedulers);
        if (milestones.size() != schedulers.size() - 1) {
            throw new IllegalArgumentException("Sequential Schedulers expects number of schedulers provided to be one"
                    + " more than the number of milestone points, but got number of schedulers " + schedulers.size()
                    + " and the number of milestones to be equal to " + milestones.size());
        }
        this.milestones = milestones.stream().map(Number::longValue).toList();
        lastEpoch(lastEpoch + 1);
        groups().forEach(group -> group.lr(group.number(INITIAL_LR)));
        undo();
        schedulers.get(0).initialStep();
        lastLr(schedulers.get(0).getLastLr());
    }

    @Override
    public void step() {
        lastEpoch(lastEpoch() + 1);
        int passed = (int) milestones.stream()
                .filter(milestone -> milestone <= lastEpoch())
                .count();
        LRScheduler scheduler = schedulers().get(passed);
        if (passed > 0 && milestones.get(passed - 1) == lastEpoch()) {
            scheduler.jump(0);
        } else {
            scheduler.step();
        }
        lastLr(scheduler.getLastLr());
    }

    @Override
    void exchange(State state) {
        List<Long> saved = new ArrayList<>();
        for (Object milestone : (Iterable<?>) state.exchange("_milestones", milestones)) {
            saved.add(((Number) milestone).longValue());
        }
        milestones = saved;
        lastEpoch(state.of("last_epoch", lastEpoch()));
        super.exchange(state);
    }
}
