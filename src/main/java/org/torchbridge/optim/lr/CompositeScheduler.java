package org.torchbridge.optim.lr;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.torchbridge.optim.Optimizer;

/** A scheduler that leaves the learning rates to other schedulers of the same optimizer. */
abstract class CompositeScheduler extends LRScheduler {
    private final List<LRScheduler> schedulers;

    CompositeScheduler(Optimizer<?> optimizer, List<? extends LRScheduler> schedulers) {
        super(optimizer);
        this.schedulers = List.copyOf(schedulers);
        if (schedulers.isEmpty()) {
            throw new IllegalArgumentException(name() + " expects at least one scheduler, but got no scheduler.");
        }
        for (int i = 0; i < schedulers.size(); i++) {
            require(i, schedulers.get(i));
        }
    }

    private void require(int index, LRScheduler scheduler) {
        if (scheduler instanceof ReduceLROnPlateau) {
            throw new IllegalArgumentException(name() + " does not support `ReduceLROnPlateau` scheduler as it requires"
                    + " a metric when calling `step`, but got one at index " + index
                    + " in the given schedulers sequence.");
        }
        if (scheduler.optimizer() != optimizer()) {
            throw new IllegalArgumentException(name() + " expects all schedulers to belong to the same optimizer, but"
                    + " got scheduler " + scheduler.getClass().getSimpleName() + " at index " + index
                    + " which has another one.");
        }
    }

    private String name() {
        return getClass().getSimpleName();
    }

    final List<LRScheduler> schedulers() {
        return schedulers;
    }

    @Override
    protected List<Double> getLr() {
        return getLastLr();
    }

    /** Refused: the schedulers count their steps each for itself. */
    @Override
    public void step(long epoch) {
        throw new IllegalArgumentException(name() + " takes one step after the other; step() is expected");
    }

    @Override
    void undo() {
        schedulers.forEach(LRScheduler::undo);
    }

    @Override
    void exchange(State state) {
        exchangeLastLr(state);
        List<?> own = schedulers.stream().map(LRScheduler::stateDict).collect(Collectors.toList());
        List<?> saved = (List<?>) state.exchange("_schedulers", own);
        for (int i = 0; state.isLoading() && i < saved.size(); i++) {
            @SuppressWarnings("unchecked")
            Map<String, Object> values = (Map<String, Object>) saved.get(i);
            schedulers.get(i).loadStateDict(values);
        }
    }
}
