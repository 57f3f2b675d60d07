package org.torchbridge.nn;

import java.util.List;
import java.util.function.UnaryOperator;
import org.torchbridge.internal.HookList;

/** The hooks that run when a module's state is made and loaded. */
final class StateHooks {
    final HookList<Module.StateDictPreHook> beforeSave;
    final HookList<Module.StateDictPostHook> afterSave;
    final HookList<Module.LoadStateDictPreHook> beforeLoad;
    final HookList<Module.LoadStateDictPostHook> afterLoad;

    StateHooks() {
        this(new HookList<>(), new HookList<>(), new HookList<>(), new HookList<>());
    }

    private StateHooks(
            HookList<Module.StateDictPreHook> beforeSave,
            HookList<Module.StateDictPostHook> afterSave,
            HookList<Module.LoadStateDictPreHook> beforeLoad,
            HookList<Module.LoadStateDictPostHook> afterLoad) {
        this.beforeSave = beforeSave;
        this.afterSave = afterSave;
        this.beforeLoad = beforeLoad;
        this.afterLoad = afterLoad;
    }

    void remove(Object hook) {
        List.of(beforeSave, afterSave, beforeLoad, afterLoad).forEach(hooks -> hooks.removeIf(hook::equals));
    }

    StateHooks copy(UnaryOperator<Object> copier) {
        return new StateHooks(
                beforeSave.copy(hook -> (Module.StateDictPreHook) copier.apply(hook)),
                afterSave.copy(hook -> (Module.StateDictPostHook) copier.apply(hook)),
                beforeLoad.copy(hook -> (Module.LoadStateDictPreHook) copier.apply(hook)),
                afterLoad.copy(hook -> (Module.LoadStateDictPostHook) copier.apply(hook)));
    }
}
